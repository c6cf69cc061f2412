import {
  CopiedRow,
  copyOut,
  Db,
  PreparedRead,
  readBigint,
  readPrepared,
} from '../platform';

interface StreamRow {
  stream_id: unknown;
  subject_ref: string;
  metric: string;
}

/** Minutes of a stream: a row of the levels with many series, or a window of one that is not moved there yet. */
export interface MinuteRow {
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

/** For PostgreSQL, with the words for the ids of streams and for both ends of the range. */
const minutesText = (streams: string, from: string, to: string) =>
  `SELECT l.stream_id, l.start_ms, CAST(NULL AS bigint) AS series_id, CAST(NULL AS varchar) AS kind,
      l.members, l.segments, CAST(NULL AS text) AS value
      FROM telemetry_level l
      WHERE l.stream_id = ANY(${streams}::bigint[]) AND l.level = 0 AND l.start_ms >= ${from} AND l.start_ms < ${to}
    UNION ALL
    SELECT s.stream_id, w.start_ms, s.series_id, s.kind, NULL, NULL, w.value
      FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
      WHERE s.stream_id = ANY(${streams}::bigint[]) AND w.start_ms >= ${from} AND w.start_ms < ${to}`;

/** In one statement: a window that is moved into the levels meanwhile is in one of them, and only there. */
const minutesRead: PreparedRead = {
  sqlite: `WITH asked(streams, from_ms, to_ms) AS (VALUES (?, ?, ?))
    SELECT l.stream_id, l.start_ms, NULL AS series_id, NULL AS kind, l.members, l.segments, NULL AS value
      FROM asked CROSS JOIN json_each(asked.streams) AS ids
        CROSS JOIN telemetry_level l ON l.stream_id = ids.value AND l.level = 0
      WHERE l.start_ms >= asked.from_ms AND l.start_ms < asked.to_ms
    UNION ALL
    SELECT s.stream_id, w.start_ms, s.series_id, s.kind, NULL, NULL, w.value
      FROM asked CROSS JOIN json_each(asked.streams) AS ids
        CROSS JOIN telemetry_series s ON s.stream_id = ids.value
        CROSS JOIN telemetry_window w ON w.series_id = s.series_id
      WHERE w.start_ms >= asked.from_ms AND w.start_ms < asked.to_ms`,
  postgres: minutesText('$1', '$2', '$3'),
};

/** What a stream is found by among others. */
export const streamName = (of: { subject: string; metric: string }) =>
  `${of.subject}|${of.metric}`;

/** Ids of all streams of these subjects, by their names. */
export async function readStreams(
  db: Db,
  subjects: Iterable<string>,
): Promise<Map<string, number>> {
  const rows = await readPrepared<StreamRow>(db.knex, streamsRead, [
    [...new Set(subjects)],
  ]);
  return new Map(
    rows.map(row => [
      streamName({ subject: row.subject_ref, metric: row.metric }),
      readBigint(row.stream_id),
    ]),
  );
}

/** The minutes of these streams that begin in the range, in no order. */
export function readMinutes(
  db: Db,
  streamIds: Iterable<number>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<MinuteRow[]> {
  return readPrepared<MinuteRow>(db.knex, minutesRead, [
    [...new Set(streamIds)],
    fromMs,
    toMs,
  ]);
}

/** The bytes of one column of the row under way, in memory that the next row gets as well. */
class ColumnBytes {
  #room = Buffer.alloc(16_384);

  take(row: CopiedRow): Uint8Array | null {
    const length = row.nextLength();
    if (length > this.#room.length) this.#room = Buffer.alloc(2 * length);
    if (length >= 0) row.copyNext(this.#room, 0);
    row.skip();
    return length < 0 ? null : this.#room.subarray(0, length);
  }
}

/**
 * Hands on what {@link readMinutes} reads, row by row, for readers of very many: on PostgreSQL bytes come as bytes, and not as
 * twice as many letters. Bytes of a row are those of the next once `visit` returns; see {@link keptRow}. `visit` MUST NOT ask
 * the database.
 */
export async function eachMinute(
  db: Db,
  streamIds: Iterable<number>,
  range: { fromMs: number; toMs: number },
  visit: (row: MinuteRow) => void,
): Promise<void> {
  const { fromMs, toMs } = range;
  if (db.dialect === 'sqlite') {
    for (const row of await readMinutes(db, streamIds, range)) visit(row);
    return;
  }
  const ids = [...new Set(streamIds)].map(id => readBigint(id));
  const text = `COPY (${minutesText(
    `'{${ids.join(',')}}'`,
    String(readBigint(fromMs)),
    String(readBigint(toMs)),
  )}) TO STDOUT (FORMAT binary)`;
  const members = new ColumnBytes();
  const segments = new ColumnBytes();
  await db.transaction(tx =>
    copyOut(tx, text, row =>
      visit({
        stream_id: row.number(),
        start_ms: row.number(),
        series_id: row.number(),
        kind: row.text(),
        members: members.take(row),
        segments: segments.take(row),
        value: row.text(),
      }),
    ),
  );
}

/** A row of {@link eachMinute} with bytes of its own. */
export function keptRow(row: MinuteRow): MinuteRow {
  return {
    ...row,
    members: row.members && Uint8Array.from(row.members),
    segments: row.segments && Uint8Array.from(row.segments),
  };
}
