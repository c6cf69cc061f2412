import fc from 'fast-check';
import { binSamples } from './binSamples';

/** By the definition: as many edges as lie at or below. */
function plainly(samples: number[], edges: number[]): number[] {
  const bins = new Array(edges.length + 1).fill(0);
  for (const value of samples)
    bins[edges.filter(edge => edge <= value).length] += 1;
  return bins;
}

describe('samples in bins', () => {
  it('are counted by the definition, whatever the edges, also on an edge and far out', () => {
    const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 60 }),
        fc.uniqueArray(number, { minLength: 1, maxLength: 20 }),
        (samples, some) => {
          const edges = [...some].sort((a, b) => a - b);
          const all = [...samples, ...edges, Infinity, -Infinity];
          expect(binSamples(all, edges)).toEqual(plainly(all, edges));
        },
      ),
    );
  });

  it('are counted so where the edges are even', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -100, max: 100 }),
        fc.double({ noNaN: true, min: 0.001, max: 10 }),
        fc.integer({ min: 2, max: 50 }),
        (first, width, count) => {
          const edges = Array.from(
            { length: count },
            (_, i) => first + i * width,
          );
          const all = [
            ...edges,
            ...edges.map(edge => edge + width / 3),
            ...edges.map(edge => edge - 1e-12),
            1e300,
            -1e300,
          ];
          expect(binSamples(all, edges)).toEqual(plainly(all, edges));
        },
      ),
    );
  });

  it('are all in one bin where there is no edge', () => {
    expect(binSamples([1, 2, 3], [])).toEqual([3]);
    expect(binSamples([1, 2, 3], [2])).toEqual([1, 2]);
  });
});
