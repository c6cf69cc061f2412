import { sumOf } from '../numeric/sum';
import { BinPair, totalsOf } from './shares';

/**
 * Hellinger distance of two histograms, 0 to 1: √(½ Σ (√p − √q)²) (Hellinger 1909). Defined for empty bins. Throws as
 * {@link totalsOf} does.
 */
export function hellingerDistance(pair: BinPair): number {
  const [n, m] = totalsOf(pair);
  const terms = new Float64Array(pair.reference.length);
  for (let i = 0; i < terms.length; i += 1) {
    const gap =
      Math.sqrt(pair.reference[i] / n) - Math.sqrt(pair.current[i] / m);
    terms[i] = gap * gap;
  }
  return Math.min(1, Math.sqrt(sumOf(terms) / 2));
}
