import fc from 'fast-check';
import { mcnemarExact, pairedDifference, PairedTable } from './mcnemar';
import { pairedBootstrap, wilcoxonSignedRank } from './scores';

const table = (
  bothSucceededCount: number,
  onlyBaselineCount: number,
  onlyCandidateCount: number,
  neitherCount: number,
): PairedTable => ({
  bothSucceededCount,
  onlyBaselineCount,
  onlyCandidateCount,
  neitherCount,
});

describe('mcnemarExact', () => {
  // scipy 1.17.1: binomtest(min(b, c), b + c, 0.5).pvalue
  it.each([
    [0, 0, 1],
    [5, 7, 0.7744140625],
    [9, 2, 0.0654296875],
    [20, 12, 0.21532714972272515],
    [1, 15, 0.000518798828125],
    [400, 470, 0.019267052848609047],
  ])('of %p against %p is %p', (b, c, p) => {
    expect(
      mcnemarExact({ onlyBaselineCount: b, onlyCandidateCount: c }),
    ).toBeCloseTo(p, 12);
  });

  it('does not care which is which, and stays within 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (b, c) => {
        const p = mcnemarExact({ onlyBaselineCount: b, onlyCandidateCount: c });
        expect(p).toBe(
          mcnemarExact({ onlyBaselineCount: c, onlyCandidateCount: b }),
        );
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });
});

describe('pairedDifference', () => {
  // numpy: w = (b+1)/(n+2), g = (c+1)/(n+2), m = g-w, m ± 1.959963984540054·sqrt((w+g-m²)/(n+2)), kept around (c-b)/n
  it.each([
    [
      table(1740, 20, 12, 228),
      -0.004,
      -0.009701839021928303,
      0.0017098310299203104,
    ],
    [table(0, 3, 0, 0), -1, -1, 0.10121803246126504],
    [table(50, 0, 0, 50), 0, -0.027174584791170155, 0.027174584791170155],
    [
      table(100, 9, 7, 4),
      -0.016666666666666666,
      -0.08449054302752039,
      0.05170365778161877,
    ],
  ])('of %p', (counts, value, low, high) => {
    const difference = pairedDifference(counts, 1.959963984540054);
    expect(difference.value).toBeCloseTo(value, 14);
    expect(difference.low).toBeCloseTo(low, 12);
    expect(difference.high).toBeCloseTo(high, 12);
  });
});

describe('wilcoxonSignedRank', () => {
  // scipy 1.17.1: wilcoxon(d, correction=False, mode='approx', zero_method='wilcox').pvalue
  it.each([
    [[1.5, -0.5, 2.0, 0.25, -1.0, 3.0, 0.0, 0.5], 0.2040841777655732],
    [[1, 1, 1, -1, 2, -2, 3, 3, 3, 3], 0.04387371517590828],
    [
      [
        0.55, 1.02, 0.53, -1.1, 1.11, 0.65, -0.34, 0.78, 0.56, 0.49, 0.23, 0.75,
        -0.54, 0.04, -0.28, 0.8, 0.24, -0.09, -0.58, -0.06, 0.21, -0.08, 1.49,
        1.21, -2.51, -1.69, 0.03, -0.22, 0.41, 0.42, 2.32, -0.91, -0.18, 2.24,
        0.85, 0.86, -0.31, -1.45, 0.37, 0.31,
      ],
      0.08174185073733846,
    ],
    [[0, 0, 0], 1],
  ])('of %p', (differences, p) => {
    expect(wilcoxonSignedRank(differences)).toBeCloseTo(p, 12);
  });
});

describe('pairedBootstrap', () => {
  it('gives the same interval for the same items, around their mean', () => {
    const differences = Array.from({ length: 200 }, (_, i) => (i % 7) - 3);
    const once = pairedBootstrap(differences, 7);
    expect(pairedBootstrap(differences, 7)).toEqual(once);
    expect(once.value).toBeCloseTo(-0.03, 12);
    // The normal interval of the mean is -0.03 ± 0.2772; a percentile interval of 2,000 resamples lies near it.
    expect(Math.abs(once.low + 0.03 + 0.2772)).toBeLessThan(0.03);
    expect(Math.abs(once.high + 0.03 - 0.2772)).toBeLessThan(0.03);
  });

  it('has no width where nothing differs', () => {
    expect(pairedBootstrap([0.5, 0.5, 0.5], 1)).toEqual({
      value: 0.5,
      low: 0.5,
      high: 0.5,
    });
  });
});
