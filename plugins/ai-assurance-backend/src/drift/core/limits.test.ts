import { prepareBins } from './bins';
import { createQuantiles } from './chance';
import { compareBins } from './compare';
import {
  enoughCount,
  leastLimit,
  limitsOf,
  pValueOf,
  Statistic,
  statistics,
  valueOf,
} from './limits';
import { normalQuantile } from './chiSquare';

/* eslint-disable no-bitwise */
// The same stream in every run: mulberry32.
function uniform(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
/* eslint-enable no-bitwise */

/** Binomial count: by inversion where few are expected, by its normal limit where that is off by less than chance is. */
function binomial(random: () => number, n: number, p: number): number {
  if (p <= 1e-12 || n === 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  if (n * p > 200) {
    const z = normalQuantile(Math.max(1e-12, random()));
    const count = Math.round(n * p + z * Math.sqrt(n * p * (1 - p)));
    return Math.min(n, Math.max(0, count));
  }
  // By gaps between successes, which are geometric.
  const ln = Math.log(1 - p);
  let at = -1;
  let count = -1;
  while (at < n) {
    at += 1 + Math.floor(Math.log(1 - random()) / ln);
    count += 1;
  }
  return count;
}

function draw(random: () => number, shares: number[], n: number): number[] {
  let left = n;
  let rest = shares.reduce((sum, share) => sum + share, 0);
  return shares.map(share => {
    const count = binomial(random, left, share / rest);
    left -= count;
    rest -= share;
    return count;
  });
}

const shapes: Record<string, number[]> = {
  even: Array(10).fill(0.1),
  many: Array(50).fill(0.02),
  // As a confident classifier's: most outputs in the last bins, next to none in the first.
  confident: [
    0.0005, 0.001, 0.0025, 0.006, 0.015, 0.03, 0.06, 0.12, 0.265, 0.5,
  ],
  heavy: Array.from({ length: 30 }, (_, i) => 1 / (i + 1) ** 1.5),
};
const counts: [number, number][] = [
  [50, 50],
  [1_000, 50],
  [50, 1_000],
  [1_000, 200],
  [10_000, 1_000],
  [100_000, 10_000],
  [1_000_000, 1_000_000],
];
const quantiles = createQuantiles();

/** Alarms by chance alone, without the bands, of `runs` comparisons of unchanged data, by statistic and stated rate. */
function alarmsOf(
  shares: number[],
  [n, m]: [number, number],
  isOrdered: boolean,
  rates: number[],
  runs: number,
) {
  const random = uniform(20261122);
  const boundaries = isOrdered
    ? Array.from({ length: shares.length - 1 }, (_, i) => i)
    : undefined;
  const alarms = new Map<string, number>();
  for (let run = 0; run < runs; run += 1) {
    const reference = prepareBins(draw(random, shares, n), boundaries);
    const current = Float64Array.from(draw(random, shares, m));
    const comparison = compareBins(reference, current, m);
    for (const statistic of statistics) {
      if (valueOf(statistic, comparison) === undefined) continue;
      const pValue = pValueOf(statistic, comparison);
      for (const rate of rates) {
        if (pValue > rate) continue;
        const key = `${statistic} ${rate}`;
        alarms.set(key, (alarms.get(key) ?? 0) + 1);
      }
    }
  }
  return alarms;
}

describe('on unchanged data', () => {
  it.each(
    Object.keys(shapes).flatMap(shape =>
      counts.map(([n, m]) => [shape, n, m] as const),
    ),
  )(
    'no statistic alarms more often than stated: %s, n = %p, m = %p',
    (shape, n, m) => {
      const runs = 800;
      const rates = [0.05, 0.01];
      for (const isOrdered of [true, false]) {
        const alarms = alarmsOf(shapes[shape], [n, m], isOrdered, rates, runs);
        const tooMany = [...alarms].filter(([key, count]) => {
          const rate = Number(key.split(' ')[1]);
          // Three and a half standard errors of a share of that size.
          const most = rate + 3.5 * Math.sqrt((rate * (1 - rate)) / runs);
          return count / runs > most;
        });
        expect(tooMany).toEqual([]);
      }
    },
  );

  it('nor at one in a thousand', () => {
    const runs = 8_000;
    for (const shape of ['confident', 'heavy'])
      for (const pair of [
        [1_000, 50],
        [50, 1_000],
      ] as [number, number][]) {
        const alarms = alarmsOf(shapes[shape], pair, true, [0.001], runs);
        const tooMany = [...alarms].filter(
          ([, count]) => count > 8 + 3.5 * Math.sqrt(8),
        );
        expect(tooMany).toEqual([]);
      }
  });
});

describe('limits', () => {
  const of = (reference: number[], current: number[]) =>
    compareBins(
      prepareBins(
        reference,
        reference.slice(1).map((_, i) => i / reference.length),
      ),
      Float64Array.from(current),
      current.reduce((a, b) => a + b),
    );
  const scaled = (by: number, bins = [10, 20, 30, 40]) => bins.map(b => b * by);

  it('of plenty of data are the conventional bands, and the same effect in the other statistics', () => {
    const c = of(scaled(100_000), scaled(100_000));
    const limits = (statistic: Statistic) =>
      Object.values(limitsOf(statistic, c, 0.001, quantiles)).map(
        limit => Math.round(limit * 1e4) / 1e4,
      );
    expect(limits('psi')).toEqual([0.1, 0.25]);
    expect(limits('kullback-leibler')).toEqual([0.05, 0.125]);
    expect(limits('jensen-shannon')).toEqual([0.1343, 0.2123]);
    expect(limits('hellinger')).toEqual([0.1118, 0.1768]);
    expect(limits('total-variation')).toEqual([0.1256, 0.1974]);
    expect(limits('kolmogorov-smirnov')).toEqual([0.1256, 0.1974]);
    expect(limits('wasserstein')).toEqual([0.3162, 0.5]);
    expect(limits('chi-square')).toEqual([500_000, 1_250_000]);
  });

  it('are never lower than what is told before anything is compared', () => {
    const c = of(scaled(100_000), scaled(100_000));
    const free = statistics.filter(
      one => one !== 'chi-square' && one !== 'two-proportion',
    );
    expect(
      free.map(one => ({
        warnLimit: leastLimit(one, 'warn'),
        failLimit: leastLimit(one, 'fail'),
      })),
    ).toEqual(free.map(one => limitsOf(one, c, 0.001, quantiles)));
    // Without counts these have none of their own.
    expect(leastLimit('chi-square', 'warn')).toBe(0.1);
    expect(leastLimit('two-proportion', 'fail')).toBe(0.25);
  });

  it('of little data are what chance reaches', () => {
    const c = of(scaled(2), scaled(2));
    // χ²(3) exceeds 16.266 once in a thousand; 16.266 · (1 + 0.8/20) · (1/200 + 1/200).
    const { warnLimit, failLimit } = limitsOf('psi', c, 0.001, quantiles);
    expect(warnLimit).toBeCloseTo(0.16917, 4);
    expect(failLimit).toBe(0.25);
    // Kolmogorov's law exceeds 1.9495 once in a thousand; · √(1/200 + 1/200).
    expect(
      limitsOf('kolmogorov-smirnov', c, 0.001, quantiles).failLimit,
    ).toBeCloseTo(0.19741, 4);
    expect(
      limitsOf('kolmogorov-smirnov', c, 0.001, quantiles).warnLimit,
    ).toBeCloseTo(0.19495, 4);
  });

  it.each(statistics.filter(s => s !== 'two-proportion'))(
    'of %s are where its p-value is the stated rate',
    statistic => {
      const c = of(scaled(3), [20, 70, 100, 110]);
      const pValue = pValueOf(statistic, c);
      const { warnLimit } = limitsOf(statistic, c, pValue, quantiles);
      const floor = limitsOf(statistic, c, 0.999999, quantiles).warnLimit;
      expect(warnLimit).toBeCloseTo(Math.max(floor, valueOf(statistic, c)!), 6);
    },
  );

  it('say how many events would be enough', () => {
    const c = of(scaled(10), scaled(1));
    const enough = enoughCount('psi', c, 0.001, quantiles)!;
    const then = of(
      scaled(10),
      scaled(1).map(bin => (bin * enough) / 100),
    );
    expect(limitsOf('psi', then, 0.001, quantiles).failLimit).toBe(0.25);
    expect(enough).toBe(76);
    // A reference of 50 can never tell a shift of the band's size from chance.
    expect(
      enoughCount('psi', of(scaled(0.5), scaled(10)), 0.001, quantiles),
    ).toBe(undefined);
  });
});
