import { DateTime } from 'luxon';

/** Longest period of one pack. Longer ones are several packs. */
export const MAX_PERIOD_YEARS = 10;

/** Epoch milliseconds, half-open. */
export interface Period {
  startMs: number;
  endMs: number;
}

/** Why a period cannot be exported, in words; `undefined` when it can. An end in the future would promise what is not recorded yet. */
export function periodProblem(
  period: Period,
  nowMs: number,
): string | undefined {
  const { startMs, endMs } = period;
  if (startMs < 0)
    return 'body.periodStartMs: lies before 1970; give epoch milliseconds';
  if (startMs >= endMs)
    return 'body.periodEndMs: must lie after periodStartMs; the end itself is not part of the period';
  if (endMs > nowMs)
    return 'body.periodEndMs: lies in the future; export up to now at most';
  const latestEnd = DateTime.fromMillis(startMs, { zone: 'utc' })
    .plus({ years: MAX_PERIOD_YEARS })
    .toMillis();
  if (endMs > latestEnd)
    return `body.periodEndMs: a pack covers at most ${MAX_PERIOD_YEARS} years; export several packs`;
  return undefined;
}
