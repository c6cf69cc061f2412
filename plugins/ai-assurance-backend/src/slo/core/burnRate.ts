/**
 * How fast the error budget is being spent: bad share observed over bad share allowed. No unit; 1 spends exactly the
 * budget of the period. Returns `undefined` when no event was counted: callers MUST treat that as unknown, not as 0.
 */
export function burnRate(input: {
  badCount: number;
  totalCount: number;
  objectiveRatio: number;
}): number | undefined {
  if (input.totalCount <= 0) return undefined;
  return input.badCount / input.totalCount / (1 - input.objectiveRatio);
}
