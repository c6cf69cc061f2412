import { Tx } from '../platform';
import { Hour, hourMs, hourOf, minuteMs } from './core/hours';
import {
  ChangedHours,
  knownAfter,
  knownAt,
  KnownHours,
  knownSince,
} from './core/knownHours';
import { SeriesStore } from './SeriesStore';

/** About 550 bytes each. */
const mostHours = 150_000;
/** Late points of every tenth evaluation are an hour old at most: so far back hours are read anew each time. */
const newestMs = 2 * hourMs;
/** What nothing asked for so long makes room for others. */
const unusedAfterMs = 10 * minuteMs;

/** Marks of readings by their names: what is known under the mark that the database has is what the database has. */
export type Marks = ReadonlyMap<string, string | undefined>;

/** A line of a reading and the instants whose hours are asked for. */
export interface NeededHours {
  reading: string;
  seriesId: number;
  /** Whole hours. */
  hoursMs: Set<number>;
}

interface Kept {
  mark: string;
  usedAtMs: number;
  hourCount: number;
  lines: Map<number, KnownHours>;
}

const pairsOf = (needed: NeededHours[]) =>
  needed.flatMap(({ seriesId, hoursMs }) =>
    [...hoursMs].map(atMs => ({ seriesId, hourMs: atMs })),
  );

/**
 * Hours of lines that evaluations ask for again and again. They are kept while the mark of their reading stands, which every
 * change in the database replaces, whichever replica makes it; a change of our own is put here too. Few hours are therefore
 * read: those that a window reaches for the first time.
 */
export class HourMemory {
  readonly #series: SeriesStore;
  /** By the name of the reading; what was used last is last. */
  readonly #kept = new Map<string, Kept>();
  readonly #mostHours: number;
  #hourCount = 0;

  constructor(series: SeriesStore, most: number = mostHours) {
    this.#series = series;
    this.#mostHours = most;
  }

  /**
   * Of each line its hours since the given one or an earlier one, and the last before. `marks` MUST have been read in `tx`.
   */
  async since(
    tx: Tx,
    wanted: { reading: string; seriesId: number; hourMs: number }[],
    marks: Marks,
    endMs: number,
  ): Promise<Map<number, Omit<ChangedHours, 'changed'>>> {
    const found = new Map<number, Omit<ChangedHours, 'changed'>>();
    const missing: typeof wanted = [];
    for (const one of wanted) {
      const line = this.#of(one.reading, marks)?.lines.get(one.seriesId);
      const hours = line && knownSince(line, one.hourMs);
      if (hours) found.set(one.seriesId, { sinceMs: line.newestFromMs, hours });
      else
        missing.push({
          ...one,
          hourMs: Math.min(one.hourMs, hourOf(endMs) - newestMs),
        });
    }
    if (missing.length === 0) return found;
    const read = await this.#series.hoursSince(tx, missing);
    for (const { seriesId, hourMs: sinceMs } of missing)
      found.set(seriesId, { sinceMs, hours: read.get(seriesId) ?? [] });
    return found;
  }

  /**
   * What became of a reading in a transaction that is committed. `before` is the mark that it had in it, `mark` the one that
   * it was left with.
   */
  changed(
    reading: string,
    before: Marks,
    mark: string,
    lines: ReadonlyMap<number, ChangedHours>,
    endMs: number,
  ): void {
    const known = this.#of(reading, before)?.lines;
    this.#drop(reading);
    const keptFromMs = hourOf(endMs) - newestMs;
    const next = new Map(known);
    for (const [seriesId, change] of lines)
      next.set(seriesId, knownAfter(known?.get(seriesId), change, keptFromMs));
    this.#keep(reading, { mark, usedAtMs: endMs, hourCount: 0, lines: next });
  }

  /** The hours that are asked for, by line and instant, as of the given marks or newer. */
  async at(
    needed: NeededHours[],
    marks: Marks,
    endMs: number,
  ): Promise<Map<number, Map<number, Hour>>> {
    const found = new Map<number, Map<number, Hour>>();
    const missing: NeededHours[] = [];
    for (const one of needed) {
      const kept = this.#of(one.reading, marks);
      if (kept) kept.usedAtMs = endMs;
      const line = kept?.lines.get(one.seriesId);
      const own = new Map<number, Hour>();
      const unknown = new Set<number>();
      for (const atMs of one.hoursMs) {
        const hour = line && knownAt(line, atMs);
        if (hour) own.set(atMs, hour);
        else if (hour === undefined) unknown.add(atMs);
      }
      found.set(one.seriesId, own);
      if (unknown.size > 0) missing.push({ ...one, hoursMs: unknown });
      if (line) forgetUnasked(line, one.hoursMs);
    }
    if (missing.length > 0)
      await this.#read(needed, missing, marks, found, endMs);
    return found;
  }

  async #read(
    needed: NeededHours[],
    missing: NeededHours[],
    marks: Marks,
    found: Map<number, Map<number, Hour>>,
    endMs: number,
  ): Promise<void> {
    const read = await this.#series.hoursOfEach(missing);
    const names = new Set(missing.map(one => one.reading));
    const now = await this.#series.marks([...names]);
    for (const name of names) {
      if (now.get(name) === marks.get(name)) continue;
      // Somebody else changed it meanwhile: what is kept and what was read may not fit together.
      this.#drop(name);
      const own = needed.filter(one => one.reading === name);
      const anew = await this.#series.hoursAt(pairsOf(own));
      for (const { seriesId } of own)
        found.set(seriesId, anew.get(seriesId) ?? new Map());
      names.delete(name);
    }
    for (const { reading, seriesId, hoursMs } of missing) {
      if (!names.has(reading)) continue;
      const own = found.get(seriesId)!;
      const line = this.#of(reading, marks)?.lines.get(seriesId);
      for (const atMs of hoursMs) {
        const hour = read.get(seriesId)?.get(atMs) ?? null;
        if (hour) own.set(atMs, hour);
        line?.older.set(atMs, hour);
      }
    }
    for (const name of names) {
      const kept = this.#of(name, marks);
      if (!kept) continue;
      this.#drop(name);
      this.#keep(name, { ...kept, usedAtMs: endMs });
    }
  }

  #of(reading: string, marks: Marks): Kept | undefined {
    const kept = this.#kept.get(reading);
    return kept?.mark === marks.get(reading) ? kept : undefined;
  }

  #drop(reading: string): void {
    const kept = this.#kept.get(reading);
    if (!kept) return;
    this.#kept.delete(reading);
    this.#hourCount -= kept.hourCount;
  }

  /** Where there is no room, what is in use stays: readings that take turns in it would all be read each time. */
  #keep(reading: string, kept: Kept): void {
    let hourCount = 0;
    for (const { newest, older } of kept.lines.values())
      hourCount += newest.length + older.size;
    for (const [name, { usedAtMs }] of this.#kept) {
      if (this.#hourCount + hourCount <= this.#mostHours) break;
      if (kept.usedAtMs - usedAtMs < unusedAfterMs) return;
      this.#drop(name);
    }
    if (this.#hourCount + hourCount > this.#mostHours) return;
    this.#kept.set(reading, { ...kept, hourCount });
    this.#hourCount += hourCount;
  }
}

/** Windows moved on: what they left behind is not asked for again. */
function forgetUnasked(
  { older }: KnownHours,
  asked: ReadonlySet<number>,
): void {
  for (const atMs of older.keys()) if (!asked.has(atMs)) older.delete(atMs);
}
