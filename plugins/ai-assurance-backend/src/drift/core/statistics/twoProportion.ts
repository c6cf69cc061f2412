import { normalTail } from '../numeric/normal';

export interface TwoProportionResult {
  /** Share in the current data less the share in the reference. */
  difference: number;
  /** Pooled z; 0 when both shares are 0 or both are 1. */
  z: number;
  /** Two-sided. */
  pValue: number;
}

/**
 * Pooled two-proportion z test, for a null share or one category (Fleiss, Statistical Methods for Rates and Proportions).
 * Trustworthy when both groups expect at least 5 events and 5 others: the caller judges that. Throws for an empty group or
 * more events than the group has.
 */
export function twoProportionTest(
  reference: { eventCount: number; count: number },
  current: { eventCount: number; count: number },
): TwoProportionResult {
  for (const group of [reference, current]) {
    if (!(group.count > 0 && group.eventCount >= 0))
      throw new RangeError('A share needs a group that is not empty');
    if (group.eventCount > group.count)
      throw new RangeError(
        `${group.eventCount} events in a group of ${group.count}`,
      );
  }
  const difference =
    current.eventCount / current.count - reference.eventCount / reference.count;
  const pooled =
    (reference.eventCount + current.eventCount) /
    (reference.count + current.count);
  const variance =
    pooled * (1 - pooled) * (1 / reference.count + 1 / current.count);
  if (variance === 0) return { difference, z: 0, pValue: 1 };
  const z = difference / Math.sqrt(variance);
  return { difference, z, pValue: 2 * normalTail(Math.abs(z)) };
}
