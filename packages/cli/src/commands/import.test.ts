import { createFolder } from '../__testUtils__/folder';
import { answer, createServers } from '../__testUtils__/server';
import { shellIn } from '../__testUtils__/shell';

const { save } = createFolder();
const serverWith = createServers();
const env = { AI_ASSURANCE_TOKEN: 'secret-token' };
const reportDigest = `sha256:${'a'.repeat(64)}`;
const subject = 'resource:default/reader';

const imported = {
  format: 'garak',
  reportDigest,
  items: [
    {
      outcome: 'accepted',
      evidenceId: '17',
      type: 'io.ai-assurance.safety-evaluation.v2',
      metric: null,
      status: null,
      sampleCount: null,
    },
    {
      outcome: 'already-known',
      evidenceId: '3',
      type: 'io.ai-assurance.evaluation.v2',
      metric: 'accuracy',
      status: null,
      sampleCount: 2000,
    },
  ],
  notes: ['A hit log holds only attacks that succeeded.'],
};

describe('ai-assurance import', () => {
  it('sends the file as it is, with what is stated about it', async () => {
    const server = await serverWith(response =>
      answer(response, 200, imported),
    );
    const { code, out, err } = await shellIn(
      { env },
      'import',
      'garak',
      save('hitlog.jsonl', '{"a": "ä"}\n'),
      '--server',
      server.url,
      '--subject',
      subject,
      '--subject-version',
      '2',
      '--dataset-digest',
      reportDigest,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      `accepted  io.ai-assurance.safety-evaluation.v2  n not stated  evidence 17
already-known  io.ai-assurance.evaluation.v2  accuracy  n = 2000  evidence 3
Note: A hit log holds only attacks that succeeded.
2 items: 1 accepted, 1 already known, from ${reportDigest}
`,
    );
    expect(server.received).toEqual([
      {
        path: `POST /api/ai-assurance/imports/garak?subject=${encodeURIComponent(
          subject,
        )}&subjectVersion=2&datasetDigest=${encodeURIComponent(reportDigest)}`,
        authorization: 'Bearer secret-token',
        contentType: 'application/octet-stream',
        body: '{"a": "ä"}\n',
      },
    ]);
  });

  it('shows what would be recorded', async () => {
    const server = await serverWith(response =>
      answer(response, 200, {
        ...imported,
        items: [{ ...imported.items[0], outcome: 'preview', evidenceId: null }],
      }),
    );
    const { code, out } = await shellIn(
      { env },
      'import',
      'garak',
      save('a.jsonl', '{}'),
      '--server',
      server.url,
      '--subject',
      subject,
      '--preview',
    );
    expect(code).toBe(0);
    expect(out).toContain(`1 item would be recorded, from ${reportDigest}`);
    expect(server.received[0].path).toContain('&preview=true');
  });

  it.each([
    [400, 'BROKEN_REPORT', 'line 3: 6 passed of 5'],
    [404, 'UNKNOWN_FORMAT', 'There is no format excel'],
    [403, 'NOT_ALLOWED', 'You need the permission'],
  ])(
    'ends with 1 and the reason on %p %p',
    async (status, errorCode, message) => {
      const server = await serverWith(response =>
        answer(response, status, { error: { code: errorCode, message } }),
      );
      const path = save('a.jsonl', '{}');
      const { code, out } = await shellIn(
        { env },
        'import',
        'garak',
        path,
        '--server',
        server.url,
        '--subject',
        subject,
      );
      expect(code).toBe(1);
      expect(out).toBe(`${path}  ${errorCode}  ${message}\n`);
    },
  );

  it('tries again when a server is away for a moment', async () => {
    const server = await serverWith(
      response => answer(response, 503, {}),
      response => answer(response, 200, imported),
    );
    const { code } = await shellIn(
      { env },
      'import',
      'garak',
      save('a.jsonl', '{}'),
      '--server',
      server.url,
      '--subject',
      subject,
    );
    expect([code, server.received.length]).toEqual([0, 2]);
  });

  it('does nothing without a subject or a file', async () => {
    const server = await serverWith();
    const withoutSubject = await shellIn(
      { env },
      'import',
      'garak',
      save('a.jsonl', '{}'),
      '--server',
      server.url,
    );
    expect(withoutSubject.code).toBe(2);
    expect(withoutSubject.err).toContain('--subject');
    const withoutFile = await shellIn(
      { env },
      'import',
      'garak',
      'nowhere.jsonl',
      '--server',
      server.url,
      '--subject',
      subject,
    );
    expect(withoutFile.code).toBe(2);
    expect(withoutFile.err).toContain('There is no file nowhere.jsonl');
    expect(server.received).toEqual([]);
  });
});
