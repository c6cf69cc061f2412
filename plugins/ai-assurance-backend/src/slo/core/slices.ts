import { minuteMs } from './hours';
import { EventCounts, Slicing } from './types';

/** Counts by the minute in which they came. */
export type Minutes = Map<number, EventCounts>;

// 0.99 of 100 events are 99, whatever the last bit says.
const tolerance = 1e-9;

/**
 * Judges whole time slices of `[fromMs, toMs)`, `fromMs` on the start of a slice. A slice counts in its last minute: one if
 * its share of good events reaches the target, else nothing; without a target the share itself. A slice in which nothing
 * was counted is unknown and left out, and so is one that is not over.
 */
export function sliceMinutes(
  minutes: Minutes,
  slicing: Slicing,
  fromMs: number,
  toMs: number,
): Minutes {
  const { sliceMs, targetRatio } = slicing;
  const sums = new Map<number, EventCounts>();
  for (const [atMs, counts] of minutes) {
    if (atMs < fromMs || atMs >= toMs) continue;
    const sliceStartMs = Math.floor(atMs / sliceMs) * sliceMs;
    const sum = sums.get(sliceStartMs) ?? { goodCount: 0, totalCount: 0 };
    sum.goodCount += counts.goodCount;
    sum.totalCount += counts.totalCount;
    sums.set(sliceStartMs, sum);
  }
  const sliced: Minutes = new Map();
  for (const [sliceStartMs, sum] of sums) {
    if (sliceStartMs + sliceMs > toMs || sum.totalCount <= 0) continue;
    const ratio = sum.goodCount / sum.totalCount;
    const whole = ratio >= (targetRatio ?? 0) - tolerance ? 1 : 0;
    sliced.set(sliceStartMs + sliceMs - minuteMs, {
      goodCount: targetRatio === undefined ? ratio : whole,
      totalCount: 1,
    });
  }
  return sliced;
}
