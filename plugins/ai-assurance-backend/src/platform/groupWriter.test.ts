import { Db, Dialect, Tx } from './database';
import { createGroupWriter } from './groupWriter';

/** Notes which items were written together; an item called `bad` fails its transaction. */
function setUp(options: {
  maxWeight: number;
  dialect?: Dialect;
  quickly?: (items: string[]) => Promise<string[] | undefined>;
}) {
  const groups: string[][] = [];
  const { dialect = 'sqlite', ...more } = options;
  const db = {
    dialect,
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
    ...more,
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

  it('takes in at most half of those who send where the database works beside this process', async () => {
    const { writer, groups } = setUp({ maxWeight: 100, dialect: 'postgres' });
    // Each sends again as soon as it is answered.
    const sender = async (name: string) => {
      for (let i = 0; i < 3; i += 1) await writer.write(`${name}${i}`);
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(sender));
    expect(groups.flat().sort()).toEqual(
      ['a', 'b', 'c', 'd'].flatMap(name => [
        `${name}0`,
        `${name}1`,
        `${name}2`,
      ]),
    );
    expect(groups.slice(0, 3)).toEqual([['a0'], ['b0', 'c0'], ['d0', 'a1']]);
    expect(Math.max(...groups.map(group => group.length))).toBe(2);
  });

  it('lets one who sends alone wait for nobody', async () => {
    const { writer, groups } = setUp({ maxWeight: 100, dialect: 'postgres' });
    for (const item of ['a', 'b', 'c']) await writer.write(item);
    expect(groups).toEqual([['a'], ['b'], ['c']]);
  });
});
