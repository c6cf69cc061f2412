import { BinPair, totalsOf } from './shares';

export interface KolmogorovSmirnovResult {
  /** Largest gap between the two cumulated shares, 0 to 1. */
  statistic: number;
  /** By Kolmogorov's limit law at √(nm/(n+m)) · D; errs upwards, towards fewer alarms, on small samples and on ties. */
  pValue: number;
}

/**
 * Two-sample Kolmogorov-Smirnov test on sorted samples (Smirnov 1939). Equal values are stepped over together. The gap is
 * found in whole numbers as |i·m − j·n|, and so exactly as long as n·m stays below 2^53. Throws for an empty sample.
 */
export function kolmogorovSmirnov(
  reference: Float64Array,
  current: Float64Array,
): KolmogorovSmirnovResult {
  const n = reference.length;
  const m = current.length;
  if (n === 0 || m === 0)
    throw new RangeError('An empty sample cannot be compared');
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < n && j < m) {
    const value = reference[i] <= current[j] ? reference[i] : current[j];
    while (i < n && reference[i] === value) i += 1;
    while (j < m && current[j] === value) j += 1;
    const gap = Math.abs(i * m - j * n);
    if (gap > largest) largest = gap;
  }
  const statistic = largest / (n * m);
  return { statistic, pValue: kolmogorovTail(statistic, n, m) };
}

/**
 * The same on histograms: the largest gap of cumulated shares at the bin edges. It can only be smaller than that of the
 * samples, so its p-value errs upwards once more. Throws as {@link totalsOf} does.
 */
export function kolmogorovSmirnovOnBins(
  pair: BinPair,
): KolmogorovSmirnovResult {
  const [n, m] = totalsOf(pair);
  let i = 0;
  let j = 0;
  let statistic = 0;
  for (let bin = 0; bin < pair.reference.length; bin += 1) {
    i += pair.reference[bin];
    j += pair.current[bin];
    statistic = Math.max(statistic, Math.abs(i / n - j / m));
  }
  return { statistic, pValue: kolmogorovTail(statistic, n, m) };
}

/** Chance of a gap at least this large between two samples of one distribution, in the limit of large samples. */
export function kolmogorovTail(
  statistic: number,
  n: number,
  m: number,
): number {
  const scaled = Math.sqrt((n * m) / (n + m)) * statistic;
  if (scaled <= 0) return 1;
  // Two forms of one function (Jacobi's theta): each converges in a handful of terms on its side of 1.
  if (scaled < 1) {
    const base = -(Math.PI ** 2) / (8 * scaled * scaled);
    let sum = 0;
    for (let k = 1; k <= 9; k += 2) sum += Math.exp(base * k * k);
    return 1 - (Math.sqrt(2 * Math.PI) / scaled) * sum;
  }
  let sum = 0;
  for (let k = 9; k >= 1; k -= 1)
    sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * scaled * scaled);
  return Math.min(1, sum);
}
