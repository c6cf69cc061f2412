import {
  emptyHour,
  Hour,
  hourMs,
  hourOf,
  isEmpty,
  minuteMs,
  sumAfter,
} from './hours';
import { Minutes } from './slices';

const same = (a: number[], b: number[]) =>
  a.every((value, index) => value === b[index]);

/**
 * Puts newly counted minutes in the place of what a line had in `[fromMs, toMs)` and answers the hours that changed. `known`
 * are its hours since that of `fromMs` and the last one before, in order.
 */
export function mergeHours(
  known: Hour[],
  minutes: Minutes,
  range: { fromMs: number; toMs: number },
): Hour[] {
  const firstHour = hourOf(range.fromMs);
  const earlier = known.filter(hour => hour.startMs < firstHour);
  const hours = new Map(
    known
      .filter(hour => hour.startMs >= firstHour)
      .map(hour => [hour.startMs, hour]),
  );
  const touched = new Set<number>();
  for (const atMs of minutes.keys()) touched.add(hourOf(atMs));
  for (const startMs of hours.keys())
    if (startMs < range.toMs) touched.add(startMs);

  const changed = new Set<number>();
  for (const startMs of touched) {
    const old = hours.get(startMs);
    const next = old
      ? {
          startMs,
          before: old.before,
          good: old.good.slice(),
          total: old.total.slice(),
        }
      : emptyHour(startMs);
    const first = Math.max(0, Math.ceil((range.fromMs - startMs) / minuteMs));
    const last = Math.min(
      hourMs / minuteMs,
      Math.floor((range.toMs - startMs) / minuteMs),
    );
    for (let i = first; i < last; i += 1) {
      const counts = minutes.get(startMs + i * minuteMs);
      next.good[i] = counts?.goodCount ?? 0;
      next.total[i] = counts?.totalCount ?? 0;
    }
    // An hour that was never anything needs no row; one that became nothing has to say so.
    if (!old && isEmpty(next)) continue;
    if (old && same(old.good, next.good) && same(old.total, next.total))
      continue;
    hours.set(startMs, next);
    changed.add(startMs);
  }

  const inOrder = [...hours.values()].sort((a, b) => a.startMs - b.startMs);
  let before = earlier.length
    ? sumAfter(earlier[earlier.length - 1])
    : known[0]?.before ?? { goodCount: 0, totalCount: 0 };
  const result: Hour[] = [];
  for (const hour of inOrder) {
    const isMoved =
      hour.before.goodCount !== before.goodCount ||
      hour.before.totalCount !== before.totalCount;
    const next = isMoved
      ? { startMs: hour.startMs, before, good: hour.good, total: hour.total }
      : hour;
    if (isMoved || changed.has(hour.startMs)) result.push(next);
    before = sumAfter(next);
  }
  return result;
}
