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
  /** Where it runs, as the sender says. */
  environment?: string;
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
  /**
   * What was really counted (of a sum its value, of a histogram its points) where points were a sample and `sum` and the
   * counts are weighted; absent where nothing was weighted.
   */
  n?: number;
  /** Gauges only. */
  gauge?: GaugeValue;
  explicit: ExplicitHistogram | undefined;
  exponential: ExponentialHistogram | undefined;
}

/** How finely the suite keeps telemetry: windows of a minute, merged into hours and days (of UTC). */
export type Level = 'minute' | 'hour' | 'day';

/** What a source of telemetry could not answer: its name, since when (epoch ms) it fails, and why. */
export interface SourceFailure {
  source: string;
  sinceMs: number;
  /** Closed words, such as `timeout`, `unreachable`, `partial-answer`, `malformed-answer`. */
  code: string;
  /** For people; holds no credential. */
  message: string;
}

/** One step of a chart. Latencies are in milliseconds and `null` where nothing was counted or the group is suppressed. */
export interface SeriesPoint {
  startMs: number;
  /** Requests counted, failed ones included; `null` where it is suppressed. */
  count: number | null;
  errorCount: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  /**
   * Least and largest 95th percentile of the finest windows within the step, so that a spike survives a wide step. `null`
   * where the source does not know them (groups, engines).
   */
  p95LowMs: number | null;
  p95HighMs: number | null;
}

/** Of one version or one cohort. */
export interface SeriesGroup {
  /** The version, or the entity ref of the cohort; `null` for signals that no cohort claims. */
  key: string | null;
  /** Set: fewer devices than the cohort's minimum were seen, or a total would reveal such a group; all values are `null`. */
  isSuppressed: boolean;
  points: SeriesPoint[];
}

/** Traffic, errors and latency of a subject in equal steps, or why the source could not say. */
export type SeriesAnswer =
  | {
      state: 'ready';
      /** `embedded`, or the name of the engine in the config. */
      source: string;
      /** Start of the first step and end of the last; wider than asked by less than a step. */
      fromMs: number;
      toMs: number;
      stepMs: number;
      /** The coarsest level that was read. */
      level: Level | 'engine';
      /** Not set: a part of the range is past the retention of the level that the steps need, and its points are empty. */
      isWhole: boolean;
      /** Largest possible relative error of a percentile, 0..1; `undefined` where the source does not know it. */
      errorBoundRatio: number | undefined;
      /** Of the subject as a whole; one point for each step, at most 2,000. */
      points: SeriesPoint[];
      /** Only with `by`; most traffic first, at most 100. */
      groups: SeriesGroup[];
    }
  | { state: 'failed'; failure: SourceFailure };

/** When a version took traffic. */
export interface VersionBand {
  version: string;
  digest: string | undefined;
  /** First and last step with traffic: start of the first, end of the last. */
  fromMs: number;
  toMs: number;
  count: number;
  /** Of all traffic in the range, 0..1. */
  shareRatio: number;
  /** Share of the traffic of each step, 0..1, in the steps of the answer; 0 where the version took none. */
  shares: number[];
}

/** Which version took how much of the traffic, in equal steps; oldest first. */
export type VersionBandsAnswer =
  | {
      state: 'ready';
      source: string;
      fromMs: number;
      toMs: number;
      stepMs: number;
      /** At most 50; the rest is left out and counted. */
      bands: VersionBand[];
      leftOutCount: number;
    }
  | { state: 'failed'; failure: SourceFailure };

/** Latency by version and cohort, worst p95 first, or why the source could not say. */
export type BreakdownAnswer =
  | { state: 'ready'; source: string; rows: SegmentLatency[] }
  | { state: 'failed'; failure: SourceFailure };

/** How many devices a slice of telemetry is made of. */
export interface GroupSize {
  /** At least so many in the range; `undefined` where no device is known: then it is no group of devices. */
  deviceCount: number | undefined;
  /** Fewest that anything may be said about. */
  minimum: number;
  /** Callers MUST then answer `inconclusive: suppressed` and show no value. */
  isSuppressed: boolean;
}

/** A segment of a metric, outcomes and classes together, with its devices. */
export interface SegmentGroup extends GroupSize {
  version: string;
  cohort: string | undefined;
  environment: string | undefined;
}

/** Half-open, epoch ms. `stepMs` is rounded up to one that the levels have (1, 5, 15 minutes; 1, 6 hours; 1 day or more). */
export interface SeriesRange {
  fromMs: number;
  toMs: number;
  /** Default: the finest with at most 300 steps. */
  stepMs?: number;
}

/** A metric of a subject, to be read with many others. */
export interface WindowsQuestion {
  subject: string;
  metric: string;
}

/** Narrow reads for other rooms. */
export interface TelemetryAnswers {
  /**
   * Traffic, errors and latency percentiles of whichever duration metric the subject reports, in equal steps, at most
   * 2,000; `by` adds the same for each version or cohort. Read from the coarsest level that holds the steps exactly, or
   * from the engine that the subject's telemetry is kept in; a failing engine is an answer, never a throw.
   */
  series(
    subject: string,
    range: SeriesRange,
    options?: { by?: 'version' | 'cohort'; cohort?: string },
  ): Promise<SeriesAnswer>;
  /** Which version took traffic when, and its share, of the metric of {@link TelemetryAnswers.series}. */
  versionBands(
    subject: string,
    range: SeriesRange,
  ): Promise<VersionBandsAnswer>;
  /** {@link TelemetryAnswers.segmentLatency}, with the reason where the source cannot say. */
  breakdown(
    subject: string,
    range: { fromMs: number; toMs: number },
    cohort?: string,
  ): Promise<BreakdownAnswer>;
  /** Whether a slice is of too few devices for anything to be said about it. */
  groupOf(filter: SeriesFilter): Promise<GroupSize>;
  /** The same for every segment of a metric. */
  groups(
    filter: Pick<SeriesFilter, 'subject' | 'metric' | 'fromMs' | 'toMs'>,
  ): Promise<SegmentGroup[]>;
  /** Windows of a series, oldest first; one row for each minute and segment. */
  windows(filter: SeriesFilter): Promise<Window[]>;
  /**
   * The same for many subjects in one statement, handed on one after the other, so that the windows of one are in memory at a
   * time. Callers keep questions times minutes bounded.
   */
  windowsOfEach<Q extends WindowsQuestion>(
    questions: readonly Q[],
    range: { fromMs: number; toMs: number },
    use: (question: Q, windows: Window[]) => void,
  ): Promise<void>;
  /** Start of the oldest window that is kept; `undefined` where there is none. */
  firstStartMs(question: WindowsQuestion): Promise<number | undefined>;
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
  /**
   * Metrics of a subject that had more segments in a minute than are kept apart, with the first and last minute of that
   * in the range: their segments beyond the limit stand together under the version `overflow`.
   */
  overflow(
    subject: string,
    fromMs: number,
    toMs: number,
  ): Promise<{ metric: string; firstSeenMs: number; lastSeenMs: number }[]>;
  /** Latency of whichever duration metric the subject reports, in equal steps over the range, at most 200 points, gaps as null. `cohort` narrows. */
  latencyPoints(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ): Promise<LatencyPoint[]>;
  /**
   * How much whichever duration metric each subject reports counted in the whole minutes of a range; without those that
   * report nothing. Of the embedded windows many subjects are read in two statements; an engine is asked about each.
   */
  traffic(
    subjects: readonly string[],
    range: { fromMs: number; toMs: number },
  ): Promise<Map<string, number>>;
  /** Latency and mean confidence by version and cohort, worst p95 first; at most 200 rows; rows of too few devices say nothing. `cohort` narrows. */
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

/** A signal to be read with many others. */
export interface SignalQuestion {
  subject: string;
  metric: string;
  /** Whether its cohorts are wanted too. */
  byCohort: boolean;
}

/** All windows of a signal in a range, added up. */
export interface Signal {
  /** Start of the newest window of any kind; `undefined`: there is none. */
  newestStartMs: number | undefined;
  /** Of the newest window with a histogram of explicit bins; windows with others are left out of the counts. */
  boundaries: number[] | undefined;
  counts: number[] | undefined;
  cohortCounts: Map<string, number[]>;
  /** Sums by value of `ai_assurance.class`. */
  classes: Map<string, number>;
  cohortClasses: Map<string, Map<string, number>>;
  /** Cohorts of too few devices for anything to be said about them. */
  suppressed: Set<string>;
}

/** Reads many signals at once: what `windows` and `groupOf` tell of each, added up, in a few statements for all. */
export interface SignalReader {
  /** In the order of the questions; `undefined` for what was never reported. Callers keep questions times minutes bounded. */
  signals(
    questions: readonly SignalQuestion[],
    range: { fromMs: number; toMs: number },
  ): Promise<(Signal | undefined)[]>;
}
