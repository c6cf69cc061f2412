import fc from 'fast-check';
import { packCounts } from './packedCounts';

describe('packed counts', () => {
  it('are what they were, in as few bytes as hold them', () => {
    const count = fc.oneof(
      fc.nat({ max: 100 }),
      fc.nat({ max: 2 ** 31 }),
      fc.double({ min: 0, max: 1e15, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc
          .nat({ max: 6 })
          .chain(length =>
            fc.array(
              fc.array(count, { minLength: length, maxLength: length }),
              { minLength: 1, maxLength: 5 },
            ),
          ),
        lists => {
          expect(Array.from(packCounts(lists)!)).toEqual(lists.flat());
        },
      ),
    );
    const bytesOf = (largest: number) =>
      packCounts([
        [0, largest],
        [1, 2],
      ])?.byteLength;
    expect(
      [65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 0.5, -1].map(bytesOf),
    ).toEqual([8, 16, 16, 32, 32, 32]);
  });

  it('are none where the lists differ in length', () => {
    expect(packCounts([[1, 2], [3]])).toBe(undefined);
    expect(packCounts([])?.length).toBe(0);
  });
});
