import { SegmentLatency } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Window } from '../types';
import { HistogramSum } from './histogramSum';
import { Group, GroupPart } from './levels/groups';
import { headlineOf } from './levels/headline';
import { hiddenCells } from './suppression';
import { WindowValue } from './windowValue';

/** Most points of a chart and most rows of a segment table. */
export const MAX_POINTS = 200;

/** A window as the store reads it: its segment and its value. */
export type ReadWindow = Pick<
  Window,
  | 'startMs'
  | 'version'
  | 'digest'
  | 'cohort'
  | 'environment'
  | 'outcome'
  | 'outputClass'
> & { value: WindowValue };

/** Latency of one row, with the numbers of the row as the wire has them. */
class LatencySum extends Group {
  quantiles() {
    const headline = headlineOf(this);
    const ms = (seconds: number) =>
      Number.isNaN(seconds) ? null : seconds * 1000;
    return {
      p50Ms: ms(headline.p50),
      p95Ms: ms(headline.p95),
      p99Ms: ms(headline.p99),
      errorBoundRatio: headline.errorBoundRatio,
    };
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
    this.#row(window).latency.add(window.startMs, window.value, window.outcome);
  }

  addConfidence(window: ReadWindow): void {
    this.#row(window).confidence.add(window.startMs, window.value);
  }

  /** Adds what is merged already, as engines have it. */
  addGroup(
    row: Pick<ReadWindow, 'version' | 'digest' | 'cohort'>,
    startMs: number,
    part: GroupPart,
  ): void {
    this.#row(row).latency.join(startMs, part);
  }

  #row(window: Pick<ReadWindow, 'version' | 'digest' | 'cohort'>) {
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

  /**
   * Rows that counted a latency, worst p95 first, at most {@link MAX_POINTS}; rows of too few devices, and those that would
   * tell of them, come last and say nothing but who they are. `devicesOf` counts the devices of what engines merged.
   */
  rows(
    minimumOf: (cohort: string | null) => number,
    devicesOf: (row: {
      version: string;
      cohort: string | null;
      latency: { deviceCount: number | undefined };
    }) => number | undefined = row => row.latency.deviceCount,
  ): SegmentLatency[] {
    const rows = [...this.#rows.values()].filter(
      row => row.latency.histograms.count > 0,
    );
    const cells = rows.map(row => ({
      count: row.latency.histograms.count,
      deviceCount: devicesOf(row),
      minimum: minimumOf(row.cohort),
    }));
    const hidden = hiddenCells(cells, [
      rows.map((_, i) => i),
      ...linesBy(rows, row => row.version),
      ...linesBy(rows, row => row.cohort ?? ''),
    ]);
    return rows
      .map(({ version, digest, cohort, latency, confidence }, i) => {
        if (hidden.has(i))
          return {
            version,
            digest,
            cohort,
            count: 0,
            errorCount: 0,
            p50Ms: null,
            p95Ms: null,
            p99Ms: null,
            errorBoundRatio: 1,
            meanConfidence: null,
            isSuppressed: true,
          };
        return {
          version,
          digest,
          cohort,
          count: Math.round(latency.histograms.count),
          errorCount: Math.round(latency.errorCount),
          ...latency.quantiles(),
          meanConfidence:
            confidence.count > 0 ? confidence.sum / confidence.count : null,
        };
      })
      .sort((a, b) => (b.p95Ms ?? -1) - (a.p95Ms ?? -1))
      .slice(0, MAX_POINTS);
  }
}

/** Places of the rows that share a label, for each label. */
function linesBy<Row>(rows: Row[], labelOf: (row: Row) => string): number[][] {
  const lines = new Map<string, number[]>();
  rows.forEach((row, i) => {
    const label = labelOf(row);
    lines.set(label, [...(lines.get(label) ?? []), i]);
  });
  return [...lines.values()];
}
