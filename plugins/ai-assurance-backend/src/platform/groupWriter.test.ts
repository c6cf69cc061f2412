import { Db, Tx } from './database';
import { createGroupWriter } from './groupWriter';

/** Notes which items were written together; an item called `bad` fails its transaction. */
function setUp(options: {
  maxWeight: number;
  quickly?: (items: string[]) => Promise<string[] | undefined>;
}) {
  const groups: string[][] = [];
  const db = {
    transaction: async (work: (tx: Tx) => Promise<unknown>) => work({} as Tx),
  } as unknown as Db;
  const writer = createGroupWriter<string, string>({
    db,
    work: async (_tx, items) => {
      groups.push(items);
      if (items.includes('bad')) throw new Error('refused');
      return items.map(item => `${item} is written`);
    },
    weightOf: item => item.length,
    ...options,
  });
  return { writer, groups };
}

describe('a writer of groups', () => {
  it('writes what comes at once together, in order, and answers each', async () => {
    const { writer, groups } = setUp({ maxWeight: 100 });
    expect(
      await Promise.all(['a', 'b', 'c'].map(item => writer.write(item))),
    ).toEqual(['a is written', 'b is written', 'c is written']);
    expect(groups).toEqual([['a', 'b', 'c']]);
    expect(await writer.write('d')).toBe('d is written');
    expect(groups).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('keeps a group below its weight, and writes a heavier item alone', async () => {
    const { writer, groups } = setUp({ maxWeight: 4 });
    await Promise.all(
      ['aa', 'bb', 'c', 'ddddddd', 'e'].map(item => writer.write(item)),
    );
    expect(groups).toEqual([['aa', 'bb'], ['c'], ['ddddddd'], ['e']]);
  });

  it('lets no item fail for the company it was in', async () => {
    const { writer, groups } = setUp({ maxWeight: 100 });
    const outcomes = await Promise.allSettled(
      ['a', 'bad', 'c'].map(item => writer.write(item)),
    );
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: 'a is written' },
      { status: 'rejected', reason: new Error('refused') },
      { status: 'fulfilled', value: 'c is written' },
    ]);
    expect(groups).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
    expect(await writer.write('d')).toBe('d is written');
  });

  it('begins no transaction for what a quicker way has written', async () => {
    const { writer, groups } = setUp({
      maxWeight: 100,
      quickly: async items => items.map(item => `${item} is written quickly`),
    });
    expect(
      await Promise.all(['a', 'b'].map(item => writer.write(item))),
    ).toEqual(['a is written quickly', 'b is written quickly']);
    expect(groups).toEqual([]);
  });

  it('writes in a transaction what the quicker way leaves, and what it failed at', async () => {
    const { writer, groups } = setUp({
      maxWeight: 100,
      quickly: async items => {
        if (items.includes('broken')) throw new Error('the connection broke');
        return undefined;
      },
    });
    expect(await writer.write('a')).toBe('a is written');
    expect(await writer.write('broken')).toBe('broken is written');
    expect(groups).toEqual([['a'], ['broken']]);
  });
});
