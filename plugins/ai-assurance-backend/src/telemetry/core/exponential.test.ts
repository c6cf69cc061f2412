import fc from 'fast-check';
import { ExponentialHistogram } from '../types';
import {
  EMPTY_EXPONENTIAL,
  MAX_BUCKETS,
  mergeExponential,
  normalExponential,
} from './exponential';
import { countBelow, countBelowBounds, quantile } from './quantile';

/** Counts values into a histogram of one scale by the definition: bucket i holds (base^i, base^(i+1)]. */
function histogramOf(values: number[], scale: number): ExponentialHistogram {
  const indexes = values
    .filter(v => v > 0)
    .map(v => Math.ceil(Math.log2(v) * 2 ** scale) - 1);
  const offset = Math.min(...indexes, 0);
  const last = Math.max(...indexes, offset);
  const positiveCounts = new Array(
    indexes.length > 0 ? last - offset + 1 : 0,
  ).fill(0);
  for (const index of indexes) positiveCounts[index - offset] += 1;
  return {
    ...EMPTY_EXPONENTIAL,
    scale,
    zeroCount: values.filter(v => v === 0).length,
    positiveOffset: offset,
    positiveCounts,
    count: values.length,
    sum: 0,
    min: values.length > 0 ? Math.min(...values) : undefined,
    max: values.length > 0 ? Math.max(...values) : undefined,
  };
}

const values = fc.array(
  fc.double({ min: 1e-3, max: 1e3, noNaN: true, noDefaultInfinity: true }),
  { maxLength: 30 },
);
const part = fc
  .tuple(values, fc.integer({ min: 0, max: 6 }))
  .map(([v, scale]) => ({ values: v, histogram: histogramOf(v, scale) }));

describe('merging exponential histograms', () => {
  it('gives the same histogram in any order and any grouping', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), parts => {
        const histograms = parts.map(p => p.histogram);
        const forward = histograms.reduce(mergeExponential, EMPTY_EXPONENTIAL);
        const backward = [...histograms]
          .reverse()
          .reduce(mergeExponential, EMPTY_EXPONENTIAL);
        const half = Math.floor(histograms.length / 2);
        const grouped = mergeExponential(
          histograms.slice(0, half).reduce(mergeExponential, EMPTY_EXPONENTIAL),
          histograms.slice(half).reduce(mergeExponential, EMPTY_EXPONENTIAL),
        );
        expect(backward).toEqual(forward);
        expect(grouped).toEqual(forward);
      }),
    );
  });

  it('keeps every count and at most 160 buckets', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), parts => {
        const merged = parts
          .map(p => p.histogram)
          .reduce(mergeExponential, EMPTY_EXPONENTIAL);
        const counted =
          merged.zeroCount + merged.positiveCounts.reduce((a, b) => a + b, 0);
        expect(counted).toBe(parts.reduce((n, p) => n + p.values.length, 0));
        expect(merged.count).toBe(counted);
        expect(merged.positiveCounts.length).toBeLessThanOrEqual(MAX_BUCKETS);
      }),
    );
  });

  it('answers quantiles within the stated bound', () => {
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1),
        (parts, q) => {
          const all = parts.flatMap(p => p.values).sort((a, b) => a - b);
          const found = quantile(
            parts
              .map(p => p.histogram)
              .reduce(mergeExponential, EMPTY_EXPONENTIAL),
            q,
          );
          fc.pre(all.length > 0);
          const exact = all[Math.max(1, Math.ceil(q * all.length)) - 1];
          expect(Math.abs(found!.value - exact) / exact).toBeLessThanOrEqual(
            found!.errorBoundRatio + 1e-9,
          );
        },
      ),
    );
  });

  it('counts below a threshold within the bounds, and exactly at a bucket edge', () => {
    fc.assert(
      fc.property(
        part,
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        ({ values: v, histogram }, threshold) => {
          const exact = v.filter(value => value <= threshold).length;
          const { atLeast, atMost } = countBelowBounds(histogram, threshold);
          expect(atLeast).toBeLessThanOrEqual(exact);
          expect(atMost).toBeGreaterThanOrEqual(exact);
          const guess = countBelow(histogram, threshold);
          expect(guess).toBeGreaterThanOrEqual(atLeast);
          expect(guess).toBeLessThanOrEqual(atMost);
        },
      ),
    );
    const edges = histogramOf([0.5, 1, 1.5, 2, 3, 4, 8], 0);
    expect(countBelow(edges, 2)).toBe(4);
    expect(countBelow(edges, 4)).toBe(6);
    expect(countBelow(edges, 8)).toBe(7);
  });

  it('halves the scale by joining neighbours, below zero too', () => {
    const fine = {
      ...EMPTY_EXPONENTIAL,
      scale: 1,
      positiveOffset: -3,
      positiveCounts: [1, 2, 4, 8],
      count: 15,
    };
    const coarse = {
      ...EMPTY_EXPONENTIAL,
      scale: 0,
      positiveOffset: 0,
      positiveCounts: [100],
      count: 100,
    };
    expect(mergeExponential(fine, coarse)).toEqual({
      scale: 0,
      zeroCount: 0,
      positiveOffset: -2,
      positiveCounts: [1, 6, 108],
      negativeOffset: 0,
      negativeCounts: [],
      count: 115,
      sum: 0,
      min: undefined,
      max: undefined,
    });
  });

  it('does not coarsen by a histogram that counted nothing', () => {
    const fine = {
      ...EMPTY_EXPONENTIAL,
      scale: 5,
      positiveOffset: 7,
      positiveCounts: [3],
      count: 3,
      sum: 4,
      min: 1.1,
      max: 1.2,
    };
    const nothing = { ...EMPTY_EXPONENTIAL, scale: 0 };
    expect(mergeExponential(nothing, fine)).toEqual(fine);
    expect(mergeExponential(fine, nothing)).toEqual(fine);
  });

  it('gives up an extreme that one part does not tell', () => {
    const told = {
      ...EMPTY_EXPONENTIAL,
      scale: 0,
      positiveCounts: [1],
      count: 1,
      min: 2,
      max: 2,
    };
    const silent = { ...told, min: undefined, max: undefined };
    expect(mergeExponential(told, silent).max).toBeUndefined();
  });

  it('brings the widest histogram down to 160 buckets', () => {
    const counts = new Array(161).fill(1);
    const wide = normalExponential({
      ...EMPTY_EXPONENTIAL,
      scale: 3,
      positiveOffset: -80,
      positiveCounts: counts,
      count: 161,
    });
    expect(wide.scale).toBe(2);
    expect(wide.positiveOffset).toBe(-40);
    expect(wide.positiveCounts).toEqual([...new Array(80).fill(2), 1]);
  });
});

describe('quantiles and counts', () => {
  const explicit = {
    boundaries: [0.1, 0.2, 0.4],
    counts: [10, 20, 10, 2],
    count: 42,
    sum: 8,
  };

  it.each([
    [
      'in a bin, the point of least relative error',
      0.5,
      (2 * 0.1 * 0.2) / 0.3,
      1 / 3,
    ],
    [
      'in the first bin, its upper edge without a bound',
      0.1,
      0.1,
      Number.POSITIVE_INFINITY,
    ],
    [
      'in the open last bin, its lower edge without a bound',
      1,
      0.4,
      Number.POSITIVE_INFINITY,
    ],
  ])('%s', (_, q, value, bound) => {
    const found = quantile(explicit, q)!;
    expect(found.value).toBeCloseTo(value, 12);
    expect(found.errorBoundRatio).toBeCloseTo(bound, 12);
  });

  it('of nothing there is no quantile', () => {
    expect(
      quantile({ boundaries: [1], counts: [0, 0], count: 0, sum: 0 }, 0.95),
    ).toBeUndefined();
  });

  it('takes nothing of the open last bin to lie below a threshold', () => {
    expect(countBelow(explicit, 0.4)).toBe(40);
    expect(countBelow(explicit, 99)).toBe(40);
    expect(countBelowBounds(explicit, 99)).toEqual({ atLeast: 40, atMost: 42 });
  });

  it('interpolates inside a bin by the logarithm', () => {
    expect(countBelow(explicit, Math.sqrt(0.1 * 0.2))).toBe(20);
  });

  it('knows that all lies below a threshold above the maximum', () => {
    const single = {
      ...EMPTY_EXPONENTIAL,
      scale: 0,
      positiveOffset: 3,
      positiveCounts: [5],
      count: 5,
      min: 9,
      max: 10,
    };
    expect(countBelow(single, 10)).toBe(5);
    expect(quantile(single, 1)).toEqual({
      // The best guess between 8 and 10 is 8.9, but no value lies below the minimum.
      value: 9,
      errorBoundRatio: (1 - 0.8) / (1 + 0.8),
    });
  });
});
