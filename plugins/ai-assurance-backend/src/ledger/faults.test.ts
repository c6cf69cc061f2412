import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactDraft,
  artifactDrafts,
  openTestLedger,
} from './__testUtils__/openTestLedger';
import { watchStatements } from './__testUtils__/statements';

// Both databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the ledger under faults', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) =>
    openTestLedger(await databases.init(id));

  it.each(each)(
    'leaves no trace of an append whose transaction fails afterwards, %p',
    async id => {
      const { db, room } = await open(id);
      await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 2)));
      const before = await room.answers.head();
      const failing = db.transaction(async tx => {
        await tx('outbox').insert({
          topic: 'x',
          subjects: '[]',
          queued_at_ms: 1,
        });
        await room.ledger.append(tx, artifactDrafts(2, 5));
        throw new Error('the caller changed its mind');
      });
      await expect(failing).rejects.toThrow('the caller changed its mind');
      expect(await room.answers.head()).toEqual(before);
      expect(await db.knex('outbox')).toEqual([]);
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 2,
        headCount: 1,
      });
      const next = await db.transaction(tx =>
        room.ledger.append(tx, [artifactDraft(7)]),
      );
      expect(next).toEqual([{ outcome: 'accepted', evidenceId: '2' }]);
    },
  );

  it.each(each)(
    'is whole after a failure at any statement of a transaction that appends, %p',
    async id => {
      const { db, room } = await open(id);
      await db.transaction(tx =>
        room.ledger.append(tx, artifactDrafts(0, 254)),
      );
      // Three items across a tile's edge and a new source, so that words and a node are written too.
      const drafts = artifactDrafts(254, 257).map(draft => ({
        ...draft,
        source: '/tests/new',
      }));
      const appendFailingAt = async (failAt: number) => {
        let statementCount = 0;
        const stop = watchStatements(db.dialect, statement => {
          statementCount = statement;
          if (statement === failAt) {
            // Once only: the rollback must go through.
            stop();
            throw new Error(`broken at statement ${failAt}`);
          }
        });
        try {
          const outcomes = await db.transaction(async tx => {
            await tx('outbox').insert({
              topic: 'x',
              subjects: '[]',
              queued_at_ms: 1,
            });
            return room.ledger.append(tx, drafts);
          });
          return { outcomes, statementCount };
        } finally {
          stop();
        }
      };

      /** What a failed append leaves behind, beside its error. */
      const leftBehind = async (error: unknown) => ({
        message: (error as Error).message,
        check: await room.fsck(),
        outbox: await db.knex('outbox'),
        words: await db.knex('ledger_word').count({ n: '*' }),
      });
      let failAt = 1;
      let done: Awaited<ReturnType<typeof appendFailingAt>> | undefined;
      const failed: Awaited<ReturnType<typeof leftBehind>>[] = [];
      for (; !done && failAt < 40; failAt += 1) {
        try {
          done = await appendFailingAt(failAt);
        } catch (error) {
          failed.push(await leftBehind(error));
        }
      }
      failed.forEach(({ message, ...state }, index) => {
        expect(message).toContain(`broken at statement ${index + 1}`);
        expect(state).toEqual({
          check: { ok: true, itemCount: 254, headCount: 1 },
          outbox: [],
          words: [{ n: db.dialect === 'sqlite' ? 3 : '3' }],
        });
      });
      expect(done!.outcomes).toEqual(
        [254, 255, 256].map(position => ({
          outcome: 'accepted',
          evidenceId: String(position),
        })),
      );
      // Begin, message, lock, known items, words and commit, and what is written: each of them failed once.
      expect(done!.statementCount).toBe(failAt - 2);
      expect(done!.statementCount).toBeGreaterThanOrEqual(10);
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 257,
        headCount: 2,
      });
    },
  );
});
