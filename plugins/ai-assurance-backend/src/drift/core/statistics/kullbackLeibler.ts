import { sumOf } from '../numeric/sum';
import { BinPair, totalsOf } from './shares';

/**
 * Kullback-Leibler divergence of the current from the reference shares in nats: Σ q ln(q/p) (Kullback and Leibler 1951).
 * Not symmetric, and infinite where the current data fills a bin that is empty in the reference: such a bin is a finding of
 * its own and is not smoothed away. Throws as {@link totalsOf} does.
 */
export function kullbackLeiblerDivergence(pair: BinPair): number {
  const [n, m] = totalsOf(pair);
  const terms = new Float64Array(pair.reference.length);
  for (let i = 0; i < terms.length; i += 1) {
    const p = pair.reference[i] / n;
    const q = pair.current[i] / m;
    terms[i] = q > 0 ? q * Math.log(q / p) : 0;
  }
  return Math.max(0, sumOf(terms));
}
