import { DateTime, DurationLike } from 'luxon';
import { BudgetWindow } from './types';

/** A stretch of time in which a budget is spent; half-open. */
export interface Period {
  startMs: number;
  endMs: number;
}

function lengthOf(
  { count, unit }: Extract<BudgetWindow, { kind: 'calendar' }>,
  periods: number,
): DurationLike {
  const amount = count * periods;
  switch (unit) {
    case 'm':
      return { minutes: amount };
    case 'h':
      return { hours: amount };
    case 'd':
      return { days: amount };
    case 'w':
      return { weeks: amount };
    case 'M':
      return { months: amount };
    case 'Q':
      return { months: 3 * amount };
    default:
      return { years: amount };
  }
}

const unitMs = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_629_746_000,
  Q: 7_889_238_000,
  Y: 31_556_952_000,
};

/**
 * The period that holds an instant. A rolling window ends at it; a calendar one follows the clock on the wall of its zone,
 * so that a day may have 23 or 25 hours and a month begins at its own midnight. Periods are counted from the start time in
 * both directions; one that begins on the 31st begins on the last day of shorter months.
 */
export function periodAt(window: BudgetWindow, atMs: number): Period {
  if (window.kind === 'rolling')
    return { startMs: atMs - window.lengthMs, endMs: atMs };
  const start = DateTime.fromFormat(window.startTime, 'yyyy-MM-dd HH:mm:ss', {
    zone: window.timeZone,
  });
  const startOf = (period: number) =>
    start.plus(lengthOf(window, period)).toMillis();
  // An estimate by mean lengths is off by a period or two at most.
  let period = Math.floor(
    (atMs - start.toMillis()) / (window.count * unitMs[window.unit]),
  );
  while (startOf(period) > atMs) period -= 1;
  while (startOf(period + 1) <= atMs) period += 1;
  return { startMs: startOf(period), endMs: startOf(period + 1) };
}

/** The longest that a window can be, for what has to be kept: a day, a month or a year may be longer than another. */
export function longestOf(window: BudgetWindow): number {
  if (window.kind === 'rolling') return window.lengthMs;
  const slack: Record<typeof window.unit, number> = {
    m: 0,
    h: 0,
    d: unitMs.h,
    w: unitMs.h,
    M: unitMs.d * 2,
    Q: unitMs.d * 3,
    Y: unitMs.d * 2,
  };
  return window.count * unitMs[window.unit] + slack[window.unit];
}
