import { upperGamma } from '../numeric/gamma';
import { sumOf } from '../numeric/sum';
import { BinPair, totalsOf } from './shares';

export interface ChiSquareResult {
  statistic: number;
  /** Filled bins less one; 0 when all events share a bin, and then nothing can differ. */
  degrees: number;
  pValue: number;
  /** Natural logarithm of the p-value, which stays apart from 0 where the p-value itself does not. */
  lnPValue: number;
}

/**
 * Pearson's chi-square test that two histograms come from one distribution (a 2 × k table), without continuity correction;
 * bins that are empty in both are left out. Its p-value is trustworthy when few bins expect less than 5 events (Cochran
 * 1954): the caller judges that. Throws as {@link totalsOf} does.
 */
export function chiSquareTest(pair: BinPair): ChiSquareResult {
  const [n, m] = totalsOf(pair);
  const all = n + m;
  const terms = new Float64Array(pair.reference.length);
  let filled = 0;
  for (let i = 0; i < terms.length; i += 1) {
    const column = pair.reference[i] + pair.current[i];
    if (column === 0) continue;
    filled += 1;
    // Both cells of a column differ from their expectation by the same amount.
    const expected = (column * n) / all;
    const gap = pair.reference[i] - expected;
    terms[i] = (gap * gap) / expected + (gap * gap) / ((column * m) / all);
  }
  const statistic = sumOf(terms);
  const degrees = filled - 1;
  if (degrees === 0) return { statistic: 0, degrees, pValue: 1, lnPValue: 0 };
  const tail = upperGamma(degrees / 2, statistic / 2);
  return { statistic, degrees, pValue: tail.value, lnPValue: tail.ln };
}
