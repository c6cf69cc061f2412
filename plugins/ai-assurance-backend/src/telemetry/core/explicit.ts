import { ExplicitHistogram } from '../types';
import { finiteSum } from './exponential';

/** Whether two histograms count into the same bins. Only then may they be added. */
export function sameBoundaries(
  a: ExplicitHistogram,
  b: ExplicitHistogram,
): boolean {
  return sameNumbers(a.boundaries, b.boundaries);
}

/** Whether two lists hold the same numbers. */
export function sameNumbers(a: number[], b: number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Both histograms in one; the inputs stay as they are. Throws when the boundaries differ: counts of different bins
 * cannot be added without inventing where the values lay. Callers MUST check {@link sameBoundaries} first.
 */
export function mergeExplicit(
  a: ExplicitHistogram,
  b: ExplicitHistogram,
): ExplicitHistogram {
  if (!sameBoundaries(a, b))
    throw new Error('Histograms with different boundaries cannot be merged');
  const counts = a.counts.slice();
  for (let i = 0; i < counts.length; i += 1) counts[i] += b.counts[i];
  return {
    boundaries: a.boundaries,
    counts,
    count: a.count + b.count,
    sum: finiteSum(a.sum, b.sum),
  };
}
