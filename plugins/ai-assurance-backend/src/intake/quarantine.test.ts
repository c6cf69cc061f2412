import request from 'supertest';
import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactEvent,
  as,
  model,
  openTestIntake,
  service,
  startMs,
} from './__testUtils__/openTestIntake';
import { openTestQuarantine } from './__testUtils__/openTestQuarantine';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const notYet = 'resource:default/not-yet';

describe('the quarantine', () => {
  const databases = createTestDatabases();

  const start = async (
    databaseId: Parameters<typeof databases.init>[0] = 'SQLITE_3',
    options: Parameters<typeof openTestIntake>[1] = {},
  ) => openTestQuarantine(await databases.init(databaseId), options);

  it('tells what came, from whom and why it was not let in, with its bytes', async () => {
    const { push, get } = await start();
    const event = artifactEvent(1, { subject: notYet });
    const [{ quarantineId }] = await push(event);
    const listed = {
      quarantineId,
      state: 'waiting',
      rowVersion: 1,
      receivedAtMs: startMs,
      lastReceivedAtMs: startMs,
      receivedCount: 1,
      origin: 'http',
      caller: 'service:external:ci-pipeline',
      source: '/tests/pipeline',
      id: 'artifact-1',
      type: 'io.ai-assurance.artifact.v1',
      subject: notYet,
      code: 'UNKNOWN_SUBJECT',
      message:
        'subject: resource:default/not-yet is not an AI service, model or device cohort in the catalog. Register it; then this is taken by itself within some minutes.',
      sizeBytes: JSON.stringify(event).length,
      isTruncated: false,
    };
    const list = await get('/quarantine');
    expect(list.body).toMatchObject({
      items: [listed],
      waiting: [{ code: 'UNKNOWN_SUBJECT', count: 1 }],
    });
    const detail = await get(`/quarantine/${quarantineId}`);
    expect(detail.body).toMatchObject({
      ...listed,
      encoding: 'text',
      mayResolve: false,
      mayNotResolveReason:
        'You need the permission ai-assurance.quarantine.resolve on resource:default/not-yet: usually its owner holds it.',
    });
    expect(JSON.parse(detail.body.text)).toEqual(event);
    expect(
      (await get(`/quarantine/${quarantineId}`, as.administrator)).body
        .mayResolve,
    ).toBe(true);
  });

  it.each(databases.eachSupportedId())(
    'counts the same content of the same sender, and keeps the latest reason, %p',
    async databaseId => {
      const { push, get, clock, room } = await start(databaseId);
      const event = artifactEvent(1, { subject: notYet });
      const [first, second] = await push(event, event);
      expect(second.quarantineId).toBe(first.quarantineId);
      clock.advance(1000);
      const [third] = await push(event);
      expect(third.quarantineId).toBe(first.quarantineId);
      await room.receive([{ value: event }], {
        origin: 'events',
        caller: 'events',
        isAnswered: false,
        mayPush: async () => true,
        maySomewhere: async () => true,
        remedy: 'Ask its owner.',
      });
      const { items } = (await get('/quarantine')).body;
      expect(
        items.map((item: any) => [
          item.caller,
          item.receivedCount,
          item.receivedAtMs,
          item.lastReceivedAtMs,
        ]),
      ).toEqual([
        ['events', 1, startMs + 1000, startMs + 1000],
        ['service:external:ci-pipeline', 3, startMs, startMs + 1000],
      ]);
    },
  );

  it.each(databases.eachSupportedId())(
    'counts the same content that comes at once, %p',
    async databaseId => {
      const { push, get } = await start(databaseId);
      const bad = [1, 2, 3].map(number =>
        artifactEvent(number, { type: 'nonsense' }),
      );
      await Promise.all([push(...bad), push(...bad.reverse()), push(bad[1])]);
      const { items } = (await get('/quarantine')).body;
      expect(
        Object.fromEntries(
          items.map((item: any) => [item.id, item.receivedCount]),
        ),
      ).toEqual({ 'artifact-1': 2, 'artifact-2': 3, 'artifact-3': 2 });
    },
  );

  it('is listed page by page, by state, reason and subject', async () => {
    const { push, get, clock } = await start();
    for (let number = 0; number < 5; number += 1) {
      clock.advance(1);
      await push(
        artifactEvent(number, {
          ...(number % 2 ? { subject: notYet } : { type: 'nonsense' }),
        }),
      );
    }
    const ids = async (query: string) =>
      (await get(`/quarantine?${query}`)).body.items.map(
        (item: any) => item.id,
      );
    expect(await ids('code=UNKNOWN_SUBJECT')).toEqual([
      'artifact-3',
      'artifact-1',
    ]);
    expect(await ids(`subject=${model}`)).toEqual([
      'artifact-4',
      'artifact-2',
      'artifact-0',
    ]);
    expect(await ids('state=discarded')).toEqual([]);
    expect(await ids('state=waiting&limit=1')).toEqual(['artifact-4']);
    const first = (await get('/quarantine?limit=2')).body;
    expect(first.waiting).toEqual([
      { code: 'INVALID_ITEM', count: 3 },
      { code: 'UNKNOWN_SUBJECT', count: 2 },
    ]);
    const second = (await get(`/quarantine?limit=4&cursor=${first.nextCursor}`))
      .body;
    expect(
      [...first.items, ...second.items].map((item: any) => item.id),
    ).toEqual([4, 3, 2, 1, 0].map(number => `artifact-${number}`));
    expect(second.nextCursor).toBe(undefined);
    expect((await get('/quarantine?cursor=17')).status).toBe(400);
  });

  it.each(databases.eachSupportedId())(
    'lets an item out as evidence once its cause is mended, in one transaction, %p',
    async databaseId => {
      const { push, post, register, ledgerRoom, outbox } = await start(
        databaseId,
      );
      const [{ quarantineId }] = await push(
        artifactEvent(1, { subject: notYet }),
      );
      const path = `/quarantine/${quarantineId}/replay`;
      const early = await post(path, { rowVersion: 1 });
      expect([early.status, early.body.state, early.body.rowVersion]).toEqual([
        200,
        'waiting',
        2,
      ]);
      register(notYet);
      const stale = await post(path, { rowVersion: 1 });
      expect([stale.status, stale.body.error.code]).toEqual([
        409,
        'STALE_VERSION',
      ]);
      const done = await post(path, { rowVersion: 2 });
      expect(done.body).toMatchObject({
        quarantineId,
        state: 'replayed',
        evidenceId: '0',
        resolvedBy: 'user:default/root',
        resolvedAtMs: startMs,
      });
      expect((await ledgerRoom.answers.byId('0'))?.item).toEqual(
        artifactEvent(1, { subject: notYet }),
      );
      const again = await post(path, { rowVersion: 3 });
      expect([again.status, again.body.error.code]).toEqual([
        409,
        'NOT_WAITING',
      ]);
      const announced: unknown[] = [];
      await outbox.relay(async messages => void announced.push(...messages));
      expect(announced).toContainEqual({
        topic: 'evidence.pushed',
        subjects: [notYet],
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'lets an item out once when two people replay it at once, %p',
    async databaseId => {
      const { push, post, register, ledgerRoom } = await start(databaseId);
      const [{ quarantineId }] = await push(
        artifactEvent(1, { subject: notYet }),
      );
      register(notYet);
      const path = `/quarantine/${quarantineId}`;
      const answers = await Promise.all([
        post(`${path}/replay`, { rowVersion: 1 }),
        post(`${path}/replay`, { rowVersion: 1 }),
        post(`${path}/discard`, { rowVersion: 1, reason: 'Not needed.' }),
      ]);
      expect(answers.map(answer => answer.status).sort()).toEqual([
        200, 409, 409,
      ]);
      expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 1 });
    },
  );

  it('keeps an item, with the new reason, whose id is taken meanwhile', async () => {
    const { push, post, register, ledgerRoom, get } = await start();
    const [{ quarantineId }] = await push(
      artifactEvent(1, { subject: notYet }),
    );
    register(notYet);
    await push(artifactEvent(1));
    const done = await post(`/quarantine/${quarantineId}/replay`, {
      rowVersion: 1,
    });
    expect(done.body).toMatchObject({
      state: 'waiting',
      code: 'ID_CONFLICT',
      rowVersion: 2,
    });
    expect(done.body.evidenceId).toBe(undefined);
    expect((await get(`/quarantine/${quarantineId}`)).body.encoding).toBe(
      'text',
    );
    expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 1 });
  });

  it('lets an item out that is evidence already, as that evidence', async () => {
    const { push, post, register } = await start();
    const event = artifactEvent(1, { subject: notYet });
    const [{ quarantineId }] = await push(event);
    register(notYet);
    await push(event);
    const done = await post(`/quarantine/${quarantineId}/replay`, {
      rowVersion: 1,
    });
    expect(done.body).toMatchObject({ state: 'replayed', evidenceId: '0' });
  });

  it.each(databases.eachSupportedId())(
    'loses an item to a person with a reason, which is evidence, %p',
    async databaseId => {
      const { push, post, get, ledgerRoom, clock } = await start(databaseId);
      const [{ quarantineId }] = await push(
        artifactEvent(1, { type: 'nonsense', source: '/a\u0000b' }),
      );
      clock.advance(5000);
      const path = `/quarantine/${quarantineId}/discard`;
      const short = await post(path, { reason: 'x', rowVersion: 1 });
      expect(short.status).toBe(400);
      const done = await post(
        path,
        { reason: 'A test run of the pipeline.', rowVersion: 1 },
        as.owner,
      );
      expect(done.body).toMatchObject({
        state: 'discarded',
        discardReason: 'A test run of the pipeline.',
        resolvedBy: 'user:default/mira',
        evidenceId: '0',
      });
      const { item } = (await ledgerRoom.answers.byId('0'))!;
      expect(item).toMatchObject({
        source: '/ai-assurance/intake',
        id: `quarantine-discard:${quarantineId}`,
        type: 'io.ai-assurance.quarantine-discard.v1',
        subject: model,
        time: '2026-11-22T13:00:05.000Z',
      });
      expect(item.data.payload).toEqual({
        quarantineId,
        quarantinedAt: '2026-11-22T13:00:00.000Z',
        code: 'INVALID_ITEM',
        givenSource: '/a\ufffdb',
        givenId: 'artifact-1',
        givenType: 'nonsense',
        givenSubject: model,
        pushedBy: 'external:ci-pipeline',
        contentDigest: done.body.digest,
        contentSizeBytes: done.body.sizeBytes,
        discardedBy: 'user:default/mira',
        reason: 'A test run of the pipeline.',
      });
      const detail = (await get(`/quarantine/${quarantineId}`)).body;
      expect([detail.text, detail.state]).toEqual([undefined, 'discarded']);
    },
  );

  it('keeps the state when its evidence cannot be written', async () => {
    const { push, post, get, db } = await start();
    const [{ quarantineId }] = await push(
      artifactEvent(1, { type: 'nonsense' }),
    );
    await db.knex.schema.renameTable('ledger_head', 'ledger_head_away');
    const path = `/quarantine/${quarantineId}/discard`;
    const failed = await post(path, { reason: 'A test run.', rowVersion: 1 });
    expect(failed.status).toBe(500);
    await db.knex.schema.renameTable('ledger_head_away', 'ledger_head');
    expect((await get(`/quarantine/${quarantineId}`)).body).toMatchObject({
      state: 'waiting',
      rowVersion: 1,
      encoding: 'text',
    });
  });

  it('is resolved by those who may, each on their own subjects', async () => {
    const { push, post, get, app } = await start();
    const [own, others] = await push(
      artifactEvent(1, { type: 'nonsense' }),
      artifactEvent(2, { type: 'nonsense', subject: service }),
    );
    const nameless = (
      await request(app)
        .post('/evidence')
        .set('authorization', as.machine)
        .set('content-type', 'application/json')
        .send('nonsense')
    ).body.results[0];
    const replay = (id: string, who: string) =>
      post(`/quarantine/${id}/replay`, { rowVersion: 1 }, who);
    const discard = (id: string, who: string) =>
      post(
        `/quarantine/${id}/discard`,
        { rowVersion: 1, reason: 'A test run.' },
        who,
      );
    for (const who of [as.stranger, as.auditor, as.unlisted]) {
      expect((await replay(own.quarantineId, who)).status).toBe(403);
      expect((await discard(own.quarantineId, who)).status).toBe(403);
      expect((await replay('qua_none', who)).status).toBe(403);
    }
    for (const { quarantineId } of [others, nameless]) {
      expect((await replay(quarantineId, as.owner)).status).toBe(403);
      expect((await discard(quarantineId, as.owner)).status).toBe(403);
    }
    const machine = await discard(own.quarantineId, as.machine);
    expect([machine.status, machine.body.error.code]).toEqual([
      403,
      'NEEDS_PERSON',
    ]);
    expect((await replay(own.quarantineId, as.machine)).status).toBe(200);
    expect((await replay('qua_none', as.owner)).status).toBe(404);
    expect(
      (await discard(nameless.quarantineId, as.administrator)).status,
    ).toBe(200);
    expect(
      (await get(`/quarantine/${nameless.quarantineId}`)).body.evidenceId,
    ).toBe('0');
    expect((await get('/quarantine', as.stranger)).status).toBe(403);
    expect((await get(`/quarantine/qua_1`, as.stranger)).status).toBe(403);
  });

  it('tells the audit log who resolved what, and who failed to', async () => {
    const { push, post, auditor, auditEvent } = await start();
    const [{ quarantineId }] = await push(
      artifactEvent(1, { type: 'nonsense' }),
    );
    const path = `/quarantine/${quarantineId}/discard`;
    const body = { rowVersion: 1, reason: 'A test run.' };
    await post(path, body, as.auditor);
    await post(path, body);
    expect(
      auditor.createEvent.mock.calls.map(([{ eventId, meta }]) => [
        eventId,
        meta,
      ]),
    ).toEqual([
      ['quarantine-discard', { quarantineId }],
      ['quarantine-discard', { quarantineId }],
    ]);
    expect(auditEvent.fail).toHaveBeenCalledTimes(1);
    expect(auditEvent.success).toHaveBeenCalledTimes(1);
  });

  it('replays what the caller may, also behind a thousand of others', async () => {
    const { push, post, clock } = await start();
    const broken = (first: number, count: number, more: object) =>
      push(
        ...Array.from({ length: count }, (_, n) =>
          artifactEvent(first + n, { time: 'yesterday', ...more }),
        ),
      );
    await broken(0, 501, { subject: service });
    await broken(501, 500, { subject: service });
    clock.advance(1000);
    await broken(1001, 2, {});
    const body = { code: 'INVALID_ITEM', limit: 2 };
    expect((await post('/quarantine/replay', body, as.owner)).body).toEqual({
      replayedCount: 0,
      stillWaitingCount: 2,
      notAllowedCount: 1001,
      remainingCount: 0,
    });
  });

  it('replays all of one reason, as far as the caller may', async () => {
    const { push, post, register, ledgerRoom } = await start();
    await push(
      ...[1, 2, 3].map(number => artifactEvent(number, { subject: notYet })),
      artifactEvent(4, { type: 'nonsense' }),
    );
    const body = { code: 'UNKNOWN_SUBJECT', limit: 2 };
    expect((await post('/quarantine/replay', body, as.owner)).body).toEqual({
      replayedCount: 0,
      stillWaitingCount: 0,
      notAllowedCount: 3,
      remainingCount: 0,
    });
    expect((await post('/quarantine/replay', body)).body).toEqual({
      replayedCount: 0,
      stillWaitingCount: 2,
      notAllowedCount: 0,
      remainingCount: 1,
    });
    register(notYet);
    expect((await post('/quarantine/replay', body)).body).toEqual({
      replayedCount: 2,
      stillWaitingCount: 0,
      notAllowedCount: 0,
      remainingCount: 1,
    });
    expect((await post('/quarantine/replay', body, as.auditor)).status).toBe(
      403,
    );
    expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 2 });
  });

  it('replays the rest when asked again, however many of the first still wait', async () => {
    const { push, post, get, clock } = await start();
    await push({ n: 1 }, { n: 2 }, { n: 3 });
    const body = { code: 'INVALID_ITEM', limit: 2 };
    clock.advance(1);
    await post('/quarantine/replay', body);
    clock.advance(1);
    await post('/quarantine/replay', body);
    const { items } = (await get('/quarantine')).body;
    // Each was judged, and one of them for the second time.
    expect(
      items.map((item: { rowVersion: number }) => item.rowVersion).sort(),
    ).toEqual([2, 2, 3]);
  });
});
