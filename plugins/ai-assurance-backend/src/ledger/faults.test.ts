import { createTestDatabases } from '@ai-assurance/test-kit';
import { Db, Tx } from '../platform';
import {
  artifactDraft,
  artifactDrafts,
  openTestLedger,
} from './__testUtils__/openTestLedger';

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
    'is whole after a failure at any statement of an append, %p',
    async id => {
      const { db, room } = await open(id);
      await db.transaction(tx =>
        room.ledger.append(tx, artifactDrafts(0, 254)),
      );
      // Three items across a tile's edge, so that a node is written too: lock, known items, items, node, head, counter.
      for (const failAt of [1, 2, 3, 4, 5, 6]) {
        await expect(
          appendFailingAt(failAt, db, room.ledger.append.bind(room.ledger)),
        ).rejects.toThrow(`broken at statement ${failAt}`);
        expect(await room.fsck()).toEqual({
          ok: true,
          itemCount: 254,
          headCount: 1,
        });
      }
      expect(
        await appendFailingAt(7, db, room.ledger.append.bind(room.ledger)),
      ).toEqual(
        [254, 255, 256].map(position => ({
          outcome: 'accepted',
          evidenceId: String(position),
        })),
      );
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 257,
        headCount: 2,
      });
    },
  );
});

/** Appends three items; the n-th statement of it fails before it reaches the database. */
function appendFailingAt<T>(
  failAt: number,
  db: Db,
  append: (tx: Tx, drafts: ReturnType<typeof artifactDrafts>) => Promise<T>,
): Promise<T> {
  return db.transaction(async tx => {
    const query = tx.client.query;
    let statement = 0;
    // Mended afterwards: the commit or the rollback must go through, else the connection would go back to the pool with its
    // transaction open.
    const mend = () => {
      tx.client.query = query;
    };
    tx.client.query = (...args: unknown[]) => {
      statement += 1;
      if (statement < failAt) return query.apply(tx.client, args);
      mend();
      return Promise.reject(new Error(`broken at statement ${failAt}`));
    };
    const outcome = await append(tx, artifactDrafts(254, 257));
    mend();
    return outcome;
  });
}
