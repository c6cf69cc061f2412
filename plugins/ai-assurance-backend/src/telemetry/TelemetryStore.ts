import { hash } from 'node:crypto';
import {
  insertRows,
  postgresQuery,
  PreparedRead,
  readBigint,
  readPrepared,
  Tx,
} from '../platform';
import { NamedBatch, rememberBatches } from './BatchMemory';
import { Added, CumulativeStore, HashedPoint } from './CumulativeStore';
import { FoldedWindow, mergeWindows, WINDOW_MS } from './core/fold';
import {
  admitSegments,
  OVERFLOW_VERSION,
  segmentIdentity,
} from './core/overflow';
import { quoted, RefusalCounter } from './core/refusal';
import {
  decodeValue,
  encodeValue,
  mergeValues,
  WindowValue,
} from './core/windowValue';
import { inChunks } from './inChunks';
import { SeriesRow, StreamRow } from './tables';

/** A batch as it was folded. */
export interface FoldedBatch extends NamedBatch {
  windows: FoldedWindow[];
  cumulative: HashedPoint[];
  pointCount: number;
  /** What was refused before the store was asked. */
  refusals: RefusalCounter;
}

export type RecordOutcome =
  | {
      became: 'recorded' | 'repeated';
      rejectedPoints: number;
      /** For the sender; empty when nothing was refused. */
      message: string;
    }
  | { became: 'conflict' };

interface Stream {
  streamId: number;
  windows: FoldedWindow[];
}

/** A series that is known, by its identity within the stream. */
type SeriesIds = Map<string, number>;

/** Joined to its series; null where the series has nothing in the minutes that are asked about. */
interface StoredWindow {
  start_ms: unknown;
  value: string | null;
}

const storedRead: PreparedRead = {
  sqlite: `SELECT s.*, w.start_ms, w.value FROM telemetry_series s
    LEFT JOIN telemetry_window w ON w.series_id = s.series_id AND w.start_ms IN (SELECT value FROM json_each(?))
    WHERE s.stream_id IN (SELECT value FROM json_each(?)) AND s.version IN (SELECT value FROM json_each(?))`,
  // Without a name: planned for the lists that it is asked with, few or many.
  postgres: `SELECT s.*, w.start_ms, w.value FROM telemetry_series s
    LEFT JOIN telemetry_window w ON w.series_id = s.series_id AND w.start_ms = ANY($1::bigint[])
    WHERE s.stream_id = ANY($2::bigint[]) AND s.version = ANY($3::text[])`,
};

/** Most ids of streams kept in memory. */
const maxKnownStreams = 20_000;

const unique = <T>(items: T[]) => [...new Set(items)];
const shapeOf = (window: FoldedWindow) =>
  window.shape === '' ? '' : hash('sha256', window.shape);
const byText = (a: string, b: string) => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const streamName = (key: { subject: string; metric: string }) =>
  `${key.subject}|${key.metric}`;

/** Writes of the telemetry room. Lock order: digests, batch ids, streams by name while they are made, streams by id, intake. */
export class TelemetryStore {
  readonly #maxSegments: number;
  /** Ids of streams that were seen committed; a stream is never deleted. */
  readonly #streamIds = new Map<string, number>();
  readonly #cumulative: CumulativeStore;

  constructor(options: { maxSegments: number; maxCumulativeStreams: number }) {
    this.#maxSegments = options.maxSegments;
    this.#cumulative = new CumulativeStore({
      maxStreams: options.maxCumulativeStreams,
    });
  }

  /**
   * Merges batches into the store and counts them, all in the caller's transaction; answers each in its place. A body
   * that was recorded before changes nothing and is answered as it was then. Several replicas may do this at once:
   * whoever writes a metric of a subject holds the row of its stream.
   */
  async record(tx: Tx, batches: FoldedBatch[]): Promise<RecordOutcome[]> {
    // A body of which nothing could be accepted is not remembered: it may be sent again once its cause is mended.
    const standings = await rememberBatches(
      tx,
      batches.filter(batch => batch.refusals.total < batch.pointCount),
    );
    const fresh = batches.filter(
      batch => (standings.get(batch)?.is ?? 'fresh') === 'fresh',
    );
    const refusals = await this.#merge(tx, fresh);
    if (fresh.length > 0) await this.#count(tx, fresh, refusals);
    await this.#rememberAnswers(
      tx,
      fresh.filter(batch => standings.has(batch)),
      refusals,
    );
    return batches.map((batch): RecordOutcome => {
      const standing = standings.get(batch);
      if (standing?.is === 'conflict') return { became: 'conflict' };
      if (standing?.is === 'repeat') {
        return {
          became: 'repeated',
          rejectedPoints: readBigint(standing.row.rejected_points),
          message: standing.row.message,
        };
      }
      const refused = refusals.get(batch)!;
      return {
        became: 'recorded',
        rejectedPoints: refused.total,
        message: refused.message(batch.pointCount),
      };
    });
  }

  /** Writes windows and cumulative streams; answers all that was refused of each batch, before and here. */
  async #merge(
    tx: Tx,
    batches: FoldedBatch[],
  ): Promise<Map<FoldedBatch, RefusalCounter>> {
    // Counters of their own: a transaction that is tried again begins with what the batches brought.
    const refusals = new Map(
      batches.map(batch => [batch, batch.refusals.copy()]),
    );
    const names = new Set<string>();
    for (const { windows, cumulative } of batches) {
      for (const window of windows) names.add(streamName(window));
      for (const point of cumulative) names.add(streamName(point.window));
    }
    if (names.size === 0) return refusals;
    const ids = await this.#lockStreams(tx, [...names].sort(byText));
    const added: Added<FoldedBatch>[] = await this.#cumulative.advance(
      tx,
      batches.flatMap(batch =>
        batch.cumulative.map(point => ({
          batch,
          point,
          streamId: ids.get(streamName(point.window))!,
        })),
      ),
    );
    for (const { batch, point, refused } of added) {
      if (refused)
        refusals
          .get(batch)!
          .add(refused, 1, `metric ${quoted(point.window.metric)}`);
    }
    const windows = mergeWindows([
      ...batches.flatMap(batch => batch.windows),
      ...added.flatMap(({ window }) => window ?? []),
    ]);
    const streams = new Map<number, Stream>();
    for (const window of windows) {
      const streamId = ids.get(streamName(window))!;
      const known = streams.get(streamId);
      if (known) known.windows.push(window);
      else streams.set(streamId, { streamId, windows: [window] });
    }
    if (streams.size > 0) await this.#mergeWindows(tx, [...streams.values()]);
    return refusals;
  }

  /** How the sender was answered, so that a repeat is answered the same. Most batches have nothing to tell. */
  async #rememberAnswers(
    tx: Tx,
    batches: FoldedBatch[],
    refusals: Map<FoldedBatch, RefusalCounter>,
  ): Promise<void> {
    for (const batch of batches) {
      const refused = refusals.get(batch)!;
      if (refused.total === 0) continue;
      await tx('telemetry_batch')
        .where({ digest: batch.digest })
        .update({
          rejected_points: refused.total,
          message: refused.message(batch.pointCount),
        });
    }
  }

  /** The streams of these names, made where they are new, and their rows locked. */
  async #lockStreams(tx: Tx, names: string[]): Promise<Map<string, number>> {
    const ids = new Map<string, number>();
    const find = (wanted: string[]) =>
      inChunks(wanted, async chunk => {
        const rows: StreamRow[] = await tx('telemetry_stream')
          .select(
            'telemetry_stream.stream_id',
            'telemetry_stream.subject_ref',
            'telemetry_stream.metric',
          )
          .whereIn(
            ['telemetry_stream.subject_ref', 'telemetry_stream.metric'],
            chunk.map(name => name.split('|')),
          );
        for (const row of rows)
          ids.set(
            `${row.subject_ref}|${row.metric}`,
            readBigint(row.stream_id),
          );
      });
    for (const name of names) {
      const known = this.#streamIds.get(name);
      if (known !== undefined) ids.set(name, known);
    }
    const unknown = names.filter(name => !ids.has(name));
    await find(unknown);
    for (const name of unknown) {
      // Found before this transaction made any, so they are there to stay.
      const found = ids.get(name);
      if (found !== undefined && this.#streamIds.size < maxKnownStreams)
        this.#streamIds.set(name, found);
    }
    const missing = unknown.filter(name => !ids.has(name));
    if (missing.length > 0) {
      await inChunks(missing, chunk =>
        tx('telemetry_stream')
          .insert(
            chunk
              .map(name => name.split('|'))
              .map(([subject_ref, metric]) => ({ subject_ref, metric })),
          )
          .onConflict(['subject_ref', 'metric'])
          .ignore(),
      );
      await find(missing);
    }
    // SQLite has one writer, and nothing to lock.
    if (String(tx.client.config.client).includes('sqlite')) return ids;
    // Always in order of id, so that two writers never wait for each other.
    await postgresQuery(tx, {
      name: 'telemetry-lock-streams',
      text: 'SELECT stream_id FROM telemetry_stream WHERE stream_id = ANY($1::bigint[]) ORDER BY stream_id FOR UPDATE',
      values: [[...ids.values()].sort((x, y) => x - y)],
    });
    return ids;
  }

  async #mergeWindows(tx: Tx, streams: Stream[]): Promise<void> {
    const { series, windows: stored } = await this.#readStored(tx, streams);
    const identities = new Map<FoldedWindow, string>();
    const identityOf = (streamId: number, window: FoldedWindow) => {
      let identity = identities.get(window);
      if (identity === undefined) {
        identity = `${streamId}|${segmentIdentity(window, shapeOf(window))}`;
        identities.set(window, identity);
      }
      return identity;
    };
    const isStored = (streamId: number) => (window: FoldedWindow) => {
      const seriesId = series.get(identityOf(streamId, window));
      return (
        seriesId !== undefined && stored.has(`${seriesId}|${window.startMs}`)
      );
    };
    const used = await this.#countSegments(
      tx,
      streams.filter(s => !s.windows.every(isStored(s.streamId))),
    );
    const admitted = streams.map(({ streamId, windows }) => ({
      streamId,
      windows: admitSegments(windows, {
        maxSegments: this.#maxSegments,
        isStored: isStored(streamId),
        usedAt: startMs => used.get(`${streamId}|${startMs}`) ?? 0,
      }),
    }));
    await this.#createSeries(tx, admitted, series, identityOf);

    const merged = new Map<
      string,
      { series_id: number; start_ms: number; value: WindowValue }
    >();
    for (const { streamId, windows } of admitted) {
      for (const window of windows) {
        const seriesId = series.get(identityOf(streamId, window))!;
        const key = `${seriesId}|${window.startMs}`;
        const before = merged.get(key)?.value ?? stored.get(key);
        merged.set(key, {
          series_id: seriesId,
          start_ms: window.startMs,
          value: before ? mergeValues(before, window.value) : window.value,
        });
      }
    }
    const rows = [...merged.values()].map(row => ({
      ...row,
      value: encodeValue(row.value),
    }));
    await insertRows(
      tx,
      'telemetry_window',
      rows,
      'ON CONFLICT (series_id, start_ms) DO UPDATE SET value = excluded.value',
    );
    for (const startMs of unique(rows.map(row => row.start_ms))) {
      await inChunks(
        rows.filter(
          row =>
            row.start_ms === startMs &&
            !stored.has(`${row.series_id}|${startMs}`),
        ),
        chunk =>
          tx('telemetry_series')
            .whereIn(
              'telemetry_series.series_id',
              chunk.map(row => row.series_id),
            )
            .andWhere('telemetry_series.last_start_ms', '<', startMs)
            .update({ last_start_ms: startMs }),
      );
    }
  }

  /** The series of the streams in the versions that are written, and what stands in the minutes that are. */
  async #readStored(
    tx: Tx,
    streams: Stream[],
  ): Promise<{ series: SeriesIds; windows: Map<string, WindowValue> }> {
    const windows = streams.flatMap(s => s.windows);
    const rows = await readPrepared<SeriesRow & StoredWindow>(tx, storedRead, [
      unique(windows.map(w => w.startMs)),
      streams.map(s => s.streamId),
      unique([OVERFLOW_VERSION, ...windows.map(w => w.version)]),
    ]);
    const series: SeriesIds = new Map();
    const stored = new Map<string, WindowValue>();
    for (const row of rows) {
      const seriesId = readBigint(row.series_id);
      series.set(identityOfRow(row), seriesId);
      if (row.value !== null)
        stored.set(
          `${seriesId}|${readBigint(row.start_ms)}`,
          decodeValue(row.kind, row.value),
        );
    }
    return { series, windows: stored };
  }

  /** How many segments, the overflow left out, each stream has in each minute that is about to get new ones. */
  async #countSegments(
    tx: Tx,
    streams: Stream[],
  ): Promise<Map<string, number>> {
    const used = new Map<string, number>();
    const minutes = unique(streams.flatMap(s => s.windows.map(w => w.startMs)));
    await inChunks(streams, chunk =>
      inChunks(minutes, async minuteChunk => {
        const rows: {
          stream_id: unknown;
          start_ms: unknown;
          segments: unknown;
        }[] = await tx('telemetry_window')
          .join(
            'telemetry_series',
            'telemetry_series.series_id',
            'telemetry_window.series_id',
          )
          .whereIn(
            'telemetry_series.stream_id',
            chunk.map(s => s.streamId),
          )
          .whereNot('telemetry_series.version', OVERFLOW_VERSION)
          .whereIn('telemetry_window.start_ms', minuteChunk)
          .groupBy('telemetry_series.stream_id', 'telemetry_window.start_ms')
          .select('telemetry_series.stream_id', 'telemetry_window.start_ms')
          .count({ segments: '*' });
        for (const row of rows)
          used.set(
            `${readBigint(row.stream_id)}|${readBigint(row.start_ms)}`,
            readBigint(row.segments),
          );
      }),
    );
    return used;
  }

  async #createSeries(
    tx: Tx,
    streams: Stream[],
    series: SeriesIds,
    identityOf: (streamId: number, window: FoldedWindow) => string,
  ): Promise<void> {
    const missing = new Map<string, Omit<SeriesRow, 'series_id'>>();
    for (const { streamId, windows } of streams) {
      for (const window of windows) {
        const identity = identityOf(streamId, window);
        if (series.has(identity)) continue;
        missing.set(identity, {
          stream_id: streamId,
          kind: window.value.kind,
          version: window.version,
          digest: window.digest ?? '',
          cohort_ref: window.cohort ?? '',
          environment: window.environment ?? '',
          outcome: window.outcome,
          output_class: window.outputClass ?? '',
          shape: shapeOf(window),
          last_start_ms: window.startMs,
        });
      }
    }
    await inChunks([...missing.values()], async chunk => {
      const rows: SeriesRow[] = await tx('telemetry_series')
        .insert(chunk)
        .returning('*');
      for (const row of rows)
        series.set(identityOfRow(row), readBigint(row.series_id));
    });
  }

  async #count(
    tx: Tx,
    batches: FoldedBatch[],
    refusals: Map<FoldedBatch, RefusalCounter>,
  ): Promise<void> {
    const counts = new Map<
      string,
      { start_ms: number; outcome: string; points: number; last_at_ms: number }
    >();
    for (const batch of batches) {
      const startMs = Math.floor(batch.receivedAtMs / WINDOW_MS) * WINDOW_MS;
      const refused = refusals.get(batch)!;
      const accepted = {
        reason: 'accepted',
        count: batch.pointCount - refused.total,
      };
      for (const { reason, count } of [accepted, ...refused.counts()]) {
        const key = `${startMs}|${reason}`;
        const known = counts.get(key);
        counts.set(key, {
          start_ms: startMs,
          outcome: reason,
          points: (known?.points ?? 0) + count,
          last_at_ms: Math.max(known?.last_at_ms ?? 0, batch.receivedAtMs),
        });
      }
    }
    const rows = [...counts.entries()]
      .sort(([a], [b]) => byText(a, b))
      .map(([, row]) => row);
    await insertRows(
      tx,
      'telemetry_intake',
      rows,
      `ON CONFLICT (start_ms, outcome) DO UPDATE SET points = telemetry_intake.points + excluded.points, last_at_ms =
        CASE WHEN excluded.last_at_ms > telemetry_intake.last_at_ms THEN excluded.last_at_ms ELSE telemetry_intake.last_at_ms END`,
    );
  }
}

function identityOfRow(row: SeriesRow): string {
  const segment = {
    version: row.version,
    digest: row.digest,
    cohort: row.cohort_ref,
    environment: row.environment,
    outcome: row.outcome,
    outputClass: row.output_class,
    value: { kind: row.kind },
  };
  return `${readBigint(row.stream_id)}|${segmentIdentity(segment, row.shape)}`;
}
