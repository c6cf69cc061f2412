import { AsOf, wholeMinuteMs } from '../platform';

export interface Range {
  fromMs: number;
  toMs: number;
}

/** When a page is about, and how far back it looks. */
export interface Moment {
  /** Now, or the moment that was asked about. */
  atMs: number;
  /** Set when that is over. */
  asOf: AsOf | undefined;
  /** What the page says it shows; half-open. */
  range: Range;
  /** The part of it that telemetry answers for: of a moment that is over, the whole minutes before it. */
  counted: Range;
}

/**
 * The moment of a page, with the limits that come with looking at telemetry from then: points that came late are in it, and
 * windows past their retention are not.
 */
export function momentOf(input: {
  nowMs: number;
  asOf: AsOf | undefined;
  rangeMs: number;
  retentionMs: number;
}): Moment {
  const { nowMs, asOf, rangeMs, retentionMs } = input;
  const atMs = asOf?.atMs ?? nowMs;
  const range = { fromMs: atMs - rangeMs, toMs: atMs };
  if (!asOf) return { atMs, asOf, range, counted: range };
  asOf.limit('telemetry-late-points');
  if (range.fromMs < nowMs - retentionMs) asOf.limit('telemetry-retention');
  return {
    atMs,
    asOf,
    range,
    counted: { fromMs: range.fromMs, toMs: wholeMinuteMs(atMs) },
  };
}
