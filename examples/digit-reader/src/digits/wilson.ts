/** Two-sided 95 % point of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/** A share with its 95 % interval. */
export interface ShareWithInterval {
  value: number;
  low: number;
  high: number;
}

/**
 * The Wilson score interval at 95 % for `successCount` out of `totalCount`: unlike the plain normal interval it stays
 * inside 0…1 and is honest near both ends. Throws when there is nothing to judge.
 */
export function wilsonInterval(
  successCount: number,
  totalCount: number,
): ShareWithInterval {
  if (totalCount <= 0) throw new Error('A share of nothing has no interval');
  const n = totalCount;
  const value = successCount / n;
  const zz = Z_95 * Z_95;
  const middle = (value + zz / (2 * n)) / (1 + zz / n);
  const reach =
    (Z_95 / (1 + zz / n)) *
    Math.sqrt((value * (1 - value)) / n + zz / (4 * n * n));
  // At the ends rounding may step past 0, 1 or the value itself by a hair.
  return {
    value,
    low: successCount === 0 ? 0 : middle - reach,
    high: successCount === n ? 1 : middle + reach,
  };
}
