/** Two-sided points of the standard normal distribution, by confidence level. */
const points: Readonly<Record<ConfidenceLevel, number>> = {
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
};

/** Confidence levels that intervals are made at. @public */
export type ConfidenceLevel = 0.9 | 0.95 | 0.99;

/** A share with its confidence interval; all three within 0 and 1. @public */
export interface ShareInterval {
  valueRatio: number;
  lowRatio: number;
  highRatio: number;
}

/** The point that the interval of a level reaches to, in standard deviations. @public */
export function normalPoint(level: ConfidenceLevel): number {
  return points[level];
}

/**
 * The score interval of E. B. Wilson (1927) for a share: `(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)`. It stays
 * within 0 and 1 and is honest near both ends. Throws a RangeError for counts of which there is no share.
 * @public
 */
export function wilsonInterval(
  successCount: number,
  totalCount: number,
  level: ConfidenceLevel = 0.95,
): ShareInterval {
  if (
    !Number.isSafeInteger(successCount) ||
    !Number.isSafeInteger(totalCount) ||
    totalCount < 1 ||
    successCount < 0 ||
    successCount > totalCount
  )
    throw new RangeError(
      `There is no share of ${successCount} in ${totalCount}`,
    );
  const z = points[level];
  const n = totalCount;
  const valueRatio = successCount / n;
  const scale = 1 + (z * z) / n;
  const middle = (valueRatio + (z * z) / (2 * n)) / scale;
  const reach =
    (z / scale) *
    Math.sqrt((valueRatio * (1 - valueRatio)) / n + (z * z) / (4 * n * n));
  return {
    valueRatio,
    // At the ends rounding may step past 0, 1 or the value itself by a hair.
    lowRatio: successCount === 0 ? 0 : Math.max(0, middle - reach),
    highRatio: successCount === n ? 1 : Math.min(1, middle + reach),
  };
}
