// A room is measured by itself, and the plugin hands none out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import {
  copyBytes,
  copyIn,
  insertRows,
  readBigint,
} from '../../plugins/ai-assurance-backend/src/platform';
import type { Db, Tx } from '../../plugins/ai-assurance-backend/src/platform';
import { sketchOf } from '../../plugins/ai-assurance-backend/src/telemetry/core/devices';
import { normalExponential } from '../../plugins/ai-assurance-backend/src/telemetry/core/exponential';
import {
  ByteReader,
  ByteWriter,
} from '../../plugins/ai-assurance-backend/src/telemetry/core/levels/bytes';
import {
  readGroups,
  writeGroups,
} from '../../plugins/ai-assurance-backend/src/telemetry/core/levels/groups';
import type { LevelRow } from '../../plugins/ai-assurance-backend/src/telemetry/tables';
import {
  encodeValue,
  WindowValue,
} from '../../plugins/ai-assurance-backend/src/telemetry/core/windowValue';
import { METRICS } from '../../plugins/ai-assurance-backend/src/telemetry';

export const versionCount = 5;
export const cohortCount = 20;
/** Each version in each cohort, those that went well and those that failed. */
export const seriesPerService = versionCount * cohortCount * 2;

/** The same numbers in every run. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Latencies of a minute, log-normal about 40 ms, at the scale that an SDK's 160 buckets give them. */
export function latencyWindow(
  count: number,
  next: () => number,
  deviceCount: number,
): WindowValue {
  const scale = 4;
  const buckets = new Map<number, number>();
  let sum = 0;
  let min = Infinity;
  let max = 0;
  for (let i = 0; i < count; i += 1) {
    const normal = next() + next() + next() + next() - 2;
    const seconds = 0.04 * Math.exp(normal * 0.9);
    sum += seconds;
    min = Math.min(min, seconds);
    max = Math.max(max, seconds);
    const index = Math.ceil(Math.log2(seconds) * 2 ** scale) - 1;
    buckets.set(index, (buckets.get(index) ?? 0) + 1);
  }
  const first = Math.min(...buckets.keys());
  const last = Math.max(...buckets.keys());
  const positiveCounts = Array.from(
    { length: last - first + 1 },
    (_, i) => buckets.get(first + i) ?? 0,
  );
  const devices = Array.from({ length: deviceCount }, () =>
    Math.floor(next() * 2 ** 32),
  );
  return {
    kind: 'exponential',
    exponential: normalExponential({
      scale,
      zeroCount: 0,
      positiveOffset: first,
      positiveCounts,
      negativeOffset: 0,
      negativeCounts: [],
      count,
      sum,
      min,
      max,
    }),
    ...(deviceCount > 0 ? { devices: [sketchOf(20_000, devices)] } : {}),
  };
}

/** Makes a service's stream of latency and its series; answers their ids. */
export async function createSeries(
  db: Db,
  subject: string,
  lastStartMs: number,
): Promise<{ streamId: number; seriesIds: number[] }> {
  const [{ stream_id }] = await db
    .knex('telemetry_stream')
    .insert({ subject_ref: subject, metric: METRICS.httpDuration })
    .returning('stream_id');
  const rows = Array.from({ length: seriesPerService }, (_, i) => ({
    stream_id,
    kind: 'exponential',
    version: `1.${Math.floor(i / 2) % versionCount}.0`,
    digest: '',
    cohort_ref: `resource:default/cohort-${Math.floor(i / 2 / versionCount)}`,
    outcome: i % 2 ? 'error' : 'ok',
    output_class: '',
    shape: '',
    last_start_ms: lastStartMs,
  }));
  const made: { series_id: unknown }[] = await db
    .knex('telemetry_series')
    .insert(rows)
    .returning('series_id');
  return {
    streamId: Number(stream_id),
    seriesIds: made.map(row => Number(row.series_id)),
  };
}

/** Puts one window of each series into a minute, as the intake would. */
export async function putMinute(
  db: Db,
  seriesIds: number[],
  startMs: number,
  window: (series: number) => WindowValue,
): Promise<void> {
  await db.transaction(tx =>
    insertRows(
      tx,
      'telemetry_window',
      seriesIds.map((series_id, i) => ({
        series_id,
        start_ms: startMs,
        value: encodeValue(window(i)),
      })),
    ),
  );
}

/** Ids of the series of a stream; they follow each other. */
export interface StreamIds {
  streamId: number;
  seriesIds: number[];
}

/** Ids ascend and are kept as distances: only the first one has to move. */
function movedMembers(members: Uint8Array, by: number): Uint8Array {
  // Rows for charts alone hold no segments.
  if (members.length === 0) return members;
  const from = new ByteReader(members);
  const to = new ByteWriter();
  to.varint(from.varint() + by);
  to.bytes(from.bytes(from.end - from.at));
  return to.take();
}

/** The rows of one stream, ready to be put under others of the same segments in the same order. */
export async function readStream(db: Db, { streamId, seriesIds }: StreamIds) {
  const rows: LevelRow[] = await db
    .knex('telemetry_level')
    .where('telemetry_level.stream_id', streamId)
    .orderBy(['telemetry_level.level', 'telemetry_level.start_ms']);
  const templates = rows.map(row => ({
    row,
    groups: [row.total, row.versions, row.cohorts].map(readGroups),
  }));
  return (other: StreamIds): LevelRow[] => {
    const by = other.seriesIds[0] - seriesIds[0];
    return templates.map(({ row, groups }) => {
      const [total, versions, cohorts] = groups.map(parts =>
        parts.length === 0
          ? new Uint8Array(0)
          : writeGroups(
              parts.map(part => ({ ...part, seriesId: part.seriesId + by })),
            ),
      );
      return {
        stream_id: other.streamId,
        level: row.level,
        start_ms: readBigint(row.start_ms),
        members: movedMembers(row.members, by),
        headline: row.headline,
        total,
        versions,
        cohorts,
        segments: row.segments,
      };
    });
  };
}

/** Puts rows of levels in the quickest way of each database. */
export async function putLevels(
  tx: Tx,
  dialect: Db['dialect'],
  rows: LevelRow[],
): Promise<void> {
  const rowsAtOnce = 200;
  for (let i = 0; i < rows.length; i += rowsAtOnce) {
    const chunk = rows.slice(i, i + rowsAtOnce);
    if (dialect === 'sqlite') {
      await insertRows(tx, 'telemetry_level', chunk);
      continue;
    }
    await copyIn(
      tx,
      'COPY telemetry_level (stream_id, level, start_ms, members, headline, total, versions, cohorts, segments) FROM STDIN',
      chunk
        .map(row =>
          [
            String(row.stream_id),
            String(row.level),
            String(row.start_ms),
            ...[
              row.members,
              row.headline,
              row.total,
              row.versions,
              row.cohorts,
              row.segments,
            ].map(copyBytes),
          ].join('\t'),
        )
        .join('\n')
        .concat('\n'),
    );
  }
}
