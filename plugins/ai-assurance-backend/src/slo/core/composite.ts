import { EventCounts } from './types';

/**
 * The counts of a composite objective over one range: the mean of its parts' good shares by their weights, of all their
 * events together. `undefined` parts, and a range in which some part counted nothing, leave it unknown: nothing at all.
 */
export function compositeCounts(
  parts: { weightRatio: number; counts: EventCounts }[],
): EventCounts {
  let ratio = 0;
  let totalCount = 0;
  for (const { weightRatio, counts } of parts) {
    if (counts.totalCount <= 0) return { goodCount: 0, totalCount: 0 };
    ratio += weightRatio * (counts.goodCount / counts.totalCount);
    totalCount += counts.totalCount;
  }
  return { goodCount: ratio * totalCount, totalCount };
}
