import { DateTime } from 'luxon';

/** Epoch milliseconds as the ISO-8601 instant in UTC that evidence is written with, for example `2026-11-22T13:00:00.000Z`. */
export function instantOf(epochMs: number): string {
  const text = DateTime.fromMillis(epochMs, { zone: 'utc' }).toISO();
  if (text === null) throw new Error(`Not an instant: ${epochMs}`);
  return text;
}
