import { METRICS, SegmentKey } from '../types';
import {
  Accumulator,
  DeviceHash,
  ExplicitAccumulator,
  ExponentialAccumulator,
  GaugeAccumulator,
  SumAccumulator,
} from './accumulate';
import { Sketches } from './devices';
import { PointBuffer } from './otlp/point';
import {
  MetricSink,
  OtlpMetric,
  OtlpMetricKind,
  TEMPORALITY,
} from './otlp/request';
import {
  explicitProblem,
  exponentialProblem,
  NO_SHAPE,
  Shape,
  Shapes,
} from './pointValue';
import { quoted, RefusalCounter, RefusalReason } from './refusal';
import { Refused, Source, UNKNOWN_VERSION } from './source';
import { CumulativeState } from './toDelta';
import { mergeValues, WindowValue } from './windowValue';

export { UNKNOWN_VERSION };

/** Length of a window, in milliseconds. Windows are half-open and aligned to the epoch. */
export const WINDOW_MS = 60_000;

/** Where a window belongs: one minute of one segment of one metric. */
export interface WindowKey extends SegmentKey {
  subject: string;
  metric: string;
  startMs: number;
  /** Keeps histograms with different boundaries apart; empty for other kinds. */
  shape: string;
}

/** One window of one segment, ready to be merged into the store. */
export interface FoldedWindow extends WindowKey {
  value: WindowValue;
}

/** A point of a cumulative stream. What of it is new only the store knows. */
export interface CumulativePoint {
  /** What tells the stream from every other; holds attributes of the sender and MUST NOT be stored as it is. */
  identity: string;
  window: WindowKey;
  state: CumulativeState;
  weight: number;
  device: DeviceHash | undefined;
}

export interface FoldLimits {
  nowMs: number;
  /** How far ahead of `nowMs` a point may lie. */
  maxAheadMs: number;
  /** How far back a point may lie. */
  retentionMs: number;
}

export interface Folded {
  windows: FoldedWindow[];
  cumulative: CumulativePoint[];
  pointCount: number;
  refusals: RefusalCounter;
}

const labelPattern = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}$/;
const metricNamePattern = /^[A-Za-z][A-Za-z0-9_./-]{0,254}$/;
const durationMetrics = new Set<string>([
  METRICS.httpDuration,
  METRICS.inferenceDuration,
  METRICS.loadDuration,
]);

function metricProblem(metric: OtlpMetric): Refused | undefined {
  const example = `metric ${quoted(metric.name)}`;
  if (!metricNamePattern.test(metric.name))
    return { refused: 'bad-name', example };
  if (metric.kind === 'summary')
    return { refused: 'summary-unsupported', example };
  if (metric.kind === 'unknown') return { refused: 'no-data-kind', example };
  if (
    metric.kind !== 'gauge' &&
    metric.temporality !== TEMPORALITY.delta &&
    metric.temporality !== TEMPORALITY.cumulative
  )
    return { refused: 'no-temporality', example };
  if (
    durationMetrics.has(metric.name) &&
    metric.unit !== 's' &&
    metric.unit !== ''
  ) {
    return {
      refused: 'bad-unit',
      example: `${example} in ${quoted(metric.unit)}`,
    };
  }
  return undefined;
}

function accumulatorOf(kind: OtlpMetricKind, shape: Shape): Accumulator {
  if (kind === 'sum') return new SumAccumulator();
  if (kind === 'gauge') return new GaugeAccumulator();
  return kind === 'explicit'
    ? new ExplicitAccumulator(shape.boundaries)
    : new ExponentialAccumulator();
}

/** Windows of several batches as if they had come in one: equal segments and minutes are merged. */
export function mergeWindows(windows: FoldedWindow[]): FoldedWindow[] {
  const merged = new Map<string, FoldedWindow>();
  for (const window of windows) {
    const key = `${window.subject}|${window.metric}|${window.startMs}|${window.version}|${window.digest}|${window.cohort}|${window.environment}|${window.outcome}|${window.outputClass}|${window.value.kind}|${window.shape}`;
    const known = merged.get(key);
    merged.set(
      key,
      known
        ? { ...known, value: mergeValues(known.value, window.value) }
        : window,
    );
  }
  return [...merged.values()];
}

/** The window that points of the same segment fell into last. */
interface Slot {
  startMs: number;
  shape: Shape;
  accumulator: Accumulator;
}

/** Windows of one metric of one source, by minute, outcome, class and boundaries. */
class Group {
  readonly windows = new Map<
    string,
    { key: WindowKey; accumulator: Accumulator }
  >();
  readonly slots = new Map<string, Slot>();
  /** The metric as it was checked last; one process after the other sends the same. */
  checked: OtlpMetric | undefined;
}

const isSame = (a: OtlpMetric | undefined, b: OtlpMetric) =>
  a === b ||
  (a !== undefined &&
    a.unit === b.unit &&
    a.kind === b.kind &&
    a.temporality === b.temporality &&
    a.isMonotonic === b.isMonotonic);

/**
 * Folds points into one-minute windows, each by the minute of its own time. A bad point costs itself: it is counted
 * with its reason, and the rest goes on. Nothing is built for a single point of delta temporality. The order of points does
 * not matter.
 */
export class Folder implements MetricSink {
  readonly #limits: FoldLimits;
  readonly #sources = new Map<string, Map<string, Group>>();
  #groups = new Map<string, Group>();
  readonly #shapes = new Shapes();
  readonly #refusals = new RefusalCounter();
  readonly #cumulative: CumulativePoint[] = [];
  #pointCount = 0;

  #source: Source | Refused = { refused: 'no-subject', example: '' };
  #device: DeviceHash | undefined;
  #identity: () => string = () => '';
  #metric!: OtlpMetric;
  #kind: OtlpMetricKind = 'unknown';
  #isCumulative = false;
  #group = new Group();

  constructor(limits: FoldLimits) {
    this.#limits = limits;
  }

  /**
   * The metrics that follow come from this source. `identity` is asked only when one of them is cumulative; `device` is the
   * device that the source names.
   */
  source(
    source: Source | Refused,
    identity: () => string = () => '',
    device?: DeviceHash,
  ): void {
    this.#source = source;
    this.#device = device;
    if (!('refused' in source)) {
      let groups = this.#sources.get(source.key);
      if (!groups) {
        groups = new Map();
        this.#sources.set(source.key, groups);
      }
      this.#groups = groups;
    }
    let known: string | undefined;
    this.#identity = () => {
      known ??= identity();
      return known;
    };
  }

  metric(metric: OtlpMetric, pointCount: number): boolean {
    this.#pointCount += pointCount;
    const known =
      'refused' in this.#source ? undefined : this.#groups.get(metric.name);
    if (!known || !isSame(known.checked, metric)) {
      const problem =
        'refused' in this.#source ? this.#source : metricProblem(metric);
      if (problem) {
        if (pointCount > 0)
          this.#refusals.add(problem.refused, pointCount, problem.example);
        return false;
      }
    }
    const group = known ?? new Group();
    if (!known) this.#groups.set(metric.name, group);
    if (!isSame(group.checked, metric)) {
      // Windows of another kind are other windows.
      group.slots.clear();
      group.checked = metric;
    }
    this.#metric = metric;
    this.#kind = metric.kind;
    this.#isCumulative =
      metric.kind !== 'gauge' && metric.temporality === TEMPORALITY.cumulative;
    if (this.#isCumulative && metric.kind === 'sum' && !metric.isMonotonic) {
      // What may go up and down says how much there is now, not how much was added.
      this.#kind = 'gauge';
      this.#isCumulative = false;
    }
    this.#group = group;
    return true;
  }

  point(point: PointBuffer): void {
    const refused = this.#take(point);
    if (refused) {
      const { outputClass } = point.labels;
      this.#refusals.add(
        refused,
        1,
        refused === 'bad-class'
          ? quoted(outputClass!)
          : `metric ${quoted(this.#metric.name)} at ${point.timeMs} ms`,
      );
    }
  }

  finish(): Folded {
    const windows: FoldedWindow[] = [];
    const sketches = new Sketches();
    for (const groups of this.#sources.values()) {
      for (const group of groups.values()) {
        for (const { key, accumulator } of group.windows.values())
          windows.push({ ...key, value: accumulator.value(sketches) });
      }
    }
    return {
      windows,
      cumulative: this.#cumulative,
      pointCount: this.#pointCount,
      refusals: this.#refusals,
    };
  }

  #take(point: PointBuffer): RefusalReason | undefined {
    const { timeMs, labels } = point;
    const { nowMs, maxAheadMs, retentionMs } = this.#limits;
    if (point.isWithoutValue) return 'no-value';
    if (!Number.isSafeInteger(timeMs) || timeMs <= 0) return 'no-time';
    if (timeMs > nowMs + maxAheadMs) return 'clock-ahead';
    if (timeMs < nowMs - retentionMs) return 'too-old';
    const slot = this.#group.slots.get(labels.segment);
    const { outputClass } = labels;
    // A slot says that points of this segment were taken before.
    if (
      slot === undefined &&
      outputClass !== undefined &&
      !labelPattern.test(outputClass)
    )
      return 'bad-class';
    // NaN is what cannot be read.
    if (!(labels.weight >= 1)) return 'bad-weight';
    // A sum that goes up and down counts no events, of which some could have been left out.
    if (
      labels.weight !== 1 &&
      this.#kind === 'sum' &&
      !this.#metric.isMonotonic
    )
      return 'bad-weight';
    let shape = NO_SHAPE;
    if (this.#kind === 'explicit') {
      const own = this.#shapes.of(point.boundaries);
      const problem = explicitProblem(point, own);
      if (problem) return problem;
      shape = own!;
    } else if (this.#kind === 'exponential') {
      const problem = exponentialProblem(point);
      if (problem) return problem;
    } else if (!Number.isFinite(point.value)) {
      return 'not-finite';
    } else if (
      this.#kind === 'sum' &&
      this.#metric.isMonotonic &&
      point.value < 0
    ) {
      return 'not-finite';
    }
    const startMs = timeMs - (timeMs % WINDOW_MS);
    if (this.#isCumulative) return this.#keep(point, startMs, shape);
    if (slot && slot.startMs === startMs && slot.shape === shape) {
      slot.accumulator.add(point, this.#device);
      return undefined;
    }
    const accumulator = this.#accumulatorAt(point, startMs, shape);
    this.#group.slots.set(labels.segment, { startMs, shape, accumulator });
    accumulator.add(point, this.#device);
    return undefined;
  }

  #keyOf(point: PointBuffer, startMs: number, shape: Shape): WindowKey {
    const { subject, version, digest, cohort, environment } = this
      .#source as Source;
    return {
      subject,
      metric: this.#metric.name,
      startMs,
      version,
      digest,
      cohort,
      environment,
      outcome: point.labels.outcome,
      outputClass: point.labels.outputClass,
      shape: shape.text,
    };
  }

  #accumulatorAt(
    point: PointBuffer,
    startMs: number,
    shape: Shape,
  ): Accumulator {
    const key = `${startMs}|${this.#kind}|${shape.number}|${
      point.labels.segment
    }`;
    const known = this.#group.windows.get(key);
    if (known) return known.accumulator;
    const accumulator = accumulatorOf(this.#kind, shape);
    this.#group.windows.set(key, {
      key: this.#keyOf(point, startMs, shape),
      accumulator,
    });
    return accumulator;
  }

  #keep(point: PointBuffer, startMs: number, shape: Shape): undefined {
    const { name, unit } = this.#metric;
    const { subject } = this.#source as Source;
    this.#cumulative.push({
      identity: [
        subject,
        name,
        unit,
        this.#kind,
        this.#identity(),
        point.labels.identity(),
      ].join('\n'),
      window: this.#keyOf(point, startMs, shape),
      state: {
        startMs: point.startMs,
        timeMs: point.timeMs,
        value: accumulatorOf(this.#kind, shape).alone(point),
      },
      weight: point.labels.weight,
      device: this.#device,
    });
  }
}
