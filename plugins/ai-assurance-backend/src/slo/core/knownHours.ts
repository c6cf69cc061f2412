import { Hour } from './hours';

/** What is known of the hours of one line. */
export interface KnownHours {
  /** All hours since then are in `newest`, and the last one before; in order. */
  newestFromMs: number;
  newest: Hour[];
  /** By an earlier instant: the last hour that began by then, `null` where there was none. */
  older: Map<number, Hour | null>;
}

/** All hours since an instant, the last one before and maybe others; `undefined` where not all of them are known. */
export function knownSince(
  known: KnownHours,
  fromMs: number,
): Hour[] | undefined {
  return fromMs >= known.newestFromMs ? known.newest : undefined;
}

/** The last hour that began by an instant; `null`: there is none, `undefined`: it is not known. */
export function knownAt(
  { newestFromMs, newest, older }: KnownHours,
  atMs: number,
): Hour | null | undefined {
  if (atMs < newestFromMs) return older.get(atMs);
  for (let i = newest.length - 1; i >= 0; i -= 1)
    if (newest[i].startMs <= atMs) return newest[i];
  return null;
}

/** How a line was changed. */
export interface ChangedHours {
  /** All hours since then, and the last one before, as they are now; in order. */
  sinceMs: number;
  hours: Hour[];
  /** Those of them that are others than before. */
  changed: Hour[];
}

/** What is known after a change. Of the newest hours those since `keptFromMs` stay, and the last one before. */
export function knownAfter(
  known: KnownHours | undefined,
  { sinceMs, hours, changed }: ChangedHours,
  keptFromMs: number,
): KnownHours {
  const older = known?.older ?? new Map<number, Hour | null>();
  for (const hour of changed) {
    for (const [atMs, old] of older) {
      // An hour that is new may come between the instant and what was the last one before.
      if (hour.startMs <= atMs && (!old || hour.startMs >= old.startMs))
        older.set(atMs, hour);
    }
  }
  const newestFromMs = Math.max(
    known ? Math.min(known.newestFromMs, sinceMs) : sinceMs,
    keptFromMs,
  );
  let first = 0;
  while (first + 1 < hours.length && hours[first + 1].startMs < newestFromMs)
    first += 1;
  return {
    newestFromMs,
    newest: first === 0 ? hours : hours.slice(first),
    older,
  };
}
