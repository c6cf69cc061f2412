import {
  LatencyPoint,
  SegmentLatency,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** Names of the metrics that the suite reads. Durations are in seconds on the wire, as OpenTelemetry has them. */
export const METRICS = {
  httpDuration: 'http.server.request.duration',
  inferenceDuration: 'ai_assurance.inference.duration',
  loadAttempts: 'ai_assurance.model.load.attempts',
  loadDuration: 'ai_assurance.model.load.duration',
  sessions: 'ai_assurance.sessions',
  confidence: 'ai_assurance.output.confidence',
  outputClass: 'ai_assurance.output.class',
  peakMemory: 'ai_assurance.process.memory.peak',
} as const;

/** An exponential histogram as OpenTelemetry defines it: base = 2^(2^-scale); bucket i of `positive` counts (base^i, base^(i+1)]. */
export interface ExponentialHistogram {
  scale: number;
  zeroCount: number;
  positiveOffset: number;
  positiveCounts: number[];
  negativeOffset: number;
  negativeCounts: number[];
  count: number;
  sum: number;
  min: number | undefined;
  max: number | undefined;
}

/** `counts` has one more member than `boundaries`: the last bin is open. */
export interface ExplicitHistogram {
  boundaries: number[];
  counts: number[];
  count: number;
  sum: number;
}

/** What a gauge said in a window. */
export interface GaugeValue {
  last: number;
  lastAtMs: number;
  max: number;
}

export interface SeriesFilter {
  subject: string;
  metric: string;
  /** Half-open. */
  fromMs: number;
  toMs: number;
  version?: string;
  /** `null` asks for signals that no cohort claims. */
  cohort?: string | null;
}

export interface SegmentKey {
  version: string;
  digest: string | undefined;
  cohort: string | undefined;
  outcome: 'ok' | 'error';
  /** Value of `ai_assurance.class` where the point carries one. */
  outputClass: string | undefined;
}

/** One one-minute window of one segment. */
export interface Window extends SegmentKey {
  startMs: number;
  kind: 'sum' | 'gauge' | 'explicit' | 'exponential';
  /** Of a sum its value, of a histogram the sum of the counted values, of a gauge its last value. */
  sum: number;
  /** Gauges only. */
  gauge?: GaugeValue;
  explicit: ExplicitHistogram | undefined;
  exponential: ExponentialHistogram | undefined;
}

/** Narrow reads for other rooms. */
export interface TelemetryAnswers {
  /** Windows of a series, oldest first; one row for each minute and segment. */
  windows(filter: SeriesFilter): Promise<Window[]>;
  /** Merged over time and, unless filtered, over segments; `undefined` when nothing was counted. */
  exponential(
    filter: SeriesFilter & { outcome?: 'ok' | 'error' },
  ): Promise<ExponentialHistogram | undefined>;
  /** Merged over windows with equal boundaries; windows with other boundaries than the newest are left out and counted. */
  explicit(
    filter: SeriesFilter,
  ): Promise<
    { histogram: ExplicitHistogram; leftOutCount: number } | undefined
  >;
  /** Which versions of a subject reported in a range, with first and last minute. */
  versions(
    subject: string,
    fromMs: number,
    toMs: number,
  ): Promise<
    {
      version: string;
      digest: string | undefined;
      firstSeenMs: number;
      lastSeenMs: number;
    }[]
  >;
  /** Latency of whichever duration metric the subject reports, in equal steps over the range, at most 200 points, gaps as null. `cohort` narrows. */
  latencyPoints(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ): Promise<LatencyPoint[]>;
  /** Latency and mean confidence by version and cohort, worst p95 first; at most 200 rows. `cohort` narrows. */
  segmentLatency(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ): Promise<SegmentLatency[]>;
  /**
   * State of the intake; with `asOfMs` as it was then, to the minute: of the minute that had not ended, what came in counts
   * only when nothing came after.
   */
  intake(
    sinceMs: number,
    asOfMs?: number,
  ): Promise<{
    lastBatchAtMs: number | undefined;
    acceptedPoints: number;
    refusedPoints: number;
  }>;
}
