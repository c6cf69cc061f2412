import { createTestDatabases } from '@ai-assurance/test-kit';
import { Words } from '../words';
import {
  artifactDrafts,
  openTestLedger,
  startMs,
} from '../__testUtils__/openTestLedger';
import { createSearch } from '.';

jest.setTimeout(60_000);

describe('summaries of what the search index found', () => {
  const databases = createTestDatabases();

  async function start(id: Parameters<typeof databases.init>[0]) {
    const { db, room } = await openTestLedger(await databases.init(id));
    const search = createSearch({ db, words: new Words() });
    const append = (from: number, to: number) =>
      db.transaction(tx => room.ledger.append(tx, artifactDrafts(from, to)));
    await append(0, 20);
    await search.index();
    const list = async () =>
      (await search.list.page({ text: 'artifact', limit: 50 })).items;
    /** As the redaction of an item does, in a process of its own. */
    const erase = (position: number) =>
      db.transaction(async tx => {
        await tx('ledger_redaction').insert({
          position,
          redaction_position: 19,
          recorded_at_ms: startMs,
        });
        await tx('ledger_item')
          .where({ position })
          .update({ payload: '', salt: Buffer.alloc(0) });
        await createSearch({ db, words: new Words() }).forget(tx, [position]);
      });
    return { db, search, append, list, erase };
  }

  it.each(databases.eachSupportedId())(
    'are kept as long as the segment around them is the same, %p',
    async id => {
      const { append, search, list } = await start(id);
      const first = await list();
      expect(first.map(item => item.position)).toEqual(
        Array.from({ length: 20 }, (_, i) => 19 - i),
      );
      const again = await list();
      expect(again).toEqual(first);
      expect(again.every((item, i) => item === first[i])).toBe(true);
      await append(20, 22);
      expect((await list()).slice(2)).toEqual(first);
      await search.index();
      const beside = await list();
      expect(beside.length).toBe(22);
      expect(beside.slice(2).every((item, i) => item === first[i])).toBe(true);
    },
  );

  it.each(databases.eachSupportedId())(
    'say at once that another process has erased an item, %p',
    async id => {
      const { list, erase } = await start(id);
      expect((await list()).filter(item => item.redacted)).toEqual([]);
      await list();
      await erase(7);
      const after = await list();
      expect(after.filter(item => item.redacted).map(item => item.id)).toEqual([
        'artifact-7',
      ]);
      // And are kept again, with the segment that took its place.
      expect((await list()).every((item, i) => item === after[i])).toBe(true);
    },
  );
});
