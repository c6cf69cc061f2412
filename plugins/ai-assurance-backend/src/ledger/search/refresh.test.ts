import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactDrafts,
  openTestLedger,
} from '../__testUtils__/openTestLedger';
import { SearchIndex } from './SearchIndex';
import {
  PAGES_PER_SEGMENT,
  Segment,
  SegmentGone,
  SegmentStore,
} from './SegmentStore';

jest.setTimeout(60_000);

const segment = (id: number, from: number, to: number): Segment => ({
  id,
  from,
  to,
  revision: 0,
  directory: ['w:run'],
});

describe('the segments that a search reads', () => {
  const databases = createTestDatabases();

  it('are never older than those that another request read meanwhile', async () => {
    let version = 1;
    const slow: (() => void)[] = [];
    const asked: number[] = [];
    class SlowStore extends SegmentStore {
      async state() {
        return { version, indexedTo: version * 10, ledgerSize: 20 };
      }
      async segments() {
        const found =
          version === 1
            ? [segment(1, 0, 10)]
            : [segment(1, 0, 10), segment(2, 10, 20)];
        if (version === 1) await new Promise<void>(done => slow.push(done));
        return found;
      }
      async pages(_: unknown, ids: number[]) {
        asked.push(...ids);
        return new Map();
      }
    }
    const index = new SearchIndex(new SlowStore());
    const earlier = index.refresh(undefined as any);
    await new Promise(setImmediate);
    version = 2;
    expect((await index.refresh(undefined as any)).indexedTo).toBe(20);
    slow.forEach(done => done());
    await earlier;
    const range = [{ from: 'w:run' }];
    await expect(
      index.find(undefined as any, range, { before: 20, limit: 1 }),
    ).rejects.toThrow(SegmentGone);
    expect(asked).toEqual([2 * PAGES_PER_SEGMENT, PAGES_PER_SEGMENT]);
  });

  it('are read again when one is merged away in the midst', async () => {
    const { db, room } = await openTestLedger(await databases.init('SQLITE_3'));
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 20)));
    await room.search.index();
    const store = new SegmentStore();
    const [before] = await store.segments(db.knex);
    let reads = 0;
    // Between the list of the segments and their directories another process replaces the segment.
    const merging = new Proxy(db.knex, {
      apply(target, self, [table]: [string]) {
        reads += 1;
        const query = Reflect.apply(target, self, [table]);
        if (reads !== 2) return query;
        return {
          select: () => ({
            whereIn: async () => {
              await db
                .knex('ledger_search_segment')
                .where({ id: before.id })
                .update({ id: before.id + 7 });
              return [];
            },
          }),
        };
      },
    });
    expect(await store.segments(merging)).toEqual([
      { ...before, id: before.id + 7 },
    ]);
  });
});
