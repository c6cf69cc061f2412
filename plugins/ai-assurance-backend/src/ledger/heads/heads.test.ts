import {
  fromBase64,
  fromHex,
  parseVerifierKey,
  verifyCheckpoint,
  verifyConsistency,
} from '@ai-assurance/evidence';
import { ConfigReader } from '@backstage/config';
import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactDrafts,
  newKeyPem,
  openTestLedger,
  startMs,
  testKey,
} from '../__testUtils__/openTestLedger';
import { createLedger } from '../createLedger';

// Both databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('heads of the ledger', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) => {
    const ledger = await openTestLedger(await databases.init(id));
    const append = (from: number, to: number) =>
      ledger.db.transaction(tx =>
        ledger.room.ledger.append(tx, artifactDrafts(from, to)),
      );
    return { ...ledger, append, ...ledger.room.heads };
  };

  it.each(each)('are proven one from another, at any size, %p', async id => {
    const { append, reader } = await open(id);
    await append(0, 600);
    const sizes = [1, 2, 3, 7, 255, 256, 257, 511, 512, 513, 599, 600];
    for (const from of sizes)
      for (const to of sizes.filter(size => size >= from)) {
        const answer = await reader.consistency(from, to);
        const claim = {
          size1: answer.from.size,
          root1: fromHex(answer.from.rootHash)!,
          size2: answer.to.size,
          root2: fromHex(answer.to.rootHash)!,
          proof: answer.hashes.map(hash => fromBase64(hash)!),
        };
        expect([from, to, verifyConsistency(claim)]).toEqual([from, to, true]);
      }
    const whole = await reader.consistency(1, undefined);
    expect(whole.to).toEqual({
      size: 600,
      rootHash: (await reader.newest())!.rootHash,
    });
    expect(whole.checkpoint).toBe(await reader.checkpoint(600));
  });

  it.each(each)('refuse sizes that make no sense, by name, %p', async id => {
    const { append, reader } = await open(id);
    await expect(reader.consistency(1, 1)).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'LEDGER_EMPTY',
    });
    await append(0, 5);
    for (const [from, to] of [
      [3, 2],
      [1, 6],
      [6, undefined],
    ] as const)
      await expect(reader.consistency(from, to)).rejects.toMatchObject({
        name: 'InputError',
        code: 'INVALID_SIZES',
      });
    await expect(reader.checkpoint(3)).rejects.toMatchObject({
      name: 'NotFoundError',
      code: 'HEAD_NOT_FOUND',
    });
    for (const wrong of ['5', '-1', '01', 'x', ''])
      await expect(reader.proof(wrong, 'newest')).rejects.toMatchObject({
        code: 'EVIDENCE_NOT_FOUND',
      });
  });

  it.each(each)('are listed page by page, newest first, %p', async id => {
    const { append, reader } = await open(id);
    for (let n = 0; n < 5; n++) await append(n, n + 1);
    const first = await reader.list({ limit: 2 });
    const second = await reader.list({ limit: 2, beforeSize: first.nextSize });
    const third = await reader.list({ limit: 2, beforeSize: second.nextSize });
    expect(
      [first, second, third].map(page => [
        page.heads.map(head => head.size),
        page.nextSize,
      ]),
    ).toEqual([
      [[5, 4], 4],
      [[3, 2], 2],
      [[1], undefined],
    ]);
  });

  it.each(each)('are answered as they were, %p', async id => {
    const { append, reader, room, clock, checks } = await open(id);
    await append(0, 2);
    clock.advance(1000);
    await append(2, 5);
    await checks.check();
    expect((await reader.newest(startMs))!.size).toBe(2);
    expect((await reader.consistency(1, undefined, startMs)).to.size).toBe(2);
    await expect(reader.checkpoint(5, startMs)).rejects.toMatchObject({
      code: 'HEAD_NOT_FOUND',
    });
    await expect(reader.proof('3', 'newest', startMs)).rejects.toMatchObject({
      code: 'EVIDENCE_NOT_FOUND',
    });
    const then = await room.status(startMs);
    expect([then.size, then.keyCount, then.check]).toEqual([2, 1, undefined]);
    expect((await room.status()).size).toBe(5);
    expect((await room.status(startMs - 1)).size).toBe(0);
  });

  it.each(each)('tell every key that signed, with its range, %p', async id => {
    const { append, room, deps } = await open(id);
    await append(0, 3);
    const next = await createLedger({
      ...deps,
      config: new ConfigReader({
        aiAssurance: {
          ledger: { signingKey: newKeyPem(), previousSigningKey: testKey },
        },
      }),
    });
    const [first, second] = await next.heads.reader.keys();
    expect([first.verifierKey, first.fromSize, first.untilSize]).toEqual([
      room.verifierKey,
      1,
      3,
    ]);
    expect([second.verifierKey, second.fromSize, second.untilSize]).toEqual([
      next.verifierKey,
      4,
      undefined,
    ]);
    expect(second.handOver!.split('\n')[0]).toBe(
      'ai-assurance-log-key/v1 hand-over',
    );
    for (const key of [first, second])
      expect(
        verifyCheckpoint(
          await next.heads.reader.checkpoint(key.fromSize === 1 ? 3 : 4),
          key.verifierKey,
        ).origin,
      ).toBe(parseVerifierKey(key.verifierKey).name);
    // A replica that still runs with the old key answers with the key of the head, not with its own.
    const detail = await room.answers.byId('3');
    expect(detail!.position).toBe(3);
  });
});

describe('the check of the ledger', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) =>
    openTestLedger(await databases.init(id));

  it.each(each)('is kept, and is in the status, %p', async id => {
    const { db, room, clock } = await open(id);
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 3)));
    const check = await room.heads.checks.check();
    expect(check).toEqual({
      checkedAtMs: startMs,
      tookMs: 0,
      ok: true,
      itemCount: 3,
      headCount: 1,
      verifierKey: room.verifierKey,
    });
    clock.advance(1);
    await room.tasks.find(task => task.id === 'ledger-check')!.run();
    const status = await room.status();
    expect(status.check).toEqual({ ...check, checkedAtMs: startMs + 1 });
    expect(status.problem).toBe(undefined);
  });

  it.each(each)('runs one at a time, %p', async id => {
    const { room } = await open(id);
    const running = room.heads.checks.check();
    await expect(room.heads.checks.check()).rejects.toMatchObject({
      name: 'ConflictError',
      code: 'CHECK_RUNNING',
    });
    expect((await running).ok).toBe(true);
    expect((await room.heads.checks.check()).ok).toBe(true);
  });

  it.each(each)(
    'alarms when it finds something, once for the same finding, %p',
    async id => {
      const heard: object[] = [];
      const ledger = await openTestLedger(await databases.init(id), {
        config: {
          ledger: {
            signingKey: testKey,
            alarmRecipients: ['group:default/platform'],
          },
        },
      });
      const room = await createLedger({
        ...ledger.deps,
        notifications: {
          send: async message => {
            heard.push(message);
          },
        },
      });
      const { db, clock, logger } = ledger;
      await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 3)));
      await db.knex('ledger_counter').update({ size: 7 });
      const check = await room.heads.checks.check();
      expect([check.ok, check.table, check.row]).toEqual([
        false,
        'ledger_counter',
        '1',
      ]);
      clock.advance(1);
      await room.heads.checks.check();
      const problem = `ledger_counter, row 1: ${check.problem}.`;
      expect(heard).toEqual([
        {
          recipients: {
            type: 'entity',
            entityRef: ['group:default/platform'],
          },
          payload: {
            title: 'The evidence ledger cannot be relied on',
            description: problem,
            severity: 'critical',
            topic: 'ai-assurance.ledger',
            scope: 'ai-assurance.ledger.alarm',
            link: '/ai-assurance/evidence',
          },
        },
      ]);
      expect(logger.error.mock.calls).toEqual([
        [`The ledger cannot be relied on: ${problem}`],
      ]);
      expect((await room.status()).problem).toBe(problem);
      expect(await db.knex('outbox').select('topic', 'subjects')).toEqual([
        {
          topic: 'ledger.alarm',
          subjects: '["system:default/ai-assurance"]',
        },
      ]);
      await db.knex('ledger_counter').update({ size: 3 });
      clock.advance(1);
      expect((await room.heads.checks.check()).ok).toBe(true);
      expect((await room.status()).problem).toBe(undefined);
    },
  );

  it.each(each)('alarms also when nobody can be notified, %p', async id => {
    const ledger = await openTestLedger(await databases.init(id), {
      config: { roles: { administrator: ['group:default/platform'] } },
    });
    const room = await createLedger({
      ...ledger.deps,
      notifications: {
        send: async () => {
          throw new Error('not installed');
        },
      },
    });
    await ledger.db.knex('ledger_counter').update({ size: 7 });
    expect((await room.heads.checks.check()).ok).toBe(false);
    expect(ledger.logger.error.mock.calls.length).toBe(1);
    expect(ledger.logger.warn.mock.calls).toEqual([
      [
        'Nobody was told: The evidence ledger cannot be relied on: not installed',
      ],
    ]);
  });

  it.each(each)('finds a hand-over that does not hold, %p', async id => {
    const { db, room } = await open(id);
    const stranger = await openTestLedger(await databases.init(id), {
      config: { ledger: { signingKey: newKeyPem() } },
    });
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 1)));
    const [key] = await stranger.room.keys.list();
    await db.knex('ledger_key').insert({
      from_size: 2,
      key_id: key.keyId,
      verifier_key: key.verifierKey,
      hand_over: 'not a note',
      added_at_ms: 1,
    });
    const check = await room.heads.checks.check();
    expect([check.ok, check.table, check.row]).toEqual([
      false,
      'ledger_key',
      '2',
    ]);
  });

  it.each([
    [`UPDATE ledger_key SET verifier_key = 'x'`, '1', /^It is no key: /],
    [
      `UPDATE ledger_key SET key_id = '00000000'`,
      '1',
      /^The key has another id$/,
    ],
    [
      `UPDATE ledger_key SET from_size = 2`,
      '2',
      /^No key signed the first head$/,
    ],
    [
      `DELETE FROM ledger_key`,
      '*',
      /^There is no key, although heads are signed$/,
    ],
  ])('finds and tells of changed keys: %s', async (sql, keyRow, problem) => {
    const { db, room, logger } = await open('SQLITE_3');
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 3)));
    await db.knex.raw('DROP TRIGGER ledger_key_no_update');
    await db.knex.raw('DROP TRIGGER ledger_key_no_delete');
    await db.knex.raw(sql);
    const check = await room.heads.checks.check();
    expect([check.ok, check.table, check.row]).toEqual([
      false,
      'ledger_key',
      keyRow,
    ]);
    expect(check.problem).toMatch(problem);
    expect(logger.error.mock.calls.length).toBe(1);
  });

  it.each(each)('keeps at most 400 results, %p', async id => {
    const { db, room } = await open(id);
    await db.knex.batchInsert(
      'ledger_check',
      Array.from({ length: 450 }, (_, n) => ({
        checked_at_ms: n,
        took_ms: 1,
        ok: true,
        report: '{}',
      })),
      100,
    );
    await room.heads.checks.check();
    const [{ count }] = await db.knex('ledger_check').count({ count: '*' });
    expect(Number(count)).toBe(400);
  });
});
