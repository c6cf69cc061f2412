import { DateTime } from 'luxon';

/** A stretch of the clock, half-open: `[startMs, endMs)`. @public */
export interface Period {
  /** Its start as text for an id, for example `2026-11-22T13:00Z`. */
  readonly id: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The period of a fixed length that holds a moment; periods are counted from the epoch, so every replica and every run
 * finds the same. For facts about "now": carry `id` in the fact's id, and take `timeMs` from `startMs` and `expiresAt` from
 * {@link expiryOf}. Throws a RangeError unless the length is a whole number of minutes, at most a day, that divides a day.
 * @public
 */
export function periodOf(nowMs: number, lengthMs: number): Period {
  const dayMs = 86_400_000;
  if (
    !(lengthMs >= 60_000 && lengthMs % 60_000 === 0 && dayMs % lengthMs === 0)
  )
    throw new RangeError(
      `A period has whole minutes and divides a day; ${lengthMs} ms does not`,
    );
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  return {
    id: DateTime.fromMillis(startMs, { zone: 'utc' }).toFormat(
      "yyyy-MM-dd'T'HH:mm'Z'",
    ),
    startMs,
    endMs: startMs + lengthMs,
  };
}

/** Epoch milliseconds as evidence writes instants: ISO-8601 in UTC. Throws a RangeError for what is no instant. @public */
export function instantOf(epochMs: number): string {
  const text = DateTime.fromMillis(epochMs, { zone: 'utc' }).toISO();
  if (text === null) throw new RangeError(`Not an instant: ${epochMs}`);
  return text;
}

/**
 * When a fact of a period goes stale: one period after its end, so that a run which comes late by less than a period leaves
 * no gap. @public
 */
export function expiryOf(period: Period): string {
  return instantOf(2 * period.endMs - period.startMs);
}
