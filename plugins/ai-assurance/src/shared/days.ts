/** Calendar days in UTC as `YYYY-MM-DD`, the way date fields and URLs write them. */
const dayMs = 86_400_000;

/** Start of a day in epoch milliseconds; `undefined` for anything that is not a day. */
export function dayStartMs(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const startMs = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(startMs) ? undefined : startMs;
}

/** Start of the following day: the exclusive end of a period that goes through `day`. */
export function dayEndMs(day: string): number | undefined {
  const startMs = dayStartMs(day);
  return startMs === undefined ? undefined : startMs + dayMs;
}

const dayFormat = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'UTC',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The day, in UTC, that a moment lies in. */
export function dayOf(atMs: number): string {
  return dayFormat.format(atMs);
}

/** Spans that auditors ask for, as first and last day. */
export type PeriodPreset = 'last30' | 'thisQuarter' | 'lastQuarter';

export function periodOf(
  preset: PeriodPreset,
  nowMs: number,
): { from: string; through: string } {
  const today = dayOf(nowMs);
  if (preset === 'last30')
    return { from: dayOf(nowMs - 29 * dayMs), through: today };
  const year = Number(today.slice(0, 4));
  const quarter = Math.floor((Number(today.slice(5, 7)) - 1) / 3);
  if (preset === 'thisQuarter')
    return { from: firstDayOfQuarter(year, quarter), through: today };
  const start =
    quarter === 0
      ? firstDayOfQuarter(year - 1, 3)
      : firstDayOfQuarter(year, quarter - 1);
  return {
    from: start,
    through: dayOf(dayStartMs(firstDayOfQuarter(year, quarter))! - dayMs),
  };
}

function firstDayOfQuarter(year: number, quarter: number): string {
  return `${year}-${String(quarter * 3 + 1).padStart(2, '0')}-01`;
}
