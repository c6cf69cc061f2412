import { sumOf } from '../numeric/sum';
import { BinPair, totalsOf } from './shares';

/**
 * Total variation distance of two histograms, 0 to 1: half the sum of the absolute gaps of shares; the share of events that
 * would have to change bins. Throws as {@link totalsOf} does.
 */
export function totalVariationDistance(pair: BinPair): number {
  const [n, m] = totalsOf(pair);
  const gaps = new Float64Array(pair.reference.length);
  for (let i = 0; i < gaps.length; i += 1)
    gaps[i] = Math.abs(pair.reference[i] / n - pair.current[i] / m);
  return Math.min(1, sumOf(gaps) / 2);
}
