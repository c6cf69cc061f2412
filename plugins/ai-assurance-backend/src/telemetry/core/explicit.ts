import { ExplicitHistogram } from '../types';
import { finiteSum } from './exponential';

/** Whether two histograms count into the same bins. Only then may they be added. */
export function sameBoundaries(
  a: ExplicitHistogram,
  b: ExplicitHistogram,
): boolean {
  return (
    a.boundaries.length === b.boundaries.length &&
    a.boundaries.every((bound, i) => bound === b.boundaries[i])
  );
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
  return {
    boundaries: a.boundaries,
    counts: a.counts.map((count, i) => count + b.counts[i]),
    count: a.count + b.count,
    sum: finiteSum(a.sum, b.sum),
  };
}
