import {
  idOfKey,
  parseSignedNote,
  verifyCheckpoint,
  verifyHandOver,
} from '@ai-assurance/evidence';
import { ConfigReader } from '@backstage/config';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { brokenAt } from '../__testUtils__/brokenAt';
import {
  artifactDraft,
  artifactDrafts,
  newKeyPem,
  openTestLedger,
  startMs,
  testKey,
} from '../__testUtils__/openTestLedger';
import { createLedger } from '../createLedger';

// Both databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the keys of the ledger', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const newKey = newKeyPem();
  const open = async (id: (typeof each)[number][0]) => {
    const ledger = await openTestLedger(await databases.init(id));
    const restart = (settings: object) =>
      createLedger({
        ...ledger.deps,
        config: new ConfigReader({ aiAssurance: { ledger: settings } }),
      });
    const append = (room: typeof ledger.room, from: number, to: number) =>
      ledger.db.transaction(tx =>
        room.ledger.append(tx, artifactDrafts(from, to)),
      );
    return { ...ledger, restart, append };
  };

  it.each(each)('are written down at the first start, %p', async id => {
    const { db, room, restart } = await open(id);
    await restart({ signingKey: testKey });
    expect(await db.knex('ledger_key').select('verifier_key')).toEqual([
      { verifier_key: room.verifierKey },
    ]);
    expect(await room.keys.list()).toEqual([
      {
        verifierKey: room.verifierKey,
        keyId: idOfKey(room.verifierKey),
        fromSize: 1,
        addedAtMs: startMs,
        handOver: undefined,
      },
    ]);
    expect(await db.knex('ledger_counter').select('key_id')).toEqual([
      { key_id: idOfKey(room.verifierKey) },
    ]);
  });

  it.each(each)(
    'rotate: the old key hands over, and both sign the first head, %p',
    async id => {
      const { room, restart, append } = await open(id);
      await append(room, 0, 3);
      const before = (await room.answers.head())!;
      const next = await restart({
        signingKey: newKey,
        previousSigningKey: testKey,
      });

      const [oldKey, key] = await next.keys.list();
      expect(oldKey.verifierKey).toBe(room.verifierKey);
      expect(key.verifierKey).toBe(next.verifierKey);
      expect(key.fromSize).toBe(4);
      expect(verifyHandOver(key.handOver!)).toEqual({
        origin: 'ai-assurance.local/log',
        fromSize: 4,
        oldKey: room.verifierKey,
        newKey: next.verifierKey,
      });

      const head = (await next.answers.head())!;
      const stated = {
        origin: 'ai-assurance.local/log',
        size: 4,
        rootHash: head.rootHash,
      };
      expect(verifyCheckpoint(head.checkpoint, room.verifierKey)).toEqual(
        stated,
      );
      expect(verifyCheckpoint(head.checkpoint, next.verifierKey)).toEqual(
        stated,
      );
      // What was signed before stays verifiable with the key of then.
      expect(verifyCheckpoint(before.checkpoint, oldKey.verifierKey).size).toBe(
        3,
      );

      const evidence = (await next.answers.byId('3'))!;
      expect(evidence.item.type).toBe('io.ai-assurance.key-rotation.v1');
      expect(evidence.item.subject).toBe('system:default/ai-assurance');
      expect(evidence.item.data.payload).toEqual({
        previousKey: room.verifierKey,
        newKey: next.verifierKey,
        firstHeadSize: 4,
        handOver: key.handOver,
      });

      await append(next, 3, 5);
      const later = (await next.answers.head())!;
      expect(parseSignedNote(later.checkpoint).signatures.length).toBe(1);
      expect(verifyCheckpoint(later.checkpoint, next.verifierKey).size).toBe(6);
      expect(await next.fsck()).toEqual({
        ok: true,
        itemCount: 6,
        headCount: 3,
      });
    },
  );

  it.each(each)('rotate once, however often it is started, %p', async id => {
    const { room, restart, append } = await open(id);
    await append(room, 0, 1);
    const settings = { signingKey: newKey, previousSigningKey: testKey };
    await Promise.all([restart(settings), restart(settings)]);
    const again = await restart(settings);
    expect((await again.keys.list()).length).toBe(2);
    expect((await again.answers.head())!.size).toBe(2);
  });

  it.each(each)(
    'are never changed silently: another key alone refuses the start, %p',
    async id => {
      const { room, restart, append } = await open(id);
      await append(room, 0, 1);
      await expect(restart({ signingKey: newKey })).rejects.toMatchObject({
        code: 'SIGNING_KEY_CHANGED',
      });
      await expect(
        restart({ signingKey: newKey, previousSigningKey: newKeyPem() }),
      ).rejects.toMatchObject({ code: 'PREVIOUS_KEY_MISMATCH' });
      await expect(
        restart({ signingKey: newKey, replaceLostKey: '00000000' }),
      ).rejects.toMatchObject({ code: 'SIGNING_KEY_CHANGED' });
      expect((await room.keys.list()).length).toBe(1);
      expect((await room.answers.head())!.size).toBe(1);
    },
  );

  it.each(each)(
    'may be replaced without a hand-over when the operator names the lost one, and evidence says so, %p',
    async id => {
      const { room, restart, append } = await open(id);
      await append(room, 0, 1);
      const lost = idOfKey(room.verifierKey);
      const next = await restart({ signingKey: newKey, replaceLostKey: lost });
      expect((await next.keys.list())[1]).toEqual({
        verifierKey: next.verifierKey,
        keyId: idOfKey(next.verifierKey),
        fromSize: 2,
        addedAtMs: startMs,
        handOver: undefined,
      });
      const head = (await next.answers.head())!;
      expect(parseSignedNote(head.checkpoint).signatures.length).toBe(1);
      const evidence = (await next.answers.byId('1'))!;
      expect(evidence.item.data.payload.handOver).toBe(null);
      // The word counts for that key alone: it replaces no second one.
      await expect(
        restart({ signingKey: newKeyPem(), replaceLostKey: lost }),
      ).rejects.toMatchObject({ code: 'SIGNING_KEY_CHANGED' });
    },
  );

  it.each(each)('that were replaced never come back, %p', async id => {
    const { room, restart, append } = await open(id);
    await append(room, 0, 1);
    await restart({ signingKey: newKey, previousSigningKey: testKey });
    await expect(
      restart({ signingKey: testKey, previousSigningKey: newKey }),
    ).rejects.toMatchObject({ code: 'SIGNING_KEY_RETIRED' });
  });

  it.each(each)(
    'are the same on every replica: one with the old key records nothing, and still answers, %p',
    async id => {
      const { room, restart, append } = await open(id);
      await append(room, 0, 1);
      const next = await restart({
        signingKey: newKey,
        previousSigningKey: testKey,
      });
      await expect(append(room, 1, 2)).rejects.toMatchObject({
        name: 'ConflictError',
        code: 'SIGNING_KEY_ROTATED',
        message: `The ledger signs with the key ${idOfKey(
          next.verifierKey,
        )} now, and this replica still holds ${idOfKey(
          room.verifierKey,
        )}: nothing was recorded. Give every replica the same key and start it again.`,
      });
      expect((await room.answers.head())!.size).toBe(2);
      await append(next, 1, 2);
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 3,
        headCount: 3,
      });
    },
  );

  it.each(each)('are never updated or deleted, %p', async id => {
    const { db } = await open(id);
    for (const [operation, attempt] of [
      ['UPDATE', db.knex('ledger_key').update({ from_size: 2 })],
      ['DELETE', db.knex('ledger_key').delete()],
    ] as const)
      await expect(attempt).rejects.toThrow(
        `Rows of ledger_key are written once: ${operation} is refused`,
      );
  });

  it.each(each)(
    'leave no trace when the rotation fails at any statement, %p',
    async id => {
      const { db, deps, room, restart, append } = await open(id);
      await append(room, 0, 1);
      const settings = { signingKey: newKey, previousSigningKey: testKey };
      const config = new ConfigReader({ aiAssurance: { ledger: settings } });
      let statements = 0;
      for (let failAt = 1; ; failAt++) {
        const outcome = await createLedger({
          ...deps,
          db: brokenAt(db, failAt),
          config,
        })
          .then(() => 'done')
          .catch((error: Error) => error.message);
        if (outcome === 'done') break;
        expect(outcome).toBe(`broken at statement ${failAt}`);
        statements = failAt;
        expect((await room.keys.list()).length).toBe(1);
        expect((await room.answers.head())!.size).toBe(1);
        expect((await room.fsck()).ok).toBe(true);
      }
      expect(statements > 5).toBe(true);
      const next = await restart(settings);
      expect((await next.answers.head())!.size).toBe(2);
      await db.transaction(tx => next.ledger.append(tx, [artifactDraft(5)]));
      expect((await next.fsck()).ok).toBe(true);
    },
  );

  it.each(each)(
    'refuse the start when the newest head is not signed by its key, %p',
    async id => {
      const { db, room, restart, append } = await open(id);
      await append(room, 0, 1);
      const stranger = await openTestLedger(await databases.init(id), {
        config: { ledger: { signingKey: newKeyPem() } },
      });
      await stranger.db.transaction(tx =>
        stranger.room.ledger.append(tx, artifactDrafts(0, 2)),
      );
      const [forged] = await stranger.db.knex('ledger_head');
      await db.knex('ledger_head').insert(forged);
      await expect(restart({ signingKey: testKey })).rejects.toMatchObject({
        code: 'HEAD_NOT_SIGNED',
      });
    },
  );
});
