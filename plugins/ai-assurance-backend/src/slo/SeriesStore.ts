import {
  Db,
  insertRows,
  joinByIndex,
  joinNewest,
  numberPairs,
  PreparedRead,
  readBigint,
  readPrepared,
  Tx,
} from '../platform';
import { readingName, subjectOfReading } from './core/readings';
import { decodeHour, encodeHour, Hour } from './core/hours';

/** One line of counts. */
export interface Series {
  seriesId: number;
  subject: string;
  indicator: string;
  /** Empty: the indicator as a whole. */
  segment: string;
}

export type SeriesKey = Omit<Series, 'seriesId'>;

export interface Progress {
  subject: string;
  reading: string;
  fromMs: number;
  /** Earlier counts lay beyond what the source kept: they are not whole. */
  wholeFromMs: number;
  toMs: number;
  dayReadAtMs: number;
  indicators: string[];
  /** Another one after each change of what was counted; `undefined`: none was left yet. */
  mark: string | undefined;
}

interface HourRow {
  series_id: unknown;
  start_ms: unknown;
  before_good: unknown;
  before_total: unknown;
  cells: string;
}

const chunkSize = 500;

const marksText = (subjects: string) =>
  `SELECT slo_progress.subject, slo_progress.reading, slo_progress.mark FROM slo_progress
     WHERE slo_progress.subject ${subjects}`;
const marksRead: PreparedRead = {
  name: 'ai-assurance-slo-marks',
  sqlite: marksText('IN (SELECT value FROM json_each(?))'),
  postgres: marksText('= ANY($1)'),
};
/** In one order, so that two that lock several never wait for each other. On SQLite a transaction is alone anyway. */
const lockedMarksRead: PreparedRead = {
  name: 'ai-assurance-slo-marks-locked',
  sqlite: marksRead.sqlite,
  postgres: `${marksRead.postgres} ORDER BY slo_progress.subject, slo_progress.reading FOR UPDATE`,
};

const hourFrom = (row: HourRow): Hour =>
  decodeHour(
    readBigint(row.start_ms),
    {
      goodCount: Number(row.before_good),
      totalCount: Number(row.before_total),
    },
    row.cells,
  );

const nameOf = (key: SeriesKey) =>
  `${key.subject}\n${key.indicator}\n${key.segment}`;

/** Lines of counts by hour. Everything in it is derived from telemetry or engines and may be counted again. */
export class SeriesStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async seriesOf(subjects: string[]): Promise<Series[]> {
    const rows: any[] = await this.#db
      .knex('slo_series')
      .whereIn('slo_series.subject', subjects)
      .select('slo_series.*');
    return rows.map(row => ({
      seriesId: readBigint(row.series_id),
      subject: row.subject,
      indicator: row.indicator,
      segment: row.segment,
    }));
  }

  /** Makes the lines that are missing among `wanted`. */
  async ensure(
    tx: Tx,
    known: Series[],
    wanted: SeriesKey[],
  ): Promise<Series[]> {
    const names = new Set(known.map(nameOf));
    const missing = new Map(
      wanted.filter(key => !names.has(nameOf(key))).map(k => [nameOf(k), k]),
    );
    const made: Series[] = [];
    const rows = [...missing.values()];
    for (let i = 0; i < rows.length; i += chunkSize) {
      const chunk = rows.slice(i, i + chunkSize);
      await tx('slo_series')
        .insert(chunk)
        .onConflict(['subject', 'indicator', 'segment'])
        .ignore();
    }
    if (rows.length === 0) return known;
    const subjects = [...new Set(rows.map(row => row.subject))];
    const found: any[] = await tx('slo_series')
      .whereIn('slo_series.subject', subjects)
      .select('slo_series.*');
    for (const row of found) {
      const series = {
        seriesId: readBigint(row.series_id),
        subject: row.subject,
        indicator: row.indicator,
        segment: row.segment,
      };
      if (missing.has(nameOf(series))) made.push(series);
    }
    return [...known, ...made];
  }

  /**
   * For each line its hours since the given one, and the last before it; those tell the sum on which what follows builds.
   */
  async hoursSince(
    tx: Tx,
    wanted: { seriesId: number; hourMs: number }[],
  ): Promise<Map<number, Hour[]>> {
    const hours = new Map<number, Hour[]>();
    for (let i = 0; i < wanted.length; i += chunkSize) {
      const { rows: wantedRows, binding } = numberPairs(
        this.#db.dialect,
        wanted.slice(i, i + chunkSize).map(one => [one.seriesId, one.hourMs]),
      );
      const rows: HourRow[] = rowsOf(
        await tx.raw(
          `WITH wanted AS MATERIALIZED (SELECT first AS series_id, coalesce(
               (SELECT max(earlier.start_ms) FROM slo_hour earlier
                WHERE earlier.series_id = first AND earlier.start_ms < second), second) AS since_ms
             FROM ${wantedRows})
           SELECT slo_hour.series_id, slo_hour.start_ms, slo_hour.before_good, slo_hour.before_total, slo_hour.cells
           FROM wanted ${joinByIndex(
             this.#db.dialect,
             'slo_hour',
             'slo_hour.series_id = wanted.series_id AND slo_hour.start_ms >= wanted.since_ms',
           )}
           ORDER BY slo_hour.series_id, slo_hour.start_ms`,
          [binding],
        ),
      );
      for (const row of rows) {
        const seriesId = readBigint(row.series_id);
        const known = hours.get(seriesId);
        if (known) known.push(hourFrom(row));
        else hours.set(seriesId, [hourFrom(row)]);
      }
    }
    return hours;
  }

  /** For each pair the last hour that began by then. Pairs without one are left out: nothing was counted before. */
  async hoursAt(
    pairs: { seriesId: number; hourMs: number }[],
  ): Promise<Map<number, Map<number, Hour>>> {
    const found = new Map<number, Map<number, Hour>>();
    const pairChunk = 5_000;
    for (let i = 0; i < pairs.length; i += pairChunk) {
      const { rows: wantedRows, binding } = numberPairs(
        this.#db.dialect,
        pairs.slice(i, i + pairChunk).map(pair => [pair.seriesId, pair.hourMs]),
      );
      const rows: (HourRow & { at: unknown })[] = rowsOf(
        await this.#db.knex.raw(
          `SELECT pairs.second AS at, slo_hour.series_id, slo_hour.start_ms, slo_hour.before_good, slo_hour.before_total, slo_hour.cells
           FROM ${wantedRows} ${joinNewest(this.#db.dialect, {
            table: 'slo_hour',
            key: 'series_id',
            keyIs: 'pairs.first',
            order: 'start_ms',
            upTo: 'pairs.second',
          })}`,
          [binding],
        ),
      );
      for (const row of rows) {
        const seriesId = readBigint(row.series_id);
        let hours = found.get(seriesId);
        if (!hours) {
          hours = new Map();
          found.set(seriesId, hours);
        }
        hours.set(readBigint(row.at), hourFrom(row));
      }
    }
    return found;
  }

  async saveHours(
    tx: Tx,
    hours: { seriesId: number; hour: Hour }[],
  ): Promise<void> {
    for (let i = 0; i < hours.length; i += chunkSize) {
      await insertRows(
        tx,
        'slo_hour',
        hours.slice(i, i + chunkSize).map(({ seriesId, hour }) => ({
          series_id: seriesId,
          start_ms: hour.startMs,
          before_good: hour.before.goodCount,
          before_total: hour.before.totalCount,
          cells: encodeHour(hour),
        })),
        `ON CONFLICT (series_id, start_ms) DO UPDATE SET before_good = excluded.before_good,
         before_total = excluded.before_total, cells = excluded.cells`,
      );
    }
  }

  async progressOf(subjects: string[]): Promise<Progress[]> {
    const rows: any[] = await this.#db
      .knex('slo_progress')
      .whereIn('slo_progress.subject', subjects)
      .select('slo_progress.*');
    return rows.map(row => ({
      subject: row.subject,
      reading: row.reading,
      fromMs: readBigint(row.from_ms),
      wholeFromMs: readBigint(row.whole_from_ms),
      toMs: readBigint(row.to_ms),
      dayReadAtMs: readBigint(row.day_read_at_ms),
      indicators: JSON.parse(row.indicators),
      mark: row.mark ?? undefined,
    }));
  }

  /**
   * The marks of readings by their names, without those that have none. Within a transaction they stand until its end: who
   * else wants to change what was counted has to wait.
   */
  async marks(names: string[], tx?: Tx): Promise<Map<string, string>> {
    const wanted = new Set(names);
    const rows = await readPrepared<{
      subject: string;
      reading: string;
      mark: string | null;
    }>(tx ?? this.#db.knex, tx ? lockedMarksRead : marksRead, [
      [...new Set(names.map(subjectOfReading))],
    ]);
    const marks = new Map<string, string>();
    for (const { subject, reading, mark } of rows) {
      const name = readingName(subject, reading);
      if (mark !== null && wanted.has(name)) marks.set(name, mark);
    }
    return marks;
  }

  async saveProgress(tx: Tx, progress: Progress[]): Promise<void> {
    for (let i = 0; i < progress.length; i += chunkSize) {
      await insertRows(
        tx,
        'slo_progress',
        progress.slice(i, i + chunkSize).map(one => ({
          subject: one.subject,
          reading: one.reading,
          from_ms: one.fromMs,
          whole_from_ms: one.wholeFromMs,
          to_ms: one.toMs,
          day_read_at_ms: one.dayReadAtMs,
          indicators: JSON.stringify(one.indicators),
          mark: one.mark ?? null,
        })),
        `ON CONFLICT (subject, reading) DO UPDATE SET from_ms = excluded.from_ms,
         whole_from_ms = excluded.whole_from_ms, to_ms = excluded.to_ms, day_read_at_ms = excluded.day_read_at_ms, indicators = excluded.indicators,
         mark = excluded.mark`,
      );
    }
  }

  /** Drops hours that no window reaches any more; the last one before stays, since it tells the sum so far. */
  async trim(tx: Tx, seriesIds: number[], neededFromMs: number): Promise<void> {
    for (const seriesId of seriesIds) {
      const last = await tx('slo_hour')
        .where('slo_hour.series_id', seriesId)
        .andWhere('slo_hour.start_ms', '<', neededFromMs)
        .max({ at: 'slo_hour.start_ms' })
        .first();
      if (last?.at === null || last?.at === undefined) continue;
      await tx('slo_hour')
        .where('slo_hour.series_id', seriesId)
        .andWhere('slo_hour.start_ms', '<', readBigint(last.at))
        .delete();
    }
  }

  /** Forgets lines and progress of a subject that nothing measures any more. */
  async forget(
    tx: Tx,
    subject: string,
    isKept: (indicator: string) => boolean,
    keptReadings: string[],
  ): Promise<void> {
    // Whoever counts is waited for, in the order in which it locks.
    await this.marks([readingName(subject, '')], tx);
    const rows: any[] = await tx('slo_series')
      .where('slo_series.subject', subject)
      .select('slo_series.series_id', 'slo_series.indicator');
    const ids = rows
      .filter(row => !isKept(row.indicator))
      .map(row => readBigint(row.series_id));
    for (let i = 0; i < ids.length; i += chunkSize) {
      const chunk = ids.slice(i, i + chunkSize);
      await tx('slo_hour').whereIn('slo_hour.series_id', chunk).delete();
      await tx('slo_series').whereIn('slo_series.series_id', chunk).delete();
    }
    await tx('slo_progress')
      .where('slo_progress.subject', subject)
      .whereNotIn('slo_progress.reading', keptReadings)
      .delete();
  }
}

function rowsOf(answer: any): any[] {
  return Array.isArray(answer) ? answer : answer.rows;
}
