import fc from 'fast-check';
import { hiddenCells } from './suppression';

const cell = (count: number, deviceCount?: number, minimum = 5) => ({
  count,
  deviceCount,
  minimum,
});
const hiddenIn = (cells: ReturnType<typeof cell>[], lines?: number[][]) => [
  ...hiddenCells(cells, lines ?? [cells.map((_, i) => i)]),
];

describe('which values must not be shown', () => {
  it.each([
    ['none when all groups are large enough', [cell(9, 5), cell(9, 7)], []],
    ['none of what has no devices', [cell(9), cell(9, 7)], []],
    [
      'a small one and the least beside it',
      [cell(9, 4), cell(90, 50), cell(20, 9)],
      [0, 2],
    ],
    [
      'two small ones that are enough together',
      [cell(9, 4), cell(8, 3), cell(90, 50)],
      [0, 1],
    ],
    [
      'two that are too few together, and one more',
      [cell(9, 2), cell(8, 2), cell(90, 50)],
      [0, 1, 2],
    ],
    ['an empty one is no group', [cell(0, 0), cell(90, 50)], []],
    [
      'a small one, and what has no devices where nothing else is there',
      [cell(9, 4), cell(50)],
      [0, 1],
    ],
    [
      'one below what its own cohort demands',
      [cell(9, 19, 20), cell(90, 50), cell(95, 60)],
      [0, 1],
    ],
    ['a small one that is alone', [cell(9, 4)], [0]],
  ])('%s', (_, cells, expected) => {
    expect(hiddenIn(cells).sort()).toEqual(expected);
  });

  it('keeps rows and columns of a table from telling', () => {
    // Versions by cohorts: 0 1 / 2 3
    const cells = [cell(9, 4), cell(30, 30), cell(20, 20), cell(40, 40)];
    const lines = [
      [0, 1],
      [2, 3],
      [0, 2],
      [1, 3],
    ];
    expect(hiddenIn(cells, lines).sort()).toEqual([0, 1, 2, 3]);
  });

  it('never leaves a line of which only one cell is hidden, or too few devices together', () => {
    const cells = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 100 }),
        fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
      ),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(cells, list => {
        const all = list.map(([count, devices]) => cell(count, devices));
        const hidden = hiddenCells(all, [all.map((_, i) => i)]);
        const shown = all.filter((one, i) => one.count > 0 && !hidden.has(i));
        const kept = all.filter((_, i) => hidden.has(i));
        if (kept.length === 0 || shown.length === 0) return;
        expect(kept.length).toBeGreaterThan(1);
        // Where it is not known how many they are, nobody can add them up.
        const together = kept.reduce(
          (sum, one) => sum + (one.deviceCount ?? Infinity),
          0,
        );
        expect(together).toBeGreaterThanOrEqual(5);
      }),
    );
  });
});
