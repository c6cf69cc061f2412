import { quantile } from '../quantile';
import { ByteReader, ByteWriter } from './bytes';
import { Group } from './groups';

/** What a chart draws of one step. Times are in seconds; NaN stands for not known. */
export interface Headline {
  count: number;
  errorCount: number;
  p50: number;
  p95: number;
  p99: number;
  /** Least and largest p95 of the minutes within. */
  p95Low: number;
  p95High: number;
  /** Of the percentiles, 0..1. */
  errorBoundRatio: number;
  /** Devices it is made of, at least; NaN where that is not known. */
  deviceCount: number;
}

const members: (keyof Headline)[] = [
  'count',
  'errorCount',
  'p50',
  'p95',
  'p99',
  'p95Low',
  'p95High',
  'errorBoundRatio',
  'deviceCount',
];

/** The numbers of a group; the extremes of its p95 are its own p95. */
export function headlineOf(group: Group): Headline {
  const histogram = group.histograms.largest();
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(q =>
    histogram ? quantile(histogram, q) : undefined,
  );
  return {
    count: group.histograms.count,
    errorCount: group.errorCount,
    p50: p50?.value ?? NaN,
    p95: p95?.value ?? NaN,
    p99: p99?.value ?? NaN,
    p95Low: p95?.value ?? NaN,
    p95High: p95?.value ?? NaN,
    errorBoundRatio: Math.min(
      1,
      Math.max(...[p50, p95, p99].map(found => found?.errorBoundRatio ?? 0)),
    ),
    deviceCount: group.deviceCount ?? NaN,
  };
}

/** Least of the numbers that are known. */
const least = (numbers: number[]) =>
  numbers.reduce((a, b) => (a < b || Number.isNaN(b) ? a : b), NaN);
const largest = (numbers: number[]) =>
  numbers.reduce((a, b) => (a > b || Number.isNaN(b) ? a : b), NaN);

/** The same headline with the extremes of the finer rows within it. */
export function withExtremes(headline: Headline, within: Headline[]): Headline {
  return {
    ...headline,
    p95Low: least(within.map(part => part.p95Low)),
    p95High: largest(within.map(part => part.p95High)),
  };
}

export function writeHeadline(headline: Headline): Uint8Array {
  const to = new ByteWriter();
  for (const member of members) to.float(headline[member]);
  return to.take();
}

/** Reads what {@link writeHeadline} wrote. */
export function readHeadline(bytes: Uint8Array): Headline {
  const from = new ByteReader(bytes);
  return {
    count: from.float(),
    errorCount: from.float(),
    p50: from.float(),
    p95: from.float(),
    p99: from.float(),
    p95Low: from.float(),
    p95High: from.float(),
    errorBoundRatio: from.float(),
    deviceCount: from.float(),
  };
}
