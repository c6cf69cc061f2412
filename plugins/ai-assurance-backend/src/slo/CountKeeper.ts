import { Db, Ids, Tx } from '../platform';
import { Hour, hourMs, hourOf } from './core/hours';
import { ChangedHours } from './core/knownHours';
import { mergeHours } from './core/mergeHours';
import { Reading, readingName } from './core/readings';
import { Counted, Due, isKnownIn } from './countReadings';
import { HourMemory } from './HourMemory';
import { markOf, Progress, Series, SeriesStore } from './SeriesStore';

/** What was kept: the lines that there are then, and how far each reading was counted. */
export interface KeptCounts {
  series: Series[];
  progress: Progress[];
}

/** Keeps counts as sums by hour, with how far was counted. */
export class CountKeeper {
  readonly #deps: {
    db: Db;
    series: SeriesStore;
    memory: HourMemory;
    ids: Ids;
    /** Since when a reading is whole whose source was read from `fromMs` on, at `toMs`. */
    wholeFromMs(reading: Reading, fromMs: number, toMs: number): number;
  };

  constructor(deps: {
    db: Db;
    series: SeriesStore;
    memory: HourMemory;
    ids: Ids;
    wholeFromMs(reading: Reading, fromMs: number, toMs: number): number;
  }) {
    this.#deps = deps;
  }

  /** Keeps counts and progress in one transaction. Counts of a reading that is not in `due` are left as they were. */
  async keep(
    known: Series[],
    counted: Counted[],
    due: Due[],
    beganMs?: number,
  ): Promise<KeptCounts> {
    const { db, memory, ids } = this.#deps;
    if (due.length === 0) return { series: known, progress: [] };
    const mark = ids.next('cnt');
    const progress = due.map(one => this.#progressOf(one, mark, beganMs));
    const readingOf = new Map(
      due.flatMap(({ reading }) =>
        reading.indicators.map(({ key }) => [
          `${reading.subject}\n${key}`,
          readingName(reading.subject, reading.key),
        ]),
      ),
    );
    const own = counted.filter(one =>
      readingOf.has(`${one.subject}\n${one.indicator}`),
    );
    const kept = await db.transaction(tx =>
      this.#keepIn(tx, known, own, due, readingOf, progress),
    );
    due.forEach(({ reading, range }, i) => {
      const name = readingName(reading.subject, reading.key);
      // Where there was nothing to wait at, another may have written at the same time.
      if (kept.marks.get(name) !== undefined)
        memory.changed(
          name,
          kept.marks,
          markOf(progress[i])!,
          kept.changes.get(name) ?? new Map(),
          range.toMs,
        );
    });
    return { series: kept.series, progress };
  }

  async #keepIn(
    tx: Tx,
    known: Series[],
    counted: Counted[],
    due: Due[],
    readingOf: ReadonlyMap<string, string>,
    progress: Progress[],
  ) {
    const { series: store, memory } = this.#deps;
    // Of two that count the same, one waits here: what it then goes by is what the other left.
    const marks = await store.marks([...readingOf.values()], tx);
    const series = await store.ensure(
      tx,
      known,
      counted.flatMap(({ subject, indicator, segments }) =>
        [...segments].flatMap(([segment, minutes]) =>
          minutes.size > 0 ? [{ subject, indicator, segment }] : [],
        ),
      ),
    );
    const byIndicator = new Map<string, Series[]>();
    for (const one of series) {
      const key = `${one.subject}\n${one.indicator}`;
      const group = byIndicator.get(key);
      if (group) group.push(one);
      else byIndicator.set(key, [one]);
    }
    // A line that is known and counted nothing in this stretch may have counted something there before.
    const pieces = counted.flatMap(one => {
      const key = `${one.subject}\n${one.indicator}`;
      return (byIndicator.get(key) ?? []).map(line => ({ line, one }));
    });
    const since = new Map<
      number,
      { reading: string; seriesId: number; hourMs: number }
    >();
    for (const { line, one } of pieces) {
      const { seriesId } = line;
      const fromHourMs = hourOf(one.range.fromMs);
      const first = since.get(seriesId);
      if (first) first.hourMs = Math.min(first.hourMs, fromHourMs);
      else
        since.set(seriesId, {
          reading: readingOf.get(`${line.subject}\n${line.indicator}`)!,
          seriesId,
          hourMs: fromHourMs,
        });
    }
    const endMs = Math.max(...due.map(({ range }) => range.toMs));
    const stored = await memory.since(tx, [...since.values()], marks, endMs);
    const changed = new Map<number, Map<number, Hour>>();
    for (const { line, one } of pieces) {
      const hoursKnown = stored.get(line.seriesId)!;
      const before = hoursKnown.hours;
      const merged = mergeHours(
        before,
        one.segments.get(line.segment) ?? new Map(),
        one.range,
      );
      if (merged.length === 0) continue;
      const byStart = new Map(before.map(hour => [hour.startMs, hour]));
      const own = changed.get(line.seriesId) ?? new Map<number, Hour>();
      changed.set(line.seriesId, own);
      for (const hour of merged) {
        byStart.set(hour.startMs, hour);
        own.set(hour.startMs, hour);
      }
      stored.set(line.seriesId, {
        ...hoursKnown,
        hours: [...byStart.values()].sort((a, b) => a.startMs - b.startMs),
      });
    }
    await store.saveHours(
      tx,
      [...changed].flatMap(([seriesId, own]) =>
        [...own.values()].map(hour => ({ seriesId, hour })),
      ),
    );
    for (const { reading, range } of due.filter(one => one.range.isDayRead)) {
      const seriesIds = reading.indicators.flatMap(({ key }) =>
        (byIndicator.get(`${reading.subject}\n${key}`) ?? []).map(
          line => line.seriesId,
        ),
      );
      const neededFromMs = range.toMs - reading.reachMs - 24 * hourMs;
      await store.trim(tx, seriesIds, neededFromMs);
    }
    await store.saveProgress(tx, progress);
    const changes = new Map<string, Map<number, ChangedHours>>();
    for (const { reading, seriesId } of since.values()) {
      const own = changes.get(reading) ?? new Map<number, ChangedHours>();
      changes.set(reading, own);
      own.set(seriesId, {
        ...stored.get(seriesId)!,
        changed: [...(changed.get(seriesId)?.values() ?? [])],
      });
    }
    return { series, marks, changes };
  }

  #progressOf(
    { reading, range, progress }: Due,
    mark: string,
    beganMs: number | undefined,
  ): Progress {
    const fromMs = beganMs ?? range.fromMs;
    const isKnown = isKnownIn(reading, progress);
    return {
      subject: reading.subject,
      reading: reading.key,
      fromMs: isKnown ? Math.min(fromMs, progress!.fromMs) : fromMs,
      wholeFromMs: isKnown
        ? progress!.wholeFromMs
        : this.#deps.wholeFromMs(reading, fromMs, range.toMs),
      toMs: range.toMs,
      dayReadAtMs: range.isDayRead
        ? range.toMs
        : progress?.dayReadAtMs ?? range.toMs,
      indicators: reading.indicators.map(one => one.key),
      mark,
    };
  }
}
