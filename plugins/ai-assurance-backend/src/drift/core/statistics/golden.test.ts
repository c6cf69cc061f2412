import golden from '../../__fixtures__/golden.json';
import { sortFloats } from '../numeric/sortFloats';
import { psi } from '../psi';
import { binSamples } from './binSamples';
import { chiSquareTest } from './chiSquareTest';
import { hellingerDistance } from './hellinger';
import {
  jensenShannonDistance,
  jensenShannonDivergence,
} from './jensenShannon';
import {
  kolmogorovSmirnov,
  kolmogorovSmirnovOnBins,
} from './kolmogorovSmirnov';
import { kullbackLeiblerDivergence } from './kullbackLeibler';
import { totalVariationDistance } from './totalVariation';
import { wasserstein } from './wasserstein';

/* eslint-disable no-bitwise */
function hash32(i: number, seed: number): number {
  let x = (Math.imul(i, 0x9e3779b1) + seed) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}
/* eslint-enable no-bitwise */
const uniform = (i: number, seed: number) => hash32(i, seed) / 2 ** 32;
const bell = (i: number, seed: number) =>
  uniform(i, seed) +
  uniform(i, seed + 1) +
  uniform(i, seed + 2) +
  uniform(i, seed + 3);
const kinds: Record<string, (i: number, seed: number) => number> = {
  uniform,
  bell,
  bell_shifted: (i, seed) => bell(i, seed) + 0.05,
  bell_wide: (i, seed) => bell(i, seed) * 1.25,
  heavy: (i, seed) => 1 / (1 - uniform(i, seed)),
  ties: (i, seed) => hash32(i, seed) % 17,
  ties_skewed: (i, seed) =>
    Math.min(hash32(i, seed) % 17, hash32(i, seed + 1) % 17),
  constant: () => 3.25,
  negative: (i, seed) => bell(i, seed) - 10,
};
const sampleOf = ([kind, count, seed]: (string | number)[]) =>
  Float64Array.from({ length: count as number }, (_, i) =>
    kinds[kind](i, seed as number),
  );

/** Equal to 1e-12 of the value or 1e-15 at all, unless said otherwise. */
function expectClose(actual: number, expected: number, relative = 1e-12) {
  const gap = Math.abs(actual - expected);
  const isClose =
    actual === expected ||
    gap <= Math.max(1e-15, relative * Math.abs(expected));
  expect([isClose, actual, expected]).toEqual([true, actual, expected]);
}

interface BinnedGolden {
  countsA: number[];
  countsB: number[];
  psi: number;
  jsDivergenceBits: number;
  chi2: { statistic: number; dof: number; p: number; logp: number | null };
  ksOnBins: number;
}

function expectBinned(binned: BinnedGolden, relative = 1e-12) {
  const pair = { reference: binned.countsA, current: binned.countsB };
  const isFilled = [...binned.countsA, ...binned.countsB].every(n => n > 0);
  if (isFilled)
    expectClose(psi(binned.countsA, binned.countsB, 0), binned.psi, relative);
  expectClose(jensenShannonDivergence(pair), binned.jsDivergenceBits, 1e-9);
  expectClose(jensenShannonDistance(pair) ** 2, binned.jsDivergenceBits, 1e-9);
  const { statistic, degrees, pValue, lnPValue } = chiSquareTest(pair);
  expectClose(statistic, binned.chi2.statistic, relative);
  expect(degrees).toBe(binned.chi2.dof);
  expectClose(pValue, binned.chi2.p, 1e-9);
  if (binned.chi2.logp !== null) expectClose(lnPValue, binned.chi2.logp, 1e-9);
  expectClose(kolmogorovSmirnovOnBins(pair).statistic, binned.ksOnBins);
}

describe('the statistics agree with SciPy', () => {
  it.each(golden.cases.map(one => [one.id, one] as const))(
    'on the samples %s',
    (_, one) => {
      const a = sampleOf(one.a);
      const b = sampleOf(one.b);
      expect([...a.subarray(0, one.check.firstA.length)]).toEqual(
        one.check.firstA,
      );
      const { inner } = one.deciles;
      expect(binSamples(a, inner)).toEqual(one.deciles.countsA);
      expect(binSamples(b, inner)).toEqual(one.deciles.countsB);

      sortFloats(a);
      sortFloats(b);
      const ks = kolmogorovSmirnov(a, b);
      expect(ks.statistic).toBe(one.ks.numerator / one.ks.denominator);
      expectClose(ks.pValue, one.ks.pKolmogorovLimit, 1e-10);
      expectClose(wasserstein(a, b), one.wasserstein);
      expectBinned(one.deciles);
      expectBinned(one.equal20);
    },
  );

  it.each(golden.histograms.map(one => [one.id, one] as const))(
    'on the histograms %s',
    (id, one) => {
      expect(one.countsA.length).toBe(one.countsB.length);
      expectBinned(one, id === 'big-counts' ? 1e-9 : 1e-12);
    },
  );

  it('on distances that SciPy has no name for, by the definition', () => {
    const pair = { reference: [1, 2, 3, 4], current: [4, 3, 2, 1] };
    // Shares 0.1 … 0.4 against 0.4 … 0.1.
    expectClose(
      hellingerDistance(pair),
      Math.sqrt(
        ((Math.sqrt(0.4) - Math.sqrt(0.1)) ** 2 * 2 +
          (Math.sqrt(0.3) - Math.sqrt(0.2)) ** 2 * 2) /
          2,
      ),
    );
    expectClose(totalVariationDistance(pair), 0.4);
    // 0.3 ln 4 + 0.1 ln 1.5
    expectClose(
      kullbackLeiblerDivergence(pair),
      0.3 * Math.log(4) + 0.1 * Math.log(1.5),
    );
    const disjoint = { reference: [5, 0], current: [0, 9] };
    expect(hellingerDistance(disjoint)).toBe(1);
    expect(totalVariationDistance(disjoint)).toBe(1);
    expect(kullbackLeiblerDivergence(disjoint)).toBe(Infinity);
    expect(jensenShannonDivergence(disjoint)).toBe(1);
  });
});
