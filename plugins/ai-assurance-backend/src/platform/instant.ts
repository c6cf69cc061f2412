import { DateTime } from 'luxon';

const dayMs = 86_400_000;
const daysKept = 64;
const dayTexts = new Map<number, string>();

/** The text of a day up to and with its `T`. Few days fill a ledger, and the calendar costs more than the clock. */
function dayText(day: number): string {
  const kept = dayTexts.get(day);
  if (kept !== undefined) return kept;
  const text = DateTime.fromMillis(day * dayMs, { zone: 'utc' }).toISO();
  if (text === null) throw new Error(`Not an instant: ${day * dayMs}`);
  const until = text.slice(0, text.indexOf('T') + 1);
  if (dayTexts.size >= daysKept) dayTexts.clear();
  dayTexts.set(day, until);
  return until;
}

const two = (value: number) => (value < 10 ? `0${value}` : String(value));

/** Epoch milliseconds as the ISO-8601 instant in UTC that evidence is written with, for example `2026-11-22T13:00:00.000Z`. */
export function instantOf(epochMs: number): string {
  if (!Number.isInteger(epochMs)) throw new Error(`Not an instant: ${epochMs}`);
  const day = Math.floor(epochMs / dayMs);
  const rest = epochMs - day * dayMs;
  const minutes = Math.floor(rest / 60_000);
  const ms = rest % 1000;
  return `${dayText(day)}${two(Math.floor(minutes / 60))}:${two(
    minutes % 60,
  )}:${two(Math.floor(rest / 1000) % 60)}.${ms < 100 ? `0${two(ms)}` : ms}Z`;
}
