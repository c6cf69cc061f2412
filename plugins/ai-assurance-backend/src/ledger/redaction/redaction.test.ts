import {
  leafHash,
  PayloadOf,
  utf8,
  verifyTlogProof,
} from '@ai-assurance/evidence';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { instantOf } from '../../platform';
import { brokenAt } from '../__testUtils__/brokenAt';
import {
  artifactDraft,
  artifactDrafts,
  model,
  openTestLedger,
  startMs,
} from '../__testUtils__/openTestLedger';
import { createLedger } from '../createLedger';
import { EvidenceDraft } from '../types';

// Both databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const ada = { ref: 'user:default/ada', isUser: true };
const because = { reasonCode: 'personal-data', reason: 'A name in it.' };

describe('a redaction on request', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) => {
    const ledger = await openTestLedger(await databases.init(id));
    await ledger.db.transaction(tx =>
      ledger.room.ledger.append(tx, artifactDrafts(0, 5)),
    );
    ledger.clock.advance(1000);
    return { ...ledger, redact: ledger.room.redaction.service };
  };

  it.each(each)(
    'erases payload and salt, and nothing else: every proof still holds, %p',
    async id => {
      const { db, room, redact } = await open(id);
      const before = (await room.answers.head())!;
      const [row] = await db.knex('ledger_item').where({ position: 2 });
      const old = await room.detail('2');
      expect(old.item.data.payload!.sizeBytes).toBe(2);

      expect(await redact.request('2', because, ada)).toEqual({
        evidenceId: '5',
        cause: 'request',
        redactedAtMs: startMs + 1000,
        reasonCode: 'personal-data',
        reason: 'A name in it.',
        redactedBy: 'user:default/ada',
      });

      const [erased] = await db.knex('ledger_item').where({ position: 2 });
      expect(erased).toEqual({ ...row, payload: '', salt: Buffer.alloc(0) });
      const detail = await room.detail('2');
      expect(detail.item.data).toEqual({ envelope: old.item.data.envelope });
      expect([detail.salt, detail.redacted, detail.status]).toEqual([
        undefined,
        true,
        undefined,
      ]);
      expect(detail.redaction!.evidenceId).toBe('5');
      expect(detail.leaf).toBe(old.leaf);
      for (const proof of [old.proof, detail.proof])
        expect(
          verifyTlogProof({
            proof,
            leafHash: leafHash(utf8(detail.leaf)),
            verifierKey: room.verifierKey,
          }).index,
        ).toBe(2);
      const after = await room.heads.reader.consistency(before.size, undefined);
      expect(after.from.rootHash).toBe(before.rootHash);
      expect((await room.heads.checks.check()).ok).toBe(true);
    },
  );

  it.each(each)('is evidence itself, about the same subject, %p', async id => {
    const { room, redact } = await open(id);
    const [row] = await room.answers.list({ limit: 1, beforePosition: 3 });
    const { leafHash: erasedLeaf } = await room.detail(row.evidenceId);
    await redact.request('2', because, ada);
    const { item } = (await room.answers.byId('5'))!;
    expect([item.type, item.subject, item.source]).toEqual([
      'io.ai-assurance.redaction.v1',
      model,
      '/ai-assurance/ledger',
    ]);
    expect(item.data.payload).toEqual({
      because: { cause: 'request', ...because, redactedBy: ada.ref },
      items: [{ evidenceId: '2', leafHash: erasedLeaf }],
    });
  });

  it.each(each)('is safe to repeat: the first one stands, %p', async id => {
    const { room, redact } = await open(id);
    const first = await redact.request('2', because, ada);
    const again = await redact.request(
      '2',
      { reasonCode: 'other', reason: 'Another reason.' },
      { ref: 'user:default/tomas', isUser: true },
    );
    expect(again).toEqual(first);
    expect((await room.answers.head())!.size).toBe(6);
  });

  it.each(each)('happens once when two ask at the same time, %p', async id => {
    const { room, redact } = await open(id);
    const [a, b] = await Promise.all([
      redact.request('2', because, ada),
      redact.request('2', { ...because, reason: 'Mine came first.' }, ada),
    ]);
    expect(a).toEqual(b);
    expect((await room.answers.head())!.size).toBe(6);
    expect((await room.fsck()).ok).toBe(true);
  });

  it.each(each)(
    'is for people, for what there is, and not for decisions, %p',
    async id => {
      const { room, redact } = await open(id);
      const refused = (evidenceId: string, caller = ada) =>
        redact.request(evidenceId, because, caller);
      await expect(
        refused('2', { ref: 'service:ci', isUser: false }),
      ).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'PERSON_NEEDED',
      });
      for (const evidenceId of ['5', '-1', '01', 'x', '99999999999999999'])
        await expect(refused(evidenceId)).rejects.toMatchObject({
          name: 'NotFoundError',
          code: 'EVIDENCE_NOT_FOUND',
        });
      await redact.request('2', because, ada);
      await expect(refused('5')).rejects.toMatchObject({
        name: 'ConflictError',
        code: 'NOT_REDACTABLE',
      });
      expect((await room.answers.head())!.size).toBe(6);
    },
  );

  it.each(each)(
    'leaves no verdict, and takes what was said out of lists, %p',
    async id => {
      const { db, room, redact } = await open(id);
      await db.transaction(tx =>
        room.ledger.append(tx, [statusDraft(model, 0, startMs)]),
      );
      expect((await room.answers.byId('5'))!.status).toBe('pass');
      const listed = async () => {
        const passed = await room.search.list.page({
          status: 'pass',
          limit: 9,
        });
        const [newest] = (
          await room.search.list.page({ subject: model, limit: 9 })
        ).items.filter(({ evidenceId }) => evidenceId === '5');
        return [passed.items.length, newest.status, newest.redacted];
      };
      expect(await listed()).toEqual([1, 'pass', undefined]);
      await room.search.index();
      await redact.request('5', because, ada);
      expect(await listed()).toEqual([0, undefined, true]);
      const found = (await room.answers.latest(
        model,
        'io.ai-assurance.slo-status.v1',
      ))!;
      expect([found.evidenceId, found.isErased, found.status]).toEqual([
        '5',
        true,
        undefined,
      ]);
      expect(found.item.data.payload).toEqual({});
    },
  );

  it.each(each)(
    'cannot be pushed back: what was erased stays erased, %p',
    async id => {
      const { db, room, redact } = await open(id);
      await redact.request('2', because, ada);
      const again = await db.transaction(tx =>
        room.ledger.append(tx, [artifactDraft(2)]),
      );
      expect(again).toEqual([{ outcome: 'already-known', evidenceId: '2' }]);
      const [{ payload }] = await db.knex('ledger_item').where({ position: 2 });
      expect(payload).toBe('');
    },
  );

  it.each(each)(
    'leaves no trace when it fails at any statement, %p',
    async id => {
      const { deps, room, redact, db } = await open(id);
      const before = (await room.answers.head())!;
      let statements = 0;
      for (let failAt = 1; ; failAt++) {
        const failing = await createLedger({
          ...deps,
          db: brokenAt(db, failAt),
        });
        const outcome = await failing.redaction.service
          .request('2', because, ada)
          .then(() => 'done')
          .catch((error: Error) => error.message);
        if (outcome === 'done') break;
        expect(outcome).toBe(`broken at statement ${failAt}`);
        statements = failAt;
        expect(await room.answers.head()).toEqual(before);
        expect((await room.detail('2')).redacted).toBe(undefined);
        expect((await room.fsck()).ok).toBe(true);
      }
      expect(statements > 8).toBe(true);
      expect((await room.answers.head())!.size).toBe(6);
      expect((await redact.request('2', because, ada)).evidenceId).toBe('5');
      expect((await room.fsck()).ok).toBe(true);
    },
  );
});

describe('retention', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const day = 86_400_000;
  const high = 'resource:default/high';
  const limited = 'resource:default/limited';
  const unknown = 'resource:default/unknown';
  const open = async (id: (typeof each)[number][0], itemsPerRun = 5000) => {
    const ledger = await openTestLedger(await databases.init(id), {
      config: { retention: { itemsPerRun } },
    });
    const tiers: Record<string, string> = {
      [high]: 'high',
      [limited]: 'limited',
    };
    const room = await createLedger({
      ...ledger.deps,
      riskTierOf: async ref => tiers[ref],
    });
    const append = (subject: string, from: number, to: number) =>
      ledger.db.transaction(tx =>
        room.ledger.append(
          tx,
          Array.from({ length: to - from }, (_, n) =>
            statusDraft(subject, from + n, ledger.clock.nowMs()),
          ),
        ),
      );
    const erased = async () =>
      (
        await ledger.db
          .knex('ledger_item')
          .select('position')
          .where({ payload: '' })
          .orderBy('position')
      ).map(row => Number(row.position));
    return {
      ...ledger,
      room,
      append,
      erased,
      trim: () => room.redaction.trimmer.run(),
    };
  };

  it.each(each)(
    'erases what is past its time by kind and risk tier, and says which rule did, %p',
    async id => {
      const { room, append, erased, trim, clock } = await open(id);
      await append(high, 0, 2);
      await append(limited, 2, 4);
      await append(unknown, 4, 5);
      clock.advance(730 * day);
      expect(await trim()).toBe(0);
      clock.advance(2 * day);
      expect(await trim()).toBe(2);
      expect(await erased()).toEqual([2, 3]);
      const { item } = (await room.answers.byId('5'))!;
      expect(item.subject).toBe(limited);
      const payload = item.data
        .payload as PayloadOf<'io.ai-assurance.redaction.v1'>;
      expect(payload.because).toMatchObject({
        cause: 'retention',
        ruleId: 'measurements',
        retentionDays: 731,
        legalFloorDays: 182,
        legalBasis: 'eu-ai-act-26',
      });
      expect(payload.items.map(({ evidenceId }) => evidenceId)).toEqual([
        '2',
        '3',
      ]);
      expect((await room.detail('2')).redaction).toEqual({
        evidenceId: '5',
        cause: 'retention',
        redactedAtMs: startMs + 732 * day,
        ruleId: 'measurements',
      });
      clock.advance(365 * day);
      expect(await trim()).toBe(3);
      expect(await erased()).toEqual([0, 1, 2, 3, 4]);
      expect((await room.fsck()).ok).toBe(true);
      // Nothing ever erases what tells of erasures.
      clock.advance(40 * 365 * day);
      expect(await trim()).toBe(0);
    },
  );

  it.each(each)(
    'goes on where it ended, a bounded piece at a time, and leaves the younger, %p',
    async id => {
      const { room, append, erased, trim, clock } = await open(id, 500);
      for (let at = 0; at < 1200; at += 600)
        await append(limited, at, at + 600);
      clock.advance(700 * day);
      await append(limited, 1200, 1300);
      clock.advance(40 * day);
      const runs = [await trim(), await trim(), await trim(), await trim()];
      expect(runs).toEqual([500, 500, 200, 0]);
      expect((await erased()).length).toBe(1200);
      expect((await room.fsck()).ok).toBe(true);
    },
  );

  it.each(each)(
    'erases at most 1,000 items under one redaction, %p',
    async id => {
      const { db, append, trim, clock } = await open(id);
      for (let at = 0; at < 1500; at += 500)
        await append(limited, at, at + 500);
      clock.advance(740 * day);
      expect(await trim()).toBe(1500);
      const redactions = await db
        .knex('ledger_redaction')
        .select('redaction_position')
        .count({ count: '*' })
        .groupBy('redaction_position')
        .orderBy('redaction_position');
      expect(redactions.map(row => Number(row.count))).toEqual([1000, 500]);
    },
  );

  it.each(each)(
    'leaves no trace when it fails at any statement, %p',
    async id => {
      const { deps, room, append, trim, clock, db, erased } = await open(id);
      await append(limited, 0, 3);
      clock.advance(740 * day);
      for (let failAt = 1; ; failAt++) {
        const failing = await createLedger({
          ...deps,
          db: brokenAt(db, failAt),
          riskTierOf: async () => 'limited',
        });
        const outcome = await failing.redaction.trimmer
          .run()
          .then(() => 'done')
          .catch((error: Error) => error.message);
        if (outcome === 'done') break;
        expect(outcome).toBe(`broken at statement ${failAt}`);
        expect(await erased()).toEqual([]);
        expect((await room.answers.head())!.size).toBe(3);
        expect(await db.knex('ledger_retention')).toEqual([]);
      }
      expect(await erased()).toEqual([0, 1, 2]);
      expect(await trim()).toBe(0);
      expect((await room.fsck()).ok).toBe(true);
    },
  );
});

/** A verdict that was measured: evidence of the kind that retention erases. */
function statusDraft(
  subject: string,
  n: number,
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.slo-status.v1'> {
  const { envelope } = artifactDraft(n);
  return {
    type: 'io.ai-assurance.slo-status.v1',
    source: '/tests/pipeline',
    id: `status-${n}`,
    subject,
    timeMs: nowMs,
    envelope: { ...envelope, collectedAt: instantOf(nowMs) },
    payload: {
      sloName: 'latency',
      objectiveName: 'p95',
      objectiveRatio: 0.95,
      budgetingMethod: 'Occurrences',
      goodCount: 1,
      totalCount: 1,
      attainmentRatio: 1,
      budgetRemainingRatio: 1,
      burnRates: [],
      thresholdMs: 250,
      status: 'pass',
      reason: 'WITHIN_OBJECTIVE',
    },
  };
}
