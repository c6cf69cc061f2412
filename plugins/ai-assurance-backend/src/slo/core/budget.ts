import { EventCounts } from './types';

export interface Budget {
  /** Good share, 0..1; `undefined` when no event was counted. */
  attainmentRatio: number | undefined;
  /** 1 untouched, 0 exhausted, negative overspent; `undefined` when no event was counted. */
  remainingRatio: number | undefined;
  isExhausted: boolean;
}

// A budget of 5 in 100 comes out as 5.000000000000004: far below one event, so that rounding never decides.
const tolerance = 1e-6;

/**
 * What is left of the error budget. By events (OpenSLO budgeting method Occurrences: every event weighs the same) it is a
 * share of the events so far. By time slices it is known from the start: a share of `sliceCount`, all slices of the window.
 */
export function budget(
  counts: EventCounts,
  objectiveRatio: number,
  sliceCount?: number,
): Budget {
  if (counts.totalCount <= 0) {
    return {
      attainmentRatio: undefined,
      remainingRatio: undefined,
      isExhausted: false,
    };
  }
  const badCount = counts.totalCount - counts.goodCount;
  const allowedCount =
    (1 - objectiveRatio) * Math.max(sliceCount ?? 0, counts.totalCount);
  return {
    attainmentRatio: counts.goodCount / counts.totalCount,
    remainingRatio: 1 - badCount / allowedCount,
    isExhausted: badCount >= allowedCount - tolerance,
  };
}
