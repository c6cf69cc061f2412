import { Db, PreparedRead, readBigint, readPrepared } from '../platform';
import { eachSegment, readMembers } from './core/levels/segments';
import { WindowList } from './core/readWindow';
import { decodeValue, WindowValue } from './core/windowValue';
import { LevelReads } from './LevelReads';
import { Window, WindowsQuestion } from './types';

const mostStreamsKept = 100_000;

interface StreamRow {
  stream_id: unknown;
  subject_ref: string;
  metric: string;
}

interface MinuteRow {
  stream_id: unknown;
  start_ms: unknown;
  /** Null in a row of the levels. */
  series_id: unknown;
  kind: string | null;
  members: Uint8Array | null;
  segments: Uint8Array | null;
  value: string | null;
}

const streamsRead: PreparedRead = {
  sqlite: `SELECT s.stream_id, s.subject_ref, s.metric FROM telemetry_stream s
    WHERE s.subject_ref IN (SELECT value FROM json_each(?))`,
  postgres: `SELECT s.stream_id, s.subject_ref, s.metric FROM telemetry_stream s
    WHERE s.subject_ref = ANY($1::text[])`,
};

/** In one statement: a window that is moved into the levels meanwhile is in one of them, and only there. */
const minutesRead: PreparedRead = {
  sqlite: `SELECT l.stream_id, l.start_ms, NULL AS series_id, NULL AS kind, l.members, l.segments, NULL AS value
      FROM telemetry_level l
      WHERE l.stream_id IN (SELECT value FROM json_each(?1)) AND l.level = 0 AND l.start_ms >= ?2 AND l.start_ms < ?3
    UNION ALL
    SELECT s.stream_id, w.start_ms, s.series_id, s.kind, NULL, NULL, w.value
      FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
      WHERE s.stream_id IN (SELECT value FROM json_each(?1)) AND w.start_ms >= ?2 AND w.start_ms < ?3`,
  postgres: `SELECT l.stream_id, l.start_ms, CAST(NULL AS bigint) AS series_id, CAST(NULL AS varchar) AS kind,
      l.members, l.segments, CAST(NULL AS text) AS value
      FROM telemetry_level l
      WHERE l.stream_id = ANY($1::bigint[]) AND l.level = 0 AND l.start_ms >= $2 AND l.start_ms < $3
    UNION ALL
    SELECT s.stream_id, w.start_ms, s.series_id, s.kind, NULL, NULL, w.value
      FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
      WHERE s.stream_id = ANY($1::bigint[]) AND w.start_ms >= $2 AND w.start_ms < $3`,
};

const firstRead: PreparedRead = {
  sqlite: `SELECT (SELECT min(l.start_ms) FROM telemetry_level l WHERE l.stream_id = ?1 AND l.level = 0) AS moved_ms,
      (SELECT min(w.start_ms) FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
        WHERE s.stream_id = ?1) AS waiting_ms`,
  postgres: `SELECT (SELECT min(l.start_ms) FROM telemetry_level l WHERE l.stream_id = $1 AND l.level = 0) AS moved_ms,
      (SELECT min(w.start_ms) FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
        WHERE s.stream_id = $1) AS waiting_ms`,
};

const nameOf = (subject: string, metric: string) => `${subject}|${metric}`;

/** Reads the minutes of many streams in one statement. */
export class MinuteReads {
  readonly #db: Db;
  readonly #levels: LevelReads;
  /** Streams never change their id. */
  readonly #streams = new Map<string, number>();

  constructor(deps: { db: Db; levels: LevelReads }) {
    this.#db = deps.db;
    this.#levels = deps.levels;
  }

  /** Hands on the windows of each question, one after the other; of what was never reported, none. */
  async each<Q extends WindowsQuestion>(
    questions: readonly Q[],
    range: { fromMs: number; toMs: number },
    use: (question: Q, windows: Window[]) => void,
  ): Promise<void> {
    const streams = await this.#streamsOf(questions);
    const rows = await readPrepared<MinuteRow>(this.#db.knex, minutesRead, [
      [...new Set(streams.filter(id => id !== undefined))],
      range.fromMs,
      range.toMs,
    ]);
    const byStream = new Map<number, MinuteRow[]>();
    for (const row of rows) {
      const streamId = readBigint(row.stream_id);
      const known = byStream.get(streamId);
      if (known) known.push(row);
      else byStream.set(streamId, [row]);
    }
    for (const [i, question] of questions.entries()) {
      const streamId = streams[i];
      use(
        question,
        streamId === undefined
          ? []
          : await this.#windowsOf(streamId, byStream.get(streamId) ?? []),
      );
    }
  }

  /** Start of the oldest window that is kept; `undefined` where there is none. */
  async firstStartMs(question: WindowsQuestion): Promise<number | undefined> {
    const [streamId] = await this.#streamsOf([question]);
    if (streamId === undefined) return undefined;
    const [row] = await readPrepared<{
      moved_ms: unknown;
      waiting_ms: unknown;
    }>(this.#db.knex, firstRead, [streamId]);
    const starts = [row.moved_ms, row.waiting_ms].flatMap(ms =>
      ms === null ? [] : [readBigint(ms)],
    );
    return starts.length > 0 ? Math.min(...starts) : undefined;
  }

  async #windowsOf(streamId: number, rows: MinuteRow[]): Promise<Window[]> {
    const labels = await this.#levels.labelsOf(
      streamId,
      new Set(
        rows.flatMap(row =>
          row.members ? readMembers(row.members) : [readBigint(row.series_id)],
        ),
      ),
    );
    const list = new WindowList();
    const add = (seriesId: number, startMs: number, value: WindowValue) => {
      const { kind, lastStartMs, ...segment } = labels.get(seriesId)!;
      list.add(seriesId, { ...segment, startMs, value });
    };
    for (const {
      start_ms,
      members,
      segments,
      series_id,
      kind,
      value,
    } of rows) {
      const startMs = readBigint(start_ms);
      if (members)
        eachSegment(
          { members, segments: segments! },
          seriesId => labels.has(seriesId),
          (seriesId, read) => add(seriesId, startMs, read),
        );
      else add(readBigint(series_id), startMs, decodeValue(kind!, value!));
    }
    return list.windows();
  }

  async #streamsOf(
    questions: readonly WindowsQuestion[],
  ): Promise<(number | undefined)[]> {
    const known = this.#streams;
    const unknown = questions.filter(
      ({ subject, metric }) => !known.has(nameOf(subject, metric)),
    );
    if (unknown.length > 0) {
      const rows = await readPrepared<StreamRow>(this.#db.knex, streamsRead, [
        [...new Set(unknown.map(({ subject }) => subject))],
      ]);
      if (known.size + rows.length > mostStreamsKept) known.clear();
      for (const row of rows)
        known.set(
          nameOf(row.subject_ref, row.metric),
          readBigint(row.stream_id),
        );
    }
    return questions.map(({ subject, metric }) =>
      known.get(nameOf(subject, metric)),
    );
  }
}
