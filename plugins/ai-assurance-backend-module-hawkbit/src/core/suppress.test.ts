import { hiddenGroups } from './suppress';

describe('which groups are hidden', () => {
  it.each<[string, number[], number, boolean[]]>([
    ['none when all are large enough', [20, 15, 13], 5, [false, false, false]],
    [
      'the next smallest with a single small one, since the total less the others would tell it',
      [20, 15, 3],
      5,
      [false, true, true],
    ],
    [
      'two small ones that are enough together',
      [20, 3, 4],
      5,
      [false, true, true],
    ],
    [
      'a third when two small ones are too few together',
      [20, 2, 2],
      5,
      [true, true, true],
    ],
    ['no empty one', [20, 0, 15], 5, [false, false, false]],
    ['the only one', [3], 5, [true]],
    ['one of exactly the size is shown', [20, 5], 5, [false, false]],
    ['nothing of nothing', [], 5, []],
  ])('%s', (_, sizes, minimum, wanted) => {
    expect(hiddenGroups(sizes, minimum)).toEqual(wanted);
  });

  it('never lets the difference to the total be a group that is too small', () => {
    const sizesOf = (count: number): number[][] =>
      count === 0
        ? [[]]
        : sizesOf(count - 1).flatMap(rest =>
            [0, 1, 2, 4, 5, 6, 20].map(size => [size, ...rest]),
          );
    for (const sizes of [1, 2, 3, 4].flatMap(sizesOf)) {
      const hidden = hiddenGroups(sizes, 5);
      const sumOf = (some: number[]) => some.reduce((a, b) => a + b, 0);
      const sizesHidden = sizes.filter((_, at) => hidden[at]);
      const shown = sizes.filter((_, at) => !hidden[at]);
      expect([sizes, shown.filter(size => size > 0 && size < 5)]).toEqual([
        sizes,
        [],
      ]);
      // A total that is itself too small is never shown, so that there is no difference to it.
      if (sumOf(sizes) < 5 || sizesHidden.length === 0) continue;
      expect([sizes, sumOf(sizesHidden) >= 5]).toEqual([sizes, true]);
      const isAlone = sizes.filter(size => size > 0).length === 1;
      expect([sizes, isAlone || sizesHidden.length >= 2]).toEqual([
        sizes,
        true,
      ]);
    }
  });
});
