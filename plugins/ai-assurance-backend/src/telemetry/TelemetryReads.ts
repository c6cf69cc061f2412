import { Db, readBigint } from '../platform';
import { WINDOW_MS } from './core/fold';
import { HistogramSum } from './core/histogramSum';
import { LatencyChart, ReadWindow, SegmentTable } from './core/latency';
import { OVERFLOW_VERSION } from './core/overflow';
import { decodeValue, WindowValue } from './core/windowValue';
import { SeriesRow, WindowRow } from './tables';
import { METRICS, SeriesFilter, TelemetryAnswers, Window } from './types';

/** Rows fetched at once. A month of a busy subject is read in slices of time, so that memory does not grow with it. */
const maxRowsAtOnce = 20_000;
const maxSeriesAtOnce = 1_000;

/** A read of one stream: which segments, and which minutes. */
type Narrowed = SeriesFilter & { outcome?: 'ok' | 'error' };

function sumOf(value: WindowValue): number {
  if (value.kind === 'sum') return value.sum;
  if (value.kind === 'gauge') return value.gauge.last;
  return value.kind === 'explicit' ? value.explicit.sum : value.exponential.sum;
}

function windowOf({ value, ...segment }: ReadWindow): Window {
  return {
    ...segment,
    kind: value.kind,
    sum: sumOf(value),
    gauge: value.kind === 'gauge' ? value.gauge : undefined,
    explicit: value.kind === 'explicit' ? value.explicit : undefined,
    exponential: value.kind === 'exponential' ? value.exponential : undefined,
  };
}

/** Reads of the telemetry room. Every answer is computed from one-minute windows. */
export class TelemetryReads implements TelemetryAnswers {
  readonly #db: Db;

  constructor(deps: { db: Db }) {
    this.#db = deps.db;
  }

  async windows(filter: SeriesFilter): Promise<Window[]> {
    const windows: Window[] = [];
    await this.#each(filter, window => windows.push(windowOf(window)));
    return windows.sort((a, b) => a.startMs - b.startMs);
  }

  async exponential(filter: Narrowed) {
    const sum = new HistogramSum();
    await this.#each(filter, window => sum.add(window.startMs, window.value));
    return sum.exponential();
  }

  async explicit(filter: SeriesFilter) {
    const sum = new HistogramSum();
    await this.#each(filter, window => sum.add(window.startMs, window.value));
    return sum.explicit();
  }

  async versions(subject: string, fromMs: number, toMs: number) {
    const { knex } = this.#db;
    // One look into the key for each series instead of a walk over all its minutes.
    const edge = (column: 'min' | 'max') =>
      knex('telemetry_window')
        .whereRaw('telemetry_window.series_id = telemetry_series.series_id')
        .andWhere('telemetry_window.start_ms', '>=', fromMs)
        .andWhere('telemetry_window.start_ms', '<', toMs)
        [column]('telemetry_window.start_ms');
    const rows: {
      version: string;
      digest: string;
      first_ms: unknown;
      last_ms: unknown;
    }[] = await knex('telemetry_series')
      .join(
        'telemetry_stream',
        'telemetry_stream.stream_id',
        'telemetry_series.stream_id',
      )
      .where('telemetry_stream.subject_ref', subject)
      .andWhere('telemetry_series.last_start_ms', '>=', fromMs)
      .whereNot('telemetry_series.version', OVERFLOW_VERSION)
      .select('telemetry_series.version', 'telemetry_series.digest', {
        first_ms: edge('min'),
        last_ms: edge('max'),
      });
    const byVersion = new Map<
      string,
      {
        version: string;
        digest: string | undefined;
        firstSeenMs: number;
        lastSeenMs: number;
      }
    >();
    for (const row of rows) {
      if (row.first_ms === null) continue;
      const key = `${row.version}|${row.digest}`;
      const known = byVersion.get(key);
      const firstSeenMs = readBigint(row.first_ms);
      const lastSeenMs = readBigint(row.last_ms);
      byVersion.set(key, {
        version: row.version,
        digest: row.digest || undefined,
        firstSeenMs: Math.min(known?.firstSeenMs ?? firstSeenMs, firstSeenMs),
        lastSeenMs: Math.max(known?.lastSeenMs ?? lastSeenMs, lastSeenMs),
      });
    }
    return [...byVersion.values()].sort(
      (a, b) =>
        a.firstSeenMs - b.firstSeenMs || (a.version < b.version ? -1 : 1),
    );
  }

  async latencyPoints(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ) {
    const chart = new LatencyChart(fromMs, toMs);
    await this.#eachLatency({ subject, fromMs, toMs, cohort }, window =>
      chart.add(window),
    );
    return chart.points();
  }

  async segmentLatency(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ) {
    const table = new SegmentTable();
    const range = { subject, fromMs, toMs, cohort };
    await this.#eachLatency(range, window => table.addLatency(window));
    await this.#each(
      { ...aligned(range), metric: METRICS.confidence },
      window => table.addConfidence(window),
    );
    return table.rows();
  }

  async #latencyMetricOf(
    subject: string,
    fromMs: number,
    toMs: number,
  ): Promise<string | undefined> {
    for (const metric of [METRICS.httpDuration, METRICS.inferenceDuration]) {
      const series = await this.#series({ subject, metric, fromMs, toMs });
      if (
        series.size > 0 &&
        (await this.#extent([...series.keys()], fromMs, toMs))
      )
        return metric;
    }
    return undefined;
  }

  async intake(sinceMs: number, asOfMs?: number) {
    const { knex } = this.#db;
    const intake = () => {
      const query = knex('telemetry_intake');
      // The bound on the key keeps the read short; the other leaves out a minute that went on after the instant.
      if (asOfMs !== undefined)
        query
          .where('telemetry_intake.start_ms', '<=', asOfMs)
          .andWhere('telemetry_intake.last_at_ms', '<=', asOfMs);
      return query;
    };
    const rows: { outcome: string; points: unknown }[] = await intake()
      .where(
        'telemetry_intake.start_ms',
        '>=',
        Math.floor(sinceMs / WINDOW_MS) * WINDOW_MS,
      )
      .groupBy('telemetry_intake.outcome')
      .select('telemetry_intake.outcome')
      .sum({ points: 'telemetry_intake.points' });
    // The newest minute holds the newest batch, so the key answers without a walk.
    const newest = await intake()
      .orderBy('telemetry_intake.start_ms', 'desc')
      .orderBy('telemetry_intake.last_at_ms', 'desc')
      .first();
    const pointsOf = (isWanted: (outcome: string) => boolean) =>
      rows
        .filter(row => isWanted(row.outcome))
        .reduce((sum, row) => sum + readBigint(row.points), 0);
    return {
      lastBatchAtMs: newest ? readBigint(newest.last_at_ms) : undefined,
      acceptedPoints: pointsOf(outcome => outcome === 'accepted'),
      refusedPoints: pointsOf(outcome => outcome !== 'accepted'),
    };
  }

  /** Hands on the windows of the subject's duration metric. What users wait for comes first: the request, then the inference. */
  async #eachLatency(
    range: { subject: string; fromMs: number; toMs: number; cohort?: string },
    use: (window: ReadWindow) => void,
  ) {
    const whole = aligned(range);
    const metric = await this.#latencyMetricOf(
      whole.subject,
      whole.fromMs,
      whole.toMs,
    );
    if (metric) await this.#each({ ...whole, metric }, use);
  }

  async #each(
    filter: Narrowed,
    use: (window: ReadWindow) => void,
  ): Promise<void> {
    const series = await this.#series(filter);
    const ids = [...series.keys()];
    for (let i = 0; i < ids.length; i += maxSeriesAtOnce) {
      const chunk = ids.slice(i, i + maxSeriesAtOnce);
      const extent = await this.#extent(chunk, filter.fromMs, filter.toMs);
      if (!extent) continue;
      const sliceMs =
        Math.max(1, Math.floor(maxRowsAtOnce / chunk.length)) * WINDOW_MS;
      for (
        let startMs = extent.firstMs;
        startMs <= extent.lastMs;
        startMs += sliceMs
      ) {
        const rows: WindowRow[] = await this.#db
          .knex('telemetry_window')
          .select(
            'telemetry_window.series_id',
            'telemetry_window.start_ms',
            'telemetry_window.value',
          )
          .whereIn('telemetry_window.series_id', chunk)
          .andWhere('telemetry_window.start_ms', '>=', startMs)
          .andWhere(
            'telemetry_window.start_ms',
            '<',
            Math.min(startMs + sliceMs, extent.lastMs + 1),
          );
        for (const row of rows) {
          const { kind, ...segment } = series.get(readBigint(row.series_id))!;
          use({
            ...segment,
            startMs: readBigint(row.start_ms),
            value: decodeValue(kind, row.value),
          });
        }
      }
    }
  }

  async #series(filter: Narrowed) {
    const query = this.#db
      .knex('telemetry_series')
      .join(
        'telemetry_stream',
        'telemetry_stream.stream_id',
        'telemetry_series.stream_id',
      )
      .where('telemetry_stream.subject_ref', filter.subject)
      .andWhere('telemetry_stream.metric', filter.metric)
      .andWhere('telemetry_series.last_start_ms', '>=', filter.fromMs)
      .select('telemetry_series.*');
    if (filter.version !== undefined)
      query.andWhere('telemetry_series.version', filter.version);
    if (filter.cohort !== undefined)
      query.andWhere('telemetry_series.cohort_ref', filter.cohort ?? '');
    if (filter.outcome !== undefined)
      query.andWhere('telemetry_series.outcome', filter.outcome);
    const rows: SeriesRow[] = await query;
    return new Map(
      rows.map(row => [
        readBigint(row.series_id),
        {
          kind: row.kind,
          version: row.version,
          digest: row.digest || undefined,
          cohort: row.cohort_ref || undefined,
          outcome: row.outcome as 'ok' | 'error',
          outputClass: row.output_class || undefined,
        },
      ]),
    );
  }

  /** First and last minute that any of the series has in the range. */
  async #extent(
    seriesIds: number[],
    fromMs: number,
    toMs: number,
  ): Promise<{ firstMs: number; lastMs: number } | undefined> {
    const row = await this.#db
      .knex('telemetry_window')
      .whereIn('telemetry_window.series_id', seriesIds)
      .andWhere('telemetry_window.start_ms', '>=', fromMs)
      .andWhere('telemetry_window.start_ms', '<', toMs)
      .min({ first_ms: 'telemetry_window.start_ms' })
      .max({ last_ms: 'telemetry_window.start_ms' })
      .first();
    if (!row || row.first_ms === null) return undefined;
    return {
      firstMs: readBigint(row.first_ms),
      lastMs: readBigint(row.last_ms),
    };
  }
}

/** A chart begins with the whole minute that its range begins in. */
function aligned<R extends { fromMs: number }>(range: R): R {
  return { ...range, fromMs: Math.floor(range.fromMs / WINDOW_MS) * WINDOW_MS };
}
