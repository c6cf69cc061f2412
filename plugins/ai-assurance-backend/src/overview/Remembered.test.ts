import { CauseCache } from './CauseCache';
import { Remembered } from '../platform';

const counting = () => {
  let asked = 0;
  return {
    ask: async () => {
      asked += 1;
      return asked;
    },
    count: () => asked,
  };
};

describe('what is remembered for some seconds', () => {
  it('is asked once until they are over', async () => {
    const { ask, count } = counting();
    const remembered = new Remembered<number>({ forMs: 10, maxEntries: 2 });
    expect(await remembered.of('a', 0, ask)).toBe(1);
    expect(await remembered.of('a', 9, ask)).toBe(1);
    expect(await remembered.of('a', 10, ask)).toBe(2);
    expect(count()).toBe(2);
  });

  it('is shared by those who ask at once, and never a failure', async () => {
    const { ask, count } = counting();
    const remembered = new Remembered<number>({ forMs: 10, maxEntries: 2 });
    await Promise.all([remembered.of('a', 0, ask), remembered.of('a', 0, ask)]);
    expect(count()).toBe(1);
    await expect(
      remembered.of('b', 0, async () => {
        throw new Error('away');
      }),
    ).rejects.toThrow('away');
    expect(await remembered.of('b', 0, ask)).toBe(2);
  });

  it('is no more than was allowed', async () => {
    const { ask, count } = counting();
    const remembered = new Remembered<number>({ forMs: 10, maxEntries: 2 });
    for (const key of ['a', 'b', 'c', 'a']) await remembered.of(key, 0, ask);
    expect(count()).toBe(4);
  });
});

describe('what happened before an alert', () => {
  const minute = 60_000;
  const question = (atMs: number, isPast = false) => ({
    entityRef: 'component:default/a',
    sinceMs: 0,
    atMs,
    isPast,
  });

  it('is looked up again while late telemetry may come, and less often once it is settled', async () => {
    const { ask, count } = counting();
    const find = async () => {
      await ask();
      return [];
    };
    const causes = new CauseCache();
    await causes.of(question(minute), find);
    await causes.of(question(minute + 1_000), find);
    expect(count()).toBe(1);
    await causes.of(question(2 * minute), find);
    expect(count()).toBe(2);
    await causes.of(question(11 * minute), find);
    await causes.of(question(15 * minute), find);
    expect(count()).toBe(3);
    await causes.of(question(16 * minute), find);
    expect(count()).toBe(4);
  });

  it('is looked up ahead of those who ask, only where it would be too old for them', async () => {
    const { ask, count } = counting();
    const find = async () => {
      await ask();
      return [];
    };
    const causes = new CauseCache();
    await causes.refresh(question(11 * minute), minute, find);
    await causes.refresh(question(14 * minute), minute, find);
    await causes.of(question(14 * minute), find);
    expect(count()).toBe(1);
    await causes.refresh(question(15 * minute), minute, find);
    await causes.of(question(19 * minute), find);
    expect(count()).toBe(2);
  });

  it('is looked up each time for a moment of the past', async () => {
    const { ask, count } = counting();
    const find = async () => {
      await ask();
      return [];
    };
    const causes = new CauseCache();
    await causes.of(question(minute, true), find);
    await causes.of(question(minute, true), find);
    expect(count()).toBe(2);
  });
});
