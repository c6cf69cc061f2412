import {
  LatencyPoint,
  SegmentLatency,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Window } from '../types';
import { WINDOW_MS } from './fold';
import { HistogramSum } from './histogramSum';
import { quantile } from './quantile';
import { WindowValue } from './windowValue';

/** Most points of a chart and most rows of a segment table. */
export const MAX_POINTS = 200;

/** A window as the store reads it: its segment and its value. */
export type ReadWindow = Pick<
  Window,
  'startMs' | 'version' | 'digest' | 'cohort' | 'outcome' | 'outputClass'
> & { value: WindowValue };

class LatencySum {
  readonly histograms = new HistogramSum();
  errorCount = 0;

  add(window: ReadWindow): void {
    this.histograms.add(window.startMs, window.value);
    if (window.outcome !== 'error') return;
    if (window.value.kind === 'exponential')
      this.errorCount += window.value.exponential.count;
    if (window.value.kind === 'explicit')
      this.errorCount += window.value.explicit.count;
  }

  quantiles() {
    const histogram = this.histograms.largest();
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map(q =>
      histogram ? quantile(histogram, q) : undefined,
    );
    const ms = (found: { value: number } | undefined) =>
      found ? found.value * 1000 : null;
    const bounds = [p50, p95, p99].map(found => found?.errorBoundRatio ?? 0);
    return {
      p50Ms: ms(p50),
      p95Ms: ms(p95),
      p99Ms: ms(p99),
      errorBoundRatio: Math.min(1, Math.max(...bounds)),
    };
  }
}

/** How a range is cut into equal steps of whole minutes, at most {@link MAX_POINTS} of them. */
export function stepsOf(
  fromMs: number,
  toMs: number,
): { startMs: number; stepMs: number; stepCount: number } {
  const startMs = Math.floor(fromMs / WINDOW_MS) * WINDOW_MS;
  const minutes = Math.max(0, Math.ceil((toMs - startMs) / WINDOW_MS));
  const stepMs = Math.max(1, Math.ceil(minutes / MAX_POINTS)) * WINDOW_MS;
  return {
    startMs,
    stepMs,
    stepCount: Math.ceil((minutes * WINDOW_MS) / stepMs),
  };
}

/** Collects windows of a duration metric (in seconds) into the points of a chart. */
export class LatencyChart {
  readonly #steps: { startMs: number; stepMs: number; stepCount: number };
  readonly #sums: (LatencySum | undefined)[];

  constructor(fromMs: number, toMs: number) {
    this.#steps = stepsOf(fromMs, toMs);
    this.#sums = new Array(this.#steps.stepCount).fill(undefined);
  }

  add(window: ReadWindow): void {
    const step = Math.floor(
      (window.startMs - this.#steps.startMs) / this.#steps.stepMs,
    );
    if (step < 0 || step >= this.#sums.length) return;
    const sum = this.#sums[step] ?? new LatencySum();
    this.#sums[step] = sum;
    sum.add(window);
  }

  /** One point for each step; quantiles are null where nothing was counted. */
  points(): LatencyPoint[] {
    return this.#sums.map((sum, i) => {
      const startMs = this.#steps.startMs + i * this.#steps.stepMs;
      if (!sum)
        return {
          startMs,
          count: 0,
          errorCount: 0,
          p50Ms: null,
          p95Ms: null,
          p99Ms: null,
        };
      const { p50Ms, p95Ms, p99Ms } = sum.quantiles();
      return {
        startMs,
        count: sum.histograms.count,
        errorCount: sum.errorCount,
        p50Ms,
        p95Ms,
        p99Ms,
      };
    });
  }
}

/** Collects windows of a duration metric and of the confidence metric by version and cohort. */
export class SegmentTable {
  readonly #rows = new Map<
    string,
    {
      version: string;
      digest: string | null;
      cohort: string | null;
      latency: LatencySum;
      confidence: HistogramSum;
    }
  >();

  addLatency(window: ReadWindow): void {
    this.#row(window).latency.add(window);
  }

  addConfidence(window: ReadWindow): void {
    this.#row(window).confidence.add(window.startMs, window.value);
  }

  #row(window: ReadWindow) {
    const key = `${window.version}|${window.digest ?? ''}|${
      window.cohort ?? ''
    }`;
    let row = this.#rows.get(key);
    if (!row) {
      row = {
        version: window.version,
        digest: window.digest ?? null,
        cohort: window.cohort ?? null,
        latency: new LatencySum(),
        confidence: new HistogramSum(),
      };
      this.#rows.set(key, row);
    }
    return row;
  }

  /** Rows that counted a latency, worst p95 first, at most {@link MAX_POINTS}. */
  rows(): SegmentLatency[] {
    return [...this.#rows.values()]
      .filter(row => row.latency.histograms.count > 0)
      .map(({ version, digest, cohort, latency, confidence }) => ({
        version,
        digest,
        cohort,
        count: latency.histograms.count,
        errorCount: latency.errorCount,
        ...latency.quantiles(),
        meanConfidence:
          confidence.count > 0 ? confidence.sum / confidence.count : null,
      }))
      .sort((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0))
      .slice(0, MAX_POINTS);
  }
}
