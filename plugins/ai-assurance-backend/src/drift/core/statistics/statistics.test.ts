import fc from 'fast-check';
import { jStat } from 'jstat';
import { lnGamma, upperGamma } from '../numeric/gamma';
import { normalTail } from '../numeric/normal';
import { sortFloats } from '../numeric/sortFloats';
import { sumOf } from '../numeric/sum';
import { adjustedPValues } from './benjaminiHochberg';
import { chiSquareTest } from './chiSquareTest';
import { kolmogorovSmirnov } from './kolmogorovSmirnov';
import { totalVariationDistance } from './totalVariation';
import { twoProportionTest } from './twoProportion';
import {
  normedWasserstein,
  wasserstein,
  wassersteinOnBins,
} from './wasserstein';

describe('the sums beneath', () => {
  it('keep small terms beside a large one', () => {
    expect(sumOf([1e16, 1, 1, -1e16])).toBe(2);
    expect(sumOf([Infinity, 1])).toBe(Infinity);
    expect(sumOf([])).toBe(0);
  });

  it('know the gamma function at whole and half numbers', () => {
    expect(lnGamma(1)).toBeCloseTo(0, 14);
    expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 14);
    expect(lnGamma(11)).toBeCloseTo(Math.log(3_628_800), 13);
    // Q(1, x) is e^-x, also far out.
    expect(upperGamma(1, 700).ln).toBeCloseTo(-700, 10);
    expect(upperGamma(1, 5000)).toEqual({ value: 0, ln: -5000 });
    expect(upperGamma(3, 0)).toEqual({ value: 1, ln: 0 });
  });

  it('know the tail of the normal distribution', () => {
    expect(normalTail(0)).toBe(0.5);
    expect(normalTail(1.959963984540054)).toBeCloseTo(0.025, 15);
    expect(normalTail(-1.959963984540054)).toBeCloseTo(0.975, 15);
    // 1 - Φ(10), from tables of the error function.
    expect(normalTail(10) / 7.619853024160527e-24).toBeCloseTo(1, 12);
  });

  it('sort as the built-in sort does, at any size', () => {
    fc.assert(
      fc.property(
        fc.float64Array({ noNaN: true, maxLength: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (some, repeats) => {
          const all = Float64Array.from(
            { length: some.length * repeats },
            (_, i) => some[i % some.length] * (1 + (i % 7)) + 0,
          );
          const expected = Float64Array.from(all).sort();
          expect(sortFloats(all)).toEqual(expected);
        },
      ),
    );
    const many = Float64Array.from(
      { length: 50_000 },
      (_, i) => ((i * 7919) % 50_000) - 25_000,
    );
    many[3] = -Infinity;
    many[4] = Infinity;
    many[5] = -0;
    const expected = Float64Array.from(many, x => x + 0).sort();
    expect(sortFloats(many)).toEqual(expected);
  });
});

describe('a test of proportions', () => {
  it('gives the pooled z and its two-sided p-value', () => {
    // 30 of 100 against 45 of 100: pooled 0.375, standard error 0.0684653…
    const result = twoProportionTest(
      { eventCount: 30, count: 100 },
      { eventCount: 45, count: 100 },
    );
    expect(result.difference).toBeCloseTo(0.15, 14);
    expect(result.z).toBeCloseTo(2.1908902300206643, 12);
    expect(result.pValue).toBeCloseTo(0.02845973691631065, 12);
  });

  it('finds nothing where every event or none happened', () => {
    const none = { eventCount: 0, count: 10 };
    expect(twoProportionTest(none, none)).toEqual({
      difference: 0,
      z: 0,
      pValue: 1,
    });
  });

  it('refuses an empty group and more events than the group has', () => {
    const group = { eventCount: 1, count: 2 };
    expect(() => twoProportionTest({ eventCount: 0, count: 0 }, group)).toThrow(
      'A share needs a group that is not empty',
    );
    expect(() => twoProportionTest(group, { eventCount: 3, count: 2 })).toThrow(
      '3 events in a group of 2',
    );
  });

  it('is the chi-square test of a two by two table', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (a, b, c, d) => {
          const { z, pValue } = twoProportionTest(
            { eventCount: a, count: a + b },
            { eventCount: c, count: c + d },
          );
          const chi = chiSquareTest({ reference: [a, b], current: [c, d] });
          expect(z * z).toBeCloseTo(chi.statistic, 8);
          expect(pValue).toBeCloseTo(chi.pValue, 9);
        },
      ),
    );
  });
});

describe('the chi-square test', () => {
  it('agrees with jStat where jStat is exact', () => {
    const { statistic, degrees, pValue } = chiSquareTest({
      reference: [20, 30, 50],
      current: [30, 30, 40],
    });
    expect(degrees).toBe(2);
    expect(statistic).toBeCloseTo(3.111111111111111, 12);
    // Upper quantile and tail undo each other.
    expect(jStat.chisquare.inv(1 - pValue, degrees)).toBeCloseTo(statistic, 6);
  });

  it('finds nothing when all events share one bin', () => {
    expect(chiSquareTest({ reference: [0, 7], current: [0, 3] })).toEqual({
      statistic: 0,
      degrees: 0,
      pValue: 1,
      lnPValue: 0,
    });
  });
});

describe('Wasserstein distances', () => {
  const of = (...values: number[]) => Float64Array.from(values);

  it('are in the unit of the signal', () => {
    expect(wasserstein(of(0, 1, 3), of(5, 6, 8))).toBe(5);
    expect(wasserstein(of(2), of(2))).toBe(0);
    expect(normedWasserstein(5, 2)).toBe(2.5);
    expect(normedWasserstein(0, 0)).toBe(0);
    expect(normedWasserstein(1, 0)).toBe(Infinity);
  });

  it('of histograms are those of evenly spread events, crossings included', () => {
    // All mass moves by one bin width.
    expect(
      wassersteinOnBins({ reference: [10, 0], current: [0, 4] }, [0, 2, 4]),
    ).toBe(2);
    // Cumulated gap 0 → 1/2 → -1/2 → 0: triangles of 1/4, 2 × 1/8, 1/4.
    expect(
      wassersteinOnBins(
        { reference: [1, 0, 1], current: [0, 2, 0] },
        [0, 1, 2, 3],
      ),
    ).toBe(0.75);
  });
});

describe('comparisons', () => {
  it('refuse what cannot be compared', () => {
    const compare = (reference: number[], current: number[]) => () =>
      totalVariationDistance({ reference, current });
    expect(compare([1], [1, 2])).toThrow(
      'Histograms of 1 and 2 bins cannot be compared',
    );
    expect(compare([0, 0], [1, 2])).toThrow(
      'An empty histogram cannot be compared',
    );
    expect(compare([1, -1], [1, 2])).toThrow(
      'Bin 1 holds -1, which is no count',
    );
    expect(compare([1, NaN], [1, 2])).toThrow('Bin 1 holds NaN');
    expect(() =>
      kolmogorovSmirnov(Float64Array.of(), Float64Array.of(1)),
    ).toThrow('An empty sample cannot be compared');
  });
});

describe('many tests at once', () => {
  it('are adjusted as Benjamini and Hochberg did in their example', () => {
    // The fifteen p-values of their table; at 0.05 the four smallest are rejected.
    const pValues = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
      0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    const adjusted = adjustedPValues(pValues);
    expect(adjusted.filter(p => p! <= 0.05)).toHaveLength(4);
    expect(adjusted[0]).toBeCloseTo(0.0015, 12);
    expect(adjusted[3]).toBeCloseTo(0.035625, 12);
  });

  it('leave out what could not be tested, and keep the order', () => {
    expect(adjustedPValues([0.04, undefined, 0.01])).toEqual([
      0.04,
      undefined,
      0.02,
    ]);
    expect(adjustedPValues([])).toEqual([]);
    expect(() => adjustedPValues([1.1])).toThrow('1.1 is no p-value');
  });
});
