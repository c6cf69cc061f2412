import { Knex } from 'knex';
import {
  Db,
  insertRows,
  joinNewest,
  numberPairs,
  PreparedRead,
  readBigint,
  readPrepared,
  Tx,
} from '../platform';
import { readingName, subjectOfReading } from './core/readings';
import { decodeHour, encodeHour, Hour, hourMs } from './core/hours';

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
  /** Another one after each change of what was counted, see {@link markOf}; `undefined`: none was left yet. */
  mark: string | undefined;
}

/** With how far was counted: an earlier version of the suite, which may count beside this one, leaves no mark. */
export const markOf = ({
  mark,
  toMs,
}: Pick<Progress, 'mark' | 'toMs'>): string | undefined =>
  mark && `${mark}@${toMs}`;

interface HourRow {
  series_id: unknown;
  start_ms: unknown;
  before_good: unknown;
  before_total: unknown;
  cells: string;
}

const chunkSize = 500;

/** For fewer lines a statement of their own costs more than it saves. */
const fewLines = 20;

const hourColumns = `slo_hour.series_id, slo_hour.start_ms, slo_hour.before_good, slo_hour.before_total, slo_hour.cells`;
const sinceRead: PreparedRead = {
  name: 'ai-assurance-slo-hours-since',
  sqlite: `SELECT ${hourColumns} FROM slo_hour WHERE slo_hour.series_id IN (SELECT value FROM json_each(?))
    AND slo_hour.start_ms >= ? ORDER BY slo_hour.series_id, slo_hour.start_ms`,
  postgres: `SELECT ${hourColumns} FROM slo_hour WHERE slo_hour.series_id = ANY($1::bigint[])
    AND slo_hour.start_ms >= $2 ORDER BY slo_hour.series_id, slo_hour.start_ms`,
};
const exactRead: PreparedRead = {
  name: 'ai-assurance-slo-hours',
  sqlite: `SELECT ${hourColumns} FROM slo_hour WHERE slo_hour.series_id IN (SELECT value FROM json_each(?))
    AND slo_hour.start_ms IN (SELECT value FROM json_each(?))`,
  postgres: `SELECT ${hourColumns} FROM slo_hour WHERE slo_hour.series_id = ANY($1::bigint[])
    AND slo_hour.start_ms = ANY($2::bigint[])`,
};

const marksText = (subjects: string) =>
  `SELECT slo_progress.subject, slo_progress.reading, slo_progress.mark, slo_progress.to_ms FROM slo_progress
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

interface MarkRow {
  subject: string;
  reading: string;
  mark: string | null;
  to_ms: unknown;
}

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
    const lone: { seriesId: number; hourMs: number }[] = [];
    for (const [fromMs, seriesIds] of groupsOf(
      wanted,
      one => one.hourMs,
      one => one.seriesId,
    )) {
      const rows = await readPrepared<HourRow>(tx, sinceRead, [
        seriesIds,
        // The last one before most often is the hour before.
        fromMs - hourMs,
      ]);
      for (const row of rows) {
        const seriesId = readBigint(row.series_id);
        const known = hours.get(seriesId);
        if (known) known.push(hourFrom(row));
        else hours.set(seriesId, [hourFrom(row)]);
      }
      for (const seriesId of seriesIds) {
        const first = hours.get(seriesId)?.[0];
        if (!first || first.startMs >= fromMs)
          lone.push({ seriesId, hourMs: fromMs - 1 });
      }
    }
    const before = await this.hoursAt(lone, tx);
    for (const { seriesId, hourMs: atMs } of lone) {
      const last = before.get(seriesId)?.get(atMs);
      if (last) hours.set(seriesId, [last, ...(hours.get(seriesId) ?? [])]);
    }
    return hours;
  }

  /**
   * The same as {@link hoursAt} for lines of which many ask for the same instants, sooner but in several statements: what
   * somebody changes meanwhile may not fit together.
   */
  async hoursOfEach(
    needed: { seriesId: number; hoursMs: ReadonlySet<number> }[],
  ): Promise<Map<number, Map<number, Hour>>> {
    const found = new Map<number, Map<number, Hour>>();
    const put = (seriesId: number, atMs: number, hour: Hour) => {
      const own = found.get(seriesId);
      if (own) own.set(atMs, hour);
      else found.set(seriesId, new Map([[atMs, hour]]));
    };
    for (const [hours, seriesIds] of groupsOf(
      needed,
      one => JSON.stringify([...one.hoursMs].sort((a, b) => a - b)),
      one => one.seriesId,
    )) {
      if (seriesIds.length < fewLines) continue;
      const rows = await readPrepared<HourRow>(this.#db.knex, exactRead, [
        seriesIds,
        JSON.parse(hours),
      ]);
      for (const row of rows) {
        const hour = hourFrom(row);
        put(readBigint(row.series_id), hour.startMs, hour);
      }
    }
    // In the others nothing was counted: the last hour before them tells their sum.
    const others = needed.flatMap(({ seriesId, hoursMs }) =>
      [...hoursMs]
        .filter(atMs => !found.get(seriesId)?.has(atMs))
        .map(atMs => ({ seriesId, hourMs: atMs })),
    );
    for (const [seriesId, hours] of await this.hoursAt(others))
      for (const [atMs, hour] of hours) put(seriesId, atMs, hour);
    return found;
  }

  /** For each pair the last hour that began by then. Pairs without one are left out: nothing was counted before. */
  async hoursAt(
    pairs: { seriesId: number; hourMs: number }[],
    tx: Tx | Knex = this.#db.knex,
  ): Promise<Map<number, Map<number, Hour>>> {
    const found = new Map<number, Map<number, Hour>>();
    const pairChunk = 5_000;
    for (let i = 0; i < pairs.length; i += pairChunk) {
      const { rows: wantedRows, binding } = numberPairs(
        this.#db.dialect,
        pairs.slice(i, i + pairChunk).map(pair => [pair.seriesId, pair.hourMs]),
      );
      const rows: (HourRow & { at: unknown })[] = rowsOf(
        await tx.raw(
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
    const rows = await readPrepared<MarkRow>(
      tx ?? this.#db.knex,
      tx ? lockedMarksRead : marksRead,
      [[...new Set(names.map(subjectOfReading))]],
    );
    const marks = new Map<string, string>();
    for (const row of rows) {
      const name = readingName(row.subject, row.reading);
      const mark = markOf({
        mark: row.mark ?? undefined,
        toMs: readBigint(row.to_ms),
      });
      if (mark !== undefined && wanted.has(name)) marks.set(name, mark);
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

/** Values of items that have the same key. */
function groupsOf<T, Key, Value>(
  items: T[],
  keyOf: (item: T) => Key,
  valueOf: (item: T) => Value,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known) known.push(valueOf(item));
    else groups.set(key, [valueOf(item)]);
  }
  return groups;
}

function rowsOf(answer: any): any[] {
  return Array.isArray(answer) ? answer : answer.rows;
}
