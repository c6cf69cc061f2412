import { binSamples } from './binSamples';
import { equalWidthEdges } from './equalWidthEdges';

describe('edges of bins of equal width', () => {
  it('share the range of both samples evenly', () => {
    expect(
      equalWidthEdges(
        Float64Array.from([3, -1, 2]),
        Float64Array.from([7, 0]),
        4,
      ),
    ).toEqual([1, 3, 5]);
  });

  it.each([
    [[5, 1, 9], []],
    [[], [9, 1]],
    [[1], [9]],
    [[1, 9, 4, 4], [4]],
  ])('are those of the values there are, of %j and %j', (a, b) => {
    expect(
      equalWidthEdges(Float64Array.from(a), Float64Array.from(b), 2),
    ).toEqual([5]);
  });

  it('put every value into a bin, the smallest into the first and the largest into the last', () => {
    const values = Float64Array.from({ length: 1_001 }, (_, i) =>
      Math.sin(i * 12.9898),
    );
    const edges = equalWidthEdges(values, values, 50);
    const bins = binSamples(values, edges);
    expect(bins).toHaveLength(50);
    expect(bins.reduce((sum, bin) => sum + bin, 0)).toBe(1_001);
    expect(binSamples([Math.min(...values)], edges)[0]).toBe(1);
    expect(binSamples([Math.max(...values)], edges)[49]).toBe(1);
  });

  it.each([
    [[2, 2], [2]],
    [[], []],
  ])('cannot be drawn for %j and %j', (a, b) => {
    expect(() =>
      equalWidthEdges(Float64Array.from(a), Float64Array.from(b), 2),
    ).toThrow('Samples without two different values have no range');
  });
});
