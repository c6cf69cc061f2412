/** Statistics that a verdict can rest on. */
export const statistics = [
  'psi',
  'jensen-shannon',
  'kullback-leibler',
  'hellinger',
  'total-variation',
  'chi-square',
  'kolmogorov-smirnov',
  'wasserstein',
  'two-proportion',
] as const;

export type Statistic = (typeof statistics)[number];

/** Where a statistic stands in {@link statistics}: what columns are told apart by. */
export const place = {
  psi: 0,
  jensenShannon: 1,
  kullbackLeibler: 2,
  hellinger: 3,
  totalVariation: 4,
  chiSquare: 5,
  kolmogorovSmirnov: 6,
  wasserstein: 7,
  twoProportion: 8,
} as const;

export const statisticCount = statistics.length;

/**
 * Columns of a row of numbers that two histograms are told apart by; NaN where a number cannot be told. The values of the
 * statistics stand in their order from `values` on: the Wasserstein distance in standard deviations of the reference, of two
 * categories the difference of the shares of the first.
 */
export const column = {
  referenceCount: 0,
  currentCount: 1,
  /** Bins that were compared, after thin ones were merged. */
  binCount: 2,
  /** Fewest events that a compared bin of the smaller window is expected to hold. */
  leastExpected: 3,
  /** In the unit of the signal. */
  wasserstein: 4,
  /**
   * What chance alone would make of the distance with one event of each window: mean and deviation, in the unit of the
   * signal, and what one such unit is in standard deviations of the reference.
   */
  chanceMean: 5,
  chanceDeviation: 6,
  norm: 7,
  /** Of two categories the share of the first in both windows together. */
  pooledRatio: 8,
  values: 9,
} as const;

/** Numbers of one comparison. */
export const rowLength = column.values + statisticCount;

/** A comparison as a row of numbers: many share one array, so that none of them is an object of its own. */
export interface Comparison {
  numbers: Float64Array;
  /** Where its row begins. */
  at: number;
}

/** Room for so many comparisons. */
export const roomFor = (count: number) => new Float64Array(count * rowLength);

/** The value of a statistic; `undefined` where it cannot be told: those that need an order cannot be told of categories. */
export function valueOf(
  statistic: Statistic,
  { numbers, at }: Comparison,
): number | undefined {
  const value = numbers[at + column.values + statistics.indexOf(statistic)];
  return Number.isNaN(value) ? undefined : value;
}
