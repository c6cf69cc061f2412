import { createServer, Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_TRAINING,
  DigitReader,
  guarded,
  makeModels,
  PortalGate,
  portalSettings,
} from '@ai-assurance/example-digit-reader';
import { importReport, keptEvidence, pushEvidence } from './evidence';

jest.setTimeout(60_000);

const MADE_AT_MS = 1_700_000_000_000;
let reader: DigitReader;
beforeAll(() => {
  // How well it reads does not matter here.
  reader = makeModels(
    { ...DEFAULT_TRAINING, hiddenUnits: 16, epochs: 1 },
    MADE_AT_MS,
  );
});

describe('reporting', () => {
  let server: Server;
  let answers: { status: number; body: unknown }[];
  let asked: {
    url: string;
    type: string | undefined;
    token: string | undefined;
    body: string;
  }[];
  let url: string;
  beforeEach(async () => {
    answers = [];
    asked = [];
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', part => parts.push(part));
      request.on('end', () => {
        asked.push({
          url: request.url!,
          type: request.headers['content-type'],
          token: request.headers.authorization,
          body: Buffer.concat(parts).toString(),
        });
        const answer = answers.shift()!;
        response
          .writeHead(answer.status, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${
      (server.address() as AddressInfo).port
    }/api/ai-assurance`;
  });
  afterEach(() => new Promise(resolve => server.close(resolve)));
  const settings = () =>
    portalSettings(
      { AI_ASSURANCE_URL: url, AI_ASSURANCE_TOKEN: 'a-token' },
      '',
    );

  it('states what each version is and how it did, with ids that a restart repeats', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'evidence-'));
    try {
      let nowMs = MADE_AT_MS + 1000;
      const first = await keptEvidence(reader, directory, () => (nowMs += 10));
      const again = await keptEvidence(reader, directory, () => (nowMs += 10));
      expect(again).toEqual(JSON.parse(JSON.stringify(first)));
      type Item = {
        id: string;
        type: string;
        subject: string;
        data: {
          envelope: Record<string, unknown>;
          payload: Record<string, unknown>;
        };
      };
      const items = again.events as Item[];
      expect(
        items.map(
          item =>
            `${item.type} ${item.subject} ${item.data.envelope.subjectVersion}`,
        ),
      ).toEqual([
        'io.ai-assurance.artifact.v1 resource:default/digit-reader-edge 1',
        'io.ai-assurance.evaluation.v1 resource:default/digit-reader-edge 1',
        'io.ai-assurance.artifact.v1 resource:default/digit-reader 1',
        'io.ai-assurance.evaluation.v1 resource:default/digit-reader 1',
        'io.ai-assurance.artifact.v1 resource:default/digit-reader-edge 2',
        'io.ai-assurance.evaluation.v1 resource:default/digit-reader-edge 2',
      ]);
      expect(new Set(items.map(item => item.id)).size).toBe(6);
      expect(items[4].data.payload.digest).toBe(reader.versions[1].digest);
      const { value, successCount, totalCount, datasetDigest } =
        items[5].data.payload;
      expect(value).toBe((successCount as number) / (totalCount as number));
      expect([totalCount, datasetDigest]).toEqual([2000, reader.heldOutDigest]);

      expect(again.reports.map(report => report.subject)).toEqual([
        'resource:default/digit-reader-edge',
        'resource:default/digit-reader',
        'resource:default/digit-reader-edge',
      ]);
      const [float32, , int8] = again.reports.map(({ text }) =>
        JSON.parse(text),
      );
      expect([float32.comparisons, int8.version]).toEqual([[], '2']);
      const [{ baseline, items: digits }] = int8.comparisons;
      expect(baseline.digest).toBe(reader.versions[0].digest);
      expect(new Set(digits.map((d: { item: string }) => d.item)).size).toBe(
        2000,
      );
      const right = digits.filter((d: { candidate: boolean }) => d.candidate);
      expect(right.length).toBe(successCount);
      const slices = int8.metrics as {
        successCount: number;
        totalCount: number;
      }[];
      expect([
        slices.length,
        slices.reduce((sum, slice) => sum + slice.totalCount, 0),
        slices.reduce((sum, slice) => sum + slice.successCount, 0),
      ]).toEqual([10, 2000, successCount]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('pushes evidence as a batch of CloudEvents with the token', async () => {
    answers = [
      {
        status: 200,
        body: {
          results: [
            { index: 0, outcome: 'accepted' },
            { index: 1, outcome: 'already-known' },
          ],
          acceptedCount: 1,
        },
      },
    ];
    expect(await pushEvidence([{ id: 'a' }, { id: 'b' }], settings())).toEqual({
      done: true,
      acceptedCount: 1,
      knownCount: 1,
    });
    expect(asked).toEqual([
      {
        url: '/api/ai-assurance/evidence',
        type: 'application/cloudevents-batch+json; charset=utf-8',
        token: 'Bearer a-token',
        body: '[{"id":"a"},{"id":"b"}]',
      },
    ]);
  });

  it('imports a report with the token', async () => {
    answers = [
      {
        status: 200,
        body: { items: [{ outcome: 'accepted' }, { outcome: 'accepted' }] },
      },
    ];
    expect(
      await importReport(
        { subject: 'resource:default/a', text: '{}' },
        settings(),
      ),
    ).toEqual({ done: true, acceptedCount: 2, knownCount: 0 });
    expect(asked).toEqual([
      {
        url: '/api/ai-assurance/imports/plain?subject=resource%3Adefault%2Fa',
        type: 'application/json',
        token: 'Bearer a-token',
        body: '{}',
      },
    ]);
  });

  it('tries again after a refusal, which may be about a subject not read yet, but not after a conflict', async () => {
    const refused = {
      index: 0,
      outcome: 'refused',
      code: 'UNKNOWN_SUBJECT',
      message: 'There is no such entity',
    };
    const conflict = {
      index: 1,
      outcome: 'conflict',
      code: 'EVIDENCE_CONFLICT',
    };
    answers = [
      { status: 200, body: { results: [refused, conflict] } },
      { status: 200, body: { results: [conflict] } },
    ];
    expect(await pushEvidence([], settings())).toEqual({
      done: false,
      retry: true,
      why: 'item 0 refused: UNKNOWN_SUBJECT There is no such entity; item 1 conflict: EVIDENCE_CONFLICT',
    });
    expect(await pushEvidence([], settings())).toEqual({
      done: false,
      retry: false,
      why: 'item 1 conflict: EVIDENCE_CONFLICT',
    });
  });

  it('says that the token is wrong, and that nobody is there', async () => {
    answers = [{ status: 401, body: {} }];
    expect(await pushEvidence([], settings())).toEqual({
      done: false,
      retry: true,
      why: 'the portal refuses the token (401): AI_ASSURANCE_TOKEN must hold a token that its app-config knows (backend.auth.externalAccess)',
    });
    const gone = createServer();
    await new Promise<void>(resolve => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise(resolve => gone.close(resolve));
    const nobody = portalSettings(
      { AI_ASSURANCE_URL: `http://127.0.0.1:${port}/api` },
      '',
    );
    expect(await pushEvidence([], nobody)).toEqual({
      done: false,
      retry: true,
      why: 'the portal cannot be reached: ECONNREFUSED',
    });
  });

  it('sends no metrics while the portal is given a rest, and tells the SDK nothing of it', async () => {
    const lines: string[] = [];
    let nowMs = 0;
    const gate = new PortalGate(
      line => lines.push(line),
      () => nowMs,
    );
    let tries = 0;
    let works = false;
    const exporter = guarded(
      {
        export: (_, done) => {
          tries += 1;
          done(
            works
              ? { code: 0 }
              : {
                  code: 1,
                  error: Object.assign(new Error('Unauthorized'), {
                    code: 401,
                  }),
                },
          );
        },
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
      gate,
    );
    const codes: number[] = [];
    const send = () =>
      exporter.export({} as never, result => codes.push(result.code));
    send();
    send();
    expect(tries).toBe(1);
    nowMs = 5_000;
    works = true;
    send();
    expect(tries).toBe(2);
    expect(codes).toEqual([0, 0, 0]);
    expect(lines).toEqual([
      'Metrics were not delivered: the portal refuses the token (401): AI_ASSURANCE_TOKEN must hold a token that its app-config knows (backend.auth.externalAccess). Trying again in 5 s.',
      'The portal takes metrics again; 2 batches were lost meanwhile',
    ]);
  });
});
