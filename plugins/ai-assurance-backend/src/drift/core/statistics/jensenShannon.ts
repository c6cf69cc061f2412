import { sumOf } from '../numeric/sum';
import { BinPair, totalsOf } from './shares';

/**
 * Jensen-Shannon divergence of two histograms in bits, 0 to 1: the mean of both Kullback-Leibler divergences to the middle
 * distribution (Lin 1991). Needs no smoothing: an empty bin adds nothing. Throws as {@link totalsOf} does.
 */
export function jensenShannonDivergence(pair: BinPair): number {
  const [n, m] = totalsOf(pair);
  const terms = new Float64Array(pair.reference.length);
  for (let i = 0; i < terms.length; i += 1) {
    const p = pair.reference[i] / n;
    const q = pair.current[i] / m;
    const middle = (p + q) / 2;
    terms[i] =
      (p > 0 ? p * Math.log2(p / middle) : 0) +
      (q > 0 ? q * Math.log2(q / middle) : 0);
  }
  // Rounding can leave a hair below 0 for equal shares.
  return Math.min(1, Math.max(0, sumOf(terms) / 2));
}

/** Square root of the divergence in bits: a metric (Endres and Schindelin 2003), 0 to 1. */
export function jensenShannonDistance(pair: BinPair): number {
  return Math.sqrt(jensenShannonDivergence(pair));
}
