import { gzipSync } from 'node:zlib';
import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactEvent,
  digest,
  model,
  openTestIntake,
  service,
} from './__testUtils__/openTestIntake';
import { openTestPush } from './__testUtils__/openTestPush';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const artifact = artifactEvent(1).data;
const notYet = 'resource:default/not-yet';

describe('pushing evidence', () => {
  const databases = createTestDatabases();

  const start = async (options: Parameters<typeof openTestIntake>[1] = {}) =>
    openTestPush(await databases.init('SQLITE_3'), options);

  it('takes one event, a batch, and the same again', async () => {
    const { push, ledgerRoom } = await start();
    const one = await push(artifactEvent(1), 'application/cloudevents+json');
    expect([one.status, one.body]).toEqual([
      200,
      {
        results: [{ index: 0, outcome: 'accepted', evidenceId: '0' }],
        acceptedCount: 1,
      },
    ]);

    const changed = artifactEvent(1, { time: '2026-11-22T12:00:00.000Z' });
    const batch = await push([artifactEvent(1), artifactEvent(2), changed]);
    expect([batch.status, batch.body]).toEqual([
      200,
      {
        results: [
          { index: 0, outcome: 'already-known', evidenceId: '0' },
          { index: 1, outcome: 'accepted', evidenceId: '1' },
          {
            index: 2,
            outcome: 'conflict',
            evidenceId: '0',
            code: 'ID_CONFLICT',
            message:
              'id: artifact-1 of /tests/pipeline is already recorded with other content, as evidence 0. Evidence is never changed: send the new fact under a new id.',
          },
        ],
        acceptedCount: 1,
      },
    ]);
    expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 2 });
  });

  it('answers a large batch, which a thread reads, as it answers a small one', async () => {
    const odd: unknown[] = [
      artifactEvent(1),
      artifactEvent(2, { type: 'nonsense' }),
      null,
      artifactEvent(3, { subject: notYet }),
      artifactEvent(4, { source: '/ai-assurance/slo' }),
      artifactEvent(5, { id: 'a\nb' }),
      artifactEvent(1, { time: '2026-11-22T12:00:00.000Z' }),
      artifactEvent(1),
      artifactEvent(6, { time: '2026-11-22T12:00:00Z' }),
    ];
    const small = await start();
    const large = await start();
    const read = jest.spyOn(large.ledgerRoom.intake, 'readList');
    const few = await small.push(odd);
    const many = await large.push([
      ...odd,
      ...Array.from({ length: 240 }, (_, i) => artifactEvent(1000 + i)),
    ]);
    const outcomes = await read.mock.results[0].value;
    expect(
      outcomes.flatMap((outcome: unknown, at: number) =>
        outcome === undefined ? [at] : [],
      ),
    ).toEqual([1, 2]);
    const answers = ({ body }: { body: any }) =>
      body.results
        .slice(0, odd.length)
        .map(({ quarantineId: _, ...answer }: any) => answer);
    expect(answers(many)).toEqual(answers(few));
    expect(
      answers(few).map(({ outcome, code }: any) => code ?? outcome),
    ).toEqual([
      'accepted',
      'INVALID_ITEM',
      'INVALID_ITEM',
      'UNKNOWN_SUBJECT',
      'RESERVED_SOURCE',
      'CONTROL_CHARACTER',
      'ID_CONFLICT',
      'already-known',
      'accepted',
    ]);
    expect(await large.ledgerRoom.fsck()).toMatchObject({
      ok: true,
      itemCount: 242,
    });
    const tooMany = await large.push(
      Array.from({ length: 1001 }, (_, i) => artifactEvent(i)),
    );
    expect([tooMany.status, tooMany.body.error.code]).toEqual([
      400,
      'TOO_MANY_ITEMS',
    ]);
  });

  it('announces what was pushed, after the commit', async () => {
    const { push, outbox } = await start();
    await push([
      artifactEvent(1),
      artifactEvent(2),
      artifactEvent(3, { subject: service }),
      artifactEvent(4, { type: 'nonsense' }),
    ]);
    const announced: unknown[] = [];
    await outbox.relay(async messages => void announced.push(...messages));
    expect(announced).toEqual([
      { topic: 'evidence.pushed', subjects: [model, service] },
      { topic: 'quarantine.changed', subjects: [] },
    ]);
  });

  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  it.each<[string, object, string, RegExp]>([
    [
      'a subject that the catalog does not know',
      { subject: notYet },
      'UNKNOWN_SUBJECT',
      /^subject: resource:default\/not-yet is not an AI service/,
    ],
    [
      'a clock in the future',
      { time: '2030-01-01T00:00:00Z' },
      'CLOCK_AHEAD',
      /^time: 2030-01-01T00:00:00Z lies /,
    ],
    [
      'a time without a zone',
      { time: '2026-11-22 13:00' },
      'INVALID_ITEM',
      /^\/time: /,
    ],
    [
      'another version of CloudEvents',
      { specversion: '0.3' },
      'INVALID_ITEM',
      /^\/specversion: /,
    ],
    [
      'a subject that is no entity ref',
      { subject: 'digit-reader' },
      'INVALID_ITEM',
      /^\/subject: /,
    ],
    [
      'an extension attribute',
      { traceparent: 'x' },
      'INVALID_ITEM',
      /traceparent/,
    ],
    [
      'an unknown kind',
      { type: 'io.ai-assurance.rumour.v1' },
      'UNKNOWN_TYPE',
      /rumour/,
    ],
    [
      'a newer version of a known kind',
      { type: 'io.ai-assurance.artifact.v2' },
      'UNKNOWN_VERSION',
      /it reads io\.ai-assurance\.artifact\.v1$/,
    ],
    [
      'a payload of the wrong shape',
      {
        data: {
          ...artifact,
          payload: { version: '1', digest: 'md5:0', sizeBytes: -1 },
        },
      },
      'INVALID_PAYLOAD',
      /digest.*sizeBytes.*format/,
    ],
    [
      'an envelope without a collector',
      {
        data: {
          ...artifact,
          envelope: { ...artifact.envelope, collector: undefined },
        },
      },
      'INVALID_ITEM',
      /^\/data\/envelope\/collector: /,
    ],
    ['half of a surrogate pair', { id: 'a\ud800' }, 'NOT_CANONICAL', /\/id$/],
    [
      'NUL in its id',
      { id: 'artifact\u00001' },
      'CONTROL_CHARACTER',
      /^id: holds a control character/,
    ],
    [
      'a decision of the suite',
      {
        type: 'io.ai-assurance.approval-decision.v1',
        data: { ...artifact, payload: decision() },
      },
      'RESERVED_TYPE',
      /^type: /,
    ],
    [
      'a decision of the suite whose payload is bad',
      { type: 'io.ai-assurance.approval-decision.v1' },
      'RESERVED_TYPE',
      /^type: only the suite writes this kind/,
    ],
    [
      'a decision of the suite in a version to come',
      { type: 'io.ai-assurance.approval-decision.v7' },
      'RESERVED_TYPE',
      /^type: only the suite writes this kind/,
    ],
    [
      'the name of the suite',
      { source: '/ai-assurance/slo' },
      'RESERVED_SOURCE',
      /^source: /,
    ],
  ])(
    'quarantines an item with %s, and takes its neighbours',
    async (_what, change, code, message) => {
      const { push, ledgerRoom, quarantined } = await start();
      const answer = await push([
        artifactEvent(1),
        artifactEvent(2, change as any),
        artifactEvent(3),
      ]);
      expect(answer.status).toBe(200);
      expect(answer.body.acceptedCount).toBe(2);
      expect(answer.body.results.map((result: any) => result.outcome)).toEqual([
        'accepted',
        'quarantined',
        'accepted',
      ]);
      expect(answer.body.results[1].code).toBe(code);
      expect(answer.body.results[1].message).toMatch(message);
      expect(
        (await quarantined()).map((item: any) => [
          item.quarantineId,
          item.code,
        ]),
      ).toEqual([[answer.body.results[1].quarantineId, code]]);
      expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 2 });
    },
  );

  it('quarantines items that are no objects, and hidden prototypes', async () => {
    const { push } = await start();
    const evil = JSON.stringify(artifactEvent(1)).replace(
      '"payload":{',
      '"payload":{"__proto__":{"admin":true},',
    );
    const answer = await push(`[null, 3, "x", [], ${evil}]`);
    expect(answer.status).toBe(200);
    expect(
      answer.body.results.map((result: any) => [result.outcome, result.code]),
    ).toEqual([
      ['quarantined', 'INVALID_ITEM'],
      ['quarantined', 'INVALID_ITEM'],
      ['quarantined', 'INVALID_ITEM'],
      ['quarantined', 'INVALID_ITEM'],
      ['quarantined', 'FORBIDDEN_NAME'],
    ]);
    expect(({} as any).admin).toBe(undefined);
  });

  it('refuses what is too large or too deep to be kept, and takes its neighbours', async () => {
    const { push, quarantined } = await start();
    const large = artifactEvent(2, {
      data: {
        ...artifact,
        payload: {
          version: '1',
          digest,
          sizeBytes: 1,
          format: 'x'.repeat(1_000_000),
        },
      },
    });
    const answer = await push(
      `[${JSON.stringify(artifactEvent(1))},${JSON.stringify(large)},${deep}]`,
    );
    expect(answer.status).toBe(200);
    expect(
      answer.body.results.map((result: any) => [result.outcome, result.code]),
    ).toEqual([
      ['accepted', undefined],
      ['refused', 'TOO_LARGE'],
      ['refused', 'TOO_DEEP'],
    ]);
    expect(answer.body.results[1].message).toMatch(/262144 are allowed$/);
    expect(await quarantined()).toEqual([]);
  });

  it.each<[string, string | Buffer, string]>([
    ['no JSON', '[{', 'NOT_JSON'],
    ['NaN', '{"id": NaN}', 'NOT_JSON'],
    ['a bare number', '3', 'INVALID_ITEM'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), 'NOT_UTF8'],
  ])('quarantines a body of %s whole', async (_what, body, code) => {
    const { push, quarantined, ledgerRoom } = await start();
    const answer = await push(body, 'application/json');
    expect(answer.status).toBe(200);
    expect(answer.body.results).toMatchObject([
      { index: 0, outcome: 'quarantined', code },
    ]);
    expect(await quarantined()).toMatchObject([
      { code, sizeBytes: body.length, caller: 'service:external:ci-pipeline' },
    ]);
    expect(await ledgerRoom.answers.head()).toBe(undefined);
  });

  it.each<[string, string | Buffer, string, number, string]>([
    ['an empty batch', '[]', 'application/json', 400, 'EMPTY_BATCH'],
    [
      'another media type',
      'a=b',
      'application/x-www-form-urlencoded',
      400,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'another character set',
      '[]',
      'application/json; charset=utf-16',
      400,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'more than a thousand items',
      JSON.stringify(Array(1001).fill({})),
      'application/json',
      400,
      'TOO_MANY_ITEMS',
    ],
    [
      '20 MB',
      JSON.stringify([{ x: 'y'.repeat(20_000_000) }]),
      'application/json',
      413,
      'BODY_TOO_LARGE',
    ],
  ])(
    'refuses a body with %s whole',
    async (_what, body, contentType, status, code) => {
      const { push, ledgerRoom, quarantined } = await start();
      const answer = await push(body, contentType);
      expect([answer.status, answer.body.error.code]).toEqual([status, code]);
      expect(await ledgerRoom.answers.head()).toBe(undefined);
      expect(await quarantined()).toEqual([]);
    },
  );

  it('reads gzip, and cuts a bomb off', async () => {
    const { push, ledgerRoom } = await start();
    const gzip = { 'content-encoding': 'gzip' };
    const good = await push(
      gzipSync(JSON.stringify([artifactEvent(1)])),
      'application/json',
      gzip,
    );
    expect(good.body.acceptedCount).toBe(1);
    const bomb = await push(
      gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')),
      'application/json',
      gzip,
    );
    expect([bomb.status, bomb.body.error.code]).toEqual([
      413,
      'BODY_TOO_LARGE',
    ]);
    const broken = await push(Buffer.from('no gzip'), 'application/json', gzip);
    expect([broken.status, broken.body.error.code]).toEqual([400, 'BAD_BODY']);
    const cut = await push(
      gzipSync(JSON.stringify([artifactEvent(2)])).subarray(0, 40),
      'application/json',
      gzip,
    );
    expect([cut.status, cut.body.error.code]).toEqual([400, 'BAD_BODY']);
    const other = await push('[]', 'application/json', {
      'content-encoding': 'br',
    });
    expect([other.status, other.body.error.code]).toEqual([
      400,
      'UNSUPPORTED_ENCODING',
    ]);
    expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 1 });
  });

  it('takes an event in binary mode, its attributes in headers', async () => {
    const { push, ledgerRoom } = await start();
    const { data, ...attributes } = artifactEvent(1, {
      id: 'Übergabe "1" 100%',
    });
    const headers = Object.fromEntries(
      Object.entries(attributes)
        .filter(([name]) => name !== 'datacontenttype')
        .map(([name, value]) => [`ce-${name}`, String(value)]),
    );
    headers['ce-id'] = '"%C3%9Cbergabe \\"1\\" 100%25"';
    const answer = await push(data, 'application/json; charset=utf-8', headers);
    expect(answer.body).toEqual({
      results: [{ index: 0, outcome: 'accepted', evidenceId: '0' }],
      acceptedCount: 1,
    });
    const same = await push(
      artifactEvent(1, { id: 'Übergabe "1" 100%' }),
      'application/cloudevents+json',
    );
    expect(same.body.results[0].outcome).toBe('already-known');
    expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 1 });

    const extended = await push(data, 'application/json', {
      ...headers,
      'ce-traceparent': 'x',
    });
    expect(extended.body.results[0]).toMatchObject({
      outcome: 'quarantined',
      code: 'INVALID_ITEM',
    });
    const broken = await push('{', 'application/json', headers);
    expect(broken.body.results[0]).toMatchObject({
      outcome: 'quarantined',
      code: 'NOT_JSON',
    });
  });
});

function decision() {
  return {
    releaseId: 'rel_1',
    modelRef: model,
    version: '1.0.0',
    digest,
    decision: 'approved',
    approvedBy: ['user:default/sam'],
    rejectedBy: [],
    policyId: 'p',
    policyDigest: digest,
    quorum: 1,
  };
}
