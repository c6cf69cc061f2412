import { Db, PreparedRead, readBigint, readPrepared } from '../platform';
import { Group } from './core/levels/groups';
import { headlineOf, readHeadline } from './core/levels/headline';
import { piecesOf, SPAN_CODES, SPANS } from './core/levels/level';
import { decodeValue } from './core/windowValue';
import { DURATION_METRICS } from './LevelStore';
import { readStreams, streamName } from './minuteRows';
import { MinimumOf } from './SeriesReads';

/** A row of the levels, or a window that is not moved there yet. */
interface TrafficRow {
  stream_id: unknown;
  start_ms: unknown;
  /** Null in a window. */
  headline: Uint8Array | null;
  kind: string | null;
  outcome: string | null;
  value: string | null;
}

/** In one statement: a window that is moved into the levels meanwhile is in one of them, and only there. */
const trafficRead: PreparedRead = {
  sqlite: `WITH asked(streams, pieces, from_ms, to_ms) AS (VALUES (?, ?, ?, ?))
    SELECT l.stream_id, l.start_ms, l.headline, NULL AS kind, NULL AS outcome, NULL AS value
      FROM asked CROSS JOIN json_each(asked.streams) AS ids CROSS JOIN json_each(asked.pieces) AS piece
        CROSS JOIN telemetry_level l ON l.stream_id = ids.value AND l.level = json_extract(piece.value, '$[0]')
          AND l.start_ms >= json_extract(piece.value, '$[1]') AND l.start_ms < json_extract(piece.value, '$[2]')
    UNION ALL
    SELECT s.stream_id, w.start_ms, NULL, s.kind, s.outcome, w.value
      FROM asked CROSS JOIN json_each(asked.streams) AS ids
        CROSS JOIN telemetry_series s ON s.stream_id = ids.value
        CROSS JOIN telemetry_window w ON w.series_id = s.series_id
      WHERE w.start_ms >= asked.from_ms AND w.start_ms < asked.to_ms`,
  postgres: `SELECT l.stream_id, l.start_ms, l.headline, CAST(NULL AS varchar) AS kind, CAST(NULL AS varchar) AS outcome,
      CAST(NULL AS text) AS value
      FROM json_array_elements($2::json) AS piece JOIN telemetry_level l ON l.stream_id = ANY($1::bigint[])
        AND l.level = (piece->>0)::int AND l.start_ms >= (piece->>1)::bigint AND l.start_ms < (piece->>2)::bigint
    UNION ALL
    SELECT s.stream_id, w.start_ms, NULL, s.kind, s.outcome, w.value
      FROM telemetry_series s JOIN telemetry_window w ON w.series_id = s.series_id
      WHERE s.stream_id = ANY($1::bigint[]) AND w.start_ms >= $3 AND w.start_ms < $4`,
};

/**
 * How much was counted of each subject in the whole minutes of a range: of many subjects in two statements. What is of too
 * few devices is left out, and a subject that reports nothing.
 */
export async function readTraffic(
  db: Db,
  subjects: readonly string[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  minimumOf: MinimumOf,
): Promise<Map<string, number>> {
  const named = await readStreams(db, subjects);
  const streams = subjects.map(subject =>
    DURATION_METRICS.flatMap(
      metric => named.get(streamName({ subject, metric })) ?? [],
    ),
  );
  const pieces = piecesOf(fromMs, toMs, 'day', SPANS);
  if (pieces.length === 0 || streams.every(ofOne => ofOne.length === 0))
    return new Map();
  const told = pieces.map(piece => [
    SPAN_CODES[piece.level],
    piece.fromMs,
    piece.toMs,
  ]);
  const rows = await readPrepared<TrafficRow>(db.knex, trafficRead, [
    streams.flat(),
    JSON.stringify(told),
    pieces[0].fromMs,
    pieces[pieces.length - 1].toMs,
  ]);
  const counts = countsOf(rows, minimumOf(null));
  return new Map(
    subjects.flatMap((subject, i): [string, number][] => {
      // Of the metrics that it may report, the first that says anything; see `series`.
      const streamId = streams[i].find(id => counts.has(id));
      const count = streamId === undefined ? 0 : counts.get(streamId)!;
      return count === 0 ? [] : [[subject, count]];
    }),
  );
}

function countsOf(
  rows: readonly TrafficRow[],
  minimum: number,
): Map<number, number> {
  const counts = new Map<number, number>();
  const waiting = new Map<string, { streamId: number; group: Group }>();
  const add = (
    streamId: number,
    { count, deviceCount }: { count: number; deviceCount: number },
  ) => {
    // Where nobody knows how many devices there were, it is not about devices.
    const isHidden = deviceCount < minimum;
    counts.set(
      streamId,
      // Weighted by sampling, a count may be a fraction.
      (counts.get(streamId) ?? 0) + (isHidden ? 0 : Math.round(count)),
    );
  };
  for (const row of rows) {
    const streamId = readBigint(row.stream_id);
    if (row.headline !== null) {
      if (row.headline.length > 0) add(streamId, readHeadline(row.headline));
      continue;
    }
    const startMs = readBigint(row.start_ms);
    const key = `${streamId} ${startMs}`;
    const { group } =
      waiting.get(key) ??
      waiting.set(key, { streamId, group: new Group() }).get(key)!;
    group.add(
      startMs,
      decodeValue(row.kind!, row.value!),
      row.outcome as 'ok' | 'error',
    );
  }
  for (const { streamId, group } of waiting.values())
    add(streamId, headlineOf(group));
  return counts;
}
