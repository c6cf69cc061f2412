import { insertRows, readBigint, Tx } from '../platform';
import { countOf, Group, readGroups, writeGroups } from './core/levels/groups';
import {
  Headline,
  headlineOf,
  readHeadline,
  withExtremes,
  writeHeadline,
} from './core/levels/headline';
import { isLevel, Span, SPAN_CODES, SPAN_MS, SPANS } from './core/levels/level';
import { Segments } from './core/levels/segments';
import { OVERFLOW_VERSION } from './core/overflow';
import { decodeValue, WindowValue } from './core/windowValue';
import { LevelRow, SeriesRow, WindowRow } from './tables';
import { METRICS } from './types';

/** Metrics that charts are drawn of; their rows carry merged histograms beside the segments. */
export const DURATION_METRICS: readonly string[] = [
  METRICS.httpDuration,
  METRICS.inferenceDuration,
];

const noBytes = new Uint8Array(0);

interface Labels {
  version: string;
  digest: string;
  cohort: string;
  outcome: 'ok' | 'error';
}

/** A value on its way into the levels. */
interface Moved {
  seriesId: number;
  startMs: number;
  value: WindowValue;
}

interface NamedGroup {
  seriesId: number;
  group: Group;
}

/** Groups of a row by what they are named after. */
class GroupSet {
  readonly #startMs: number;
  readonly #nameOf: (seriesId: number) => string;
  readonly #groups = new Map<string, NamedGroup>();

  constructor(
    startMs: number,
    stored: Uint8Array | undefined,
    nameOf: (seriesId: number) => string,
  ) {
    this.#startMs = startMs;
    this.#nameOf = nameOf;
    for (const part of readGroups(stored ?? noBytes))
      this.#of(part.seriesId).group.join(startMs, part);
  }

  #of(seriesId: number): NamedGroup {
    const name = this.#nameOf(seriesId);
    let known = this.#groups.get(name);
    if (!known) {
      known = { seriesId, group: new Group() };
      this.#groups.set(name, known);
    }
    return known;
  }

  add(seriesId: number, value: WindowValue, outcome: 'ok' | 'error'): void {
    this.#of(seriesId).group.add(this.#startMs, value, outcome);
  }

  first(): Group | undefined {
    return [...this.#groups.values()][0]?.group;
  }

  toBytes(): Uint8Array {
    return writeGroups(
      [...this.#groups.values()].map(({ seriesId, group }) =>
        group.toPart(seriesId),
      ),
    );
  }
}

/**
 * Moves windows from `telemetry_window` into the levels. Lock order: the row of the stream, as all writers of a stream; then
 * nothing else. A window is deleted in the transaction that merges it into minute, hour and day, so it counts once in each,
 * whatever is killed and however many try; a window that comes late is merged the same way.
 */
export class LevelStore {
  readonly #maxMembers: number;

  /** A row holds at most four times as many segments as a minute may have; what is beyond joins the overflow. */
  constructor(options: { maxSegments: number }) {
    this.#maxMembers = 4 * options.maxSegments;
  }

  /** Streams with windows of minutes that begin before `beforeMs`. */
  async streamsToMove(
    tx: Tx,
    beforeMs: number,
    limit: number,
  ): Promise<number[]> {
    const rows: { stream_id: unknown }[] = await tx('telemetry_window')
      .join(
        'telemetry_series',
        'telemetry_series.series_id',
        'telemetry_window.series_id',
      )
      .where('telemetry_window.start_ms', '<', beforeMs)
      .distinct('telemetry_series.stream_id')
      .limit(limit);
    return rows.map(row => readBigint(row.stream_id));
  }

  /**
   * Moves the oldest minutes of a stream that begin before `beforeMs`, at most `maxMinutes`, and answers how many. In the
   * caller's transaction. Safe to repeat.
   */
  async move(
    tx: Tx,
    streamId: number,
    options: { beforeMs: number; maxMinutes: number },
  ): Promise<number> {
    const stream: { metric: string } | undefined = await tx('telemetry_stream')
      .select('telemetry_stream.metric')
      .where({ stream_id: streamId })
      .forUpdate()
      .first();
    if (!stream) return 0;
    const series: SeriesRow[] = await tx('telemetry_series')
      .select('telemetry_series.*')
      .where('telemetry_series.stream_id', streamId);
    const byId = new Map(series.map(row => [readBigint(row.series_id), row]));
    const own = () =>
      tx('telemetry_window')
        .join(
          'telemetry_series',
          'telemetry_series.series_id',
          'telemetry_window.series_id',
        )
        .where('telemetry_series.stream_id', streamId);
    const minutes: { start_ms: unknown }[] = await own()
      .andWhere('telemetry_window.start_ms', '<', options.beforeMs)
      .distinct('telemetry_window.start_ms')
      .orderBy('telemetry_window.start_ms')
      .limit(options.maxMinutes);
    if (minutes.length === 0) return 0;
    const firstMs = readBigint(minutes[0].start_ms);
    const endMs = readBigint(minutes[minutes.length - 1].start_ms) + 1;
    const rows: WindowRow[] = await own()
      .andWhere('telemetry_window.start_ms', '>=', firstMs)
      .andWhere('telemetry_window.start_ms', '<', endMs)
      .select(
        'telemetry_window.series_id',
        'telemetry_window.start_ms',
        'telemetry_window.value',
      );
    const moved = rows.map(row => {
      const seriesId = readBigint(row.series_id);
      return {
        seriesId,
        startMs: readBigint(row.start_ms),
        value: decodeValue(byId.get(seriesId)!.kind, row.value),
      };
    });
    await this.#merge(tx, streamId, moved, {
      byId,
      isDrawn: DURATION_METRICS.includes(stream.metric),
    });
    await tx('telemetry_window')
      .whereIn(
        'series_id',
        tx('telemetry_series')
          .select('telemetry_series.series_id')
          .where('telemetry_series.stream_id', streamId),
      )
      .andWhere('start_ms', '>=', firstMs)
      .andWhere('start_ms', '<', endMs)
      .delete();
    return minutes.length;
  }

  async #merge(
    tx: Tx,
    streamId: number,
    moved: Moved[],
    stream: { byId: Map<number, SeriesRow>; isDrawn: boolean },
  ): Promise<void> {
    // Finest first: the extremes of a coarser row come from the finer ones within it.
    for (const level of SPANS) {
      if (!stream.isDrawn && !isLevel(level)) continue;
      const byStart = new Map<number, Moved[]>();
      for (const one of moved) {
        const startMs =
          Math.floor(one.startMs / SPAN_MS[level]) * SPAN_MS[level];
        const known = byStart.get(startMs);
        if (known) known.push(one);
        else byStart.set(startMs, [one]);
      }
      const stored = await this.#read(tx, streamId, level, [...byStart.keys()]);
      const rows: LevelRow[] = [];
      for (const [startMs, these] of byStart) {
        rows.push(
          await this.#merged(tx, streamId, {
            level,
            startMs,
            moved: these,
            stored: stored.get(startMs),
            ...stream,
          }),
        );
      }
      await insertRows(
        tx,
        'telemetry_level',
        rows,
        `ON CONFLICT (stream_id, level, start_ms) DO UPDATE SET members = excluded.members, headline = excluded.headline,
          total = excluded.total, versions = excluded.versions, cohorts = excluded.cohorts, segments = excluded.segments`,
      );
    }
  }

  async #read(
    tx: Tx,
    streamId: number,
    level: Span,
    starts: number[],
  ): Promise<Map<number, LevelRow>> {
    const rows: LevelRow[] = await tx('telemetry_level')
      .select('telemetry_level.*')
      .where('telemetry_level.stream_id', streamId)
      .andWhere('telemetry_level.level', SPAN_CODES[level])
      .whereIn('telemetry_level.start_ms', starts);
    return new Map(rows.map(row => [readBigint(row.start_ms), row]));
  }

  async #merged(
    tx: Tx,
    streamId: number,
    row: {
      level: Span;
      startMs: number;
      moved: Moved[];
      stored: LevelRow | undefined;
      byId: Map<number, SeriesRow>;
      isDrawn: boolean;
    },
  ): Promise<LevelRow> {
    const { level, startMs, stored, byId, isDrawn } = row;
    const labelsOf = (seriesId: number): Labels => {
      const of = byId.get(seriesId)!;
      return {
        version: of.version,
        digest: of.digest,
        cohort: of.cohort_ref,
        outcome: of.outcome as 'ok' | 'error',
      };
    };
    const segments = new Segments(stored);
    const total = new GroupSet(startMs, stored?.total, () => '');
    const versions = new GroupSet(startMs, stored?.versions, id => {
      const { version, digest } = labelsOf(id);
      return `${version}|${digest}`;
    });
    const cohorts = new GroupSet(
      startMs,
      stored?.cohorts,
      id => labelsOf(id).cohort,
    );
    for (const one of row.moved) {
      const { seriesId, value } = await this.#admitted(
        tx,
        streamId,
        segments,
        one,
        byId,
      );
      if (isLevel(level)) segments.add(seriesId, value);
      if (!isDrawn || countOf(value) === 0) continue;
      const { outcome } = labelsOf(seriesId);
      total.add(seriesId, value, outcome);
      versions.add(seriesId, value, outcome);
      cohorts.add(seriesId, value, outcome);
    }
    const whole = total.first();
    let headline = whole && headlineOf(whole);
    if (headline && level !== 'minute') {
      const within = await this.#headlinesWithin(tx, streamId, level, startMs);
      headline = withExtremes(headline, within);
    }
    return {
      stream_id: streamId,
      level: SPAN_CODES[level],
      start_ms: startMs,
      ...segments.toBytes(),
      headline: headline ? writeHeadline(headline) : noBytes,
      total: whole ? total.toBytes() : noBytes,
      versions: whole ? versions.toBytes() : noBytes,
      cohorts: whole ? cohorts.toBytes() : noBytes,
    };
  }

  async #headlinesWithin(
    tx: Tx,
    streamId: number,
    level: Span,
    startMs: number,
  ): Promise<Headline[]> {
    const finer = SPANS[SPANS.indexOf(level) - 1];
    const rows: { headline: Uint8Array }[] = await tx('telemetry_level')
      .select('telemetry_level.headline')
      .where('telemetry_level.stream_id', streamId)
      .andWhere('telemetry_level.level', SPAN_CODES[finer])
      .andWhere('telemetry_level.start_ms', '>=', startMs)
      .andWhere('telemetry_level.start_ms', '<', startMs + SPAN_MS[level]);
    return rows
      .filter(row => row.headline.length > 0)
      .map(row => readHeadline(row.headline));
  }

  /** The value as it may join a row: under its own series, or in the overflow when the row is full. */
  async #admitted(
    tx: Tx,
    streamId: number,
    segments: Segments,
    one: Moved,
    byId: Map<number, SeriesRow>,
  ): Promise<{ seriesId: number; value: WindowValue }> {
    const isFull = segments.size >= this.#maxMembers;
    if (!isFull || segments.has(one.seriesId)) return one;
    const { kind, outcome } = byId.get(one.seriesId)!;
    const labels = {
      stream_id: streamId,
      kind,
      version: OVERFLOW_VERSION,
      digest: '',
      cohort_ref: '',
      environment: '',
      outcome,
      output_class: '',
      shape: '',
    };
    await tx('telemetry_series')
      .insert({ ...labels, last_start_ms: one.startMs })
      .onConflict(Object.keys(labels))
      .ignore();
    const row: SeriesRow = await tx('telemetry_series').where(labels).first();
    const seriesId = readBigint(row.series_id);
    byId.set(seriesId, row);
    const { value } = one;
    if (value.kind !== 'explicit') return { seriesId, value };
    // As in a minute that is full: boundaries are a label as well.
    const { count, sum } = value.explicit;
    return {
      seriesId,
      value: {
        kind: 'explicit',
        explicit: { boundaries: [], counts: [count], count, sum },
      },
    };
  }
}
