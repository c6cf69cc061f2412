import { METRICS, SegmentKey } from '../types';
import { sameNumbers } from './explicit';
import {
  OtlpMetric,
  OtlpPoint,
  OtlpRequest,
  OtlpResource,
  TEMPORALITY,
} from './otlp/request';
import { valueOf } from './pointValue';
import { quoted, RefusalCounter, RefusalReason } from './refusal';
import { mergeValues, WindowValue } from './windowValue';

/** Length of a window, in milliseconds. Windows are half-open and aligned to the epoch. */
export const WINDOW_MS = 60_000;

/** One window of one segment, ready to be merged into the store. */
export interface FoldedWindow extends SegmentKey {
  subject: string;
  metric: string;
  startMs: number;
  /** Keeps histograms with different boundaries apart; empty for other kinds. */
  shape: string;
  value: WindowValue;
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
  pointCount: number;
  refusals: RefusalCounter;
}

const labelPattern = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const metricNamePattern = /^[A-Za-z][A-Za-z0-9_./-]{0,254}$/;
const durationMetrics = new Set<string>([
  METRICS.httpDuration,
  METRICS.inferenceDuration,
  METRICS.loadDuration,
]);

/** Version label of a signal that names none. */
export const UNKNOWN_VERSION = 'unknown';

interface Source {
  subject: string;
  cohort: string | undefined;
  version: string;
  digest: string | undefined;
}

type Refused = { refused: RefusalReason; example: string };
const isRefused = (value: object): value is Refused => 'refused' in value;

function sourceOf(
  resource: OtlpResource,
  assignment: { subjectRef: string; cohortRef: string | undefined } | undefined,
): Source | Refused {
  const { attributes } = resource;
  const named = attributes['ai_assurance.subject'];
  if (!named)
    return {
      refused: 'no-subject',
      example: `service.name ${quoted(attributes['service.name'] ?? '')}`,
    };
  if (!assignment)
    return { refused: 'unknown-subject', example: quoted(named) };
  const version =
    attributes['ai_assurance.model.version'] ??
    attributes['service.version'] ??
    UNKNOWN_VERSION;
  if (!labelPattern.test(version))
    return { refused: 'bad-version', example: quoted(version) };
  const digest = attributes['ai_assurance.model.digest'];
  if (digest !== undefined && !digestPattern.test(digest))
    return { refused: 'bad-digest', example: quoted(digest) };
  return {
    subject: assignment.subjectRef,
    cohort: assignment.cohortRef,
    version,
    digest,
  };
}

function metricProblem(metric: OtlpMetric): Refused | undefined {
  const example = `metric ${quoted(metric.name)}`;
  if (!metricNamePattern.test(metric.name))
    return { refused: 'bad-name', example };
  if (metric.kind === 'summary')
    return { refused: 'summary-unsupported', example };
  if (metric.kind === 'unknown') return { refused: 'no-data-kind', example };
  if (metric.kind !== 'gauge' && metric.temporality !== TEMPORALITY.delta)
    return { refused: 'cumulative-temporality', example };
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

function timeProblem(
  point: OtlpPoint,
  limits: FoldLimits,
): RefusalReason | undefined {
  if (!Number.isSafeInteger(point.timeMs) || point.timeMs <= 0)
    return 'no-time';
  if (point.timeMs > limits.nowMs + limits.maxAheadMs) return 'clock-ahead';
  if (point.timeMs < limits.nowMs - limits.retentionMs) return 'too-old';
  return undefined;
}

const failedOutcomes = new Set(['failed', 'crashed', 'error']);

/** Whether a point counts failures: an error type, a server error status, or an outcome that says so. */
export function outcomeOf(attributes: Record<string, string>): 'ok' | 'error' {
  if (attributes['error.type']) return 'error';
  if (Number(attributes['http.response.status_code']) >= 500) return 'error';
  return failedOutcomes.has(attributes['ai_assurance.outcome'])
    ? 'error'
    : 'ok';
}

/** Boundaries with their text, and a number in place of the text for keys. */
interface Shape {
  number: number;
  boundaries: number[];
  text: string;
}

/** The boundaries of one request. Senders repeat the same ones for every point, so the last answer is tried first. */
class Shapes {
  readonly #byText = new Map<string, Shape>();
  #last: Shape | undefined;

  of(boundaries: number[]): Shape {
    if (this.#last && sameNumbers(boundaries, this.#last.boundaries))
      return this.#last;
    const text = boundaries.join(',');
    let shape = this.#byText.get(text);
    if (!shape) {
      shape = { number: this.#byText.size + 1, boundaries, text };
      this.#byText.set(text, shape);
    }
    this.#last = shape;
    return shape;
  }
}

/** Points without boundaries. */
const noShape: Shape = { number: 0, boundaries: [], text: '' };

/** Windows of several batches as if they had come in one: equal segments and minutes are merged. */
export function mergeWindows(windows: FoldedWindow[]): FoldedWindow[] {
  const merged = new Map<string, FoldedWindow>();
  for (const window of windows) {
    const key = [
      window.subject,
      window.metric,
      window.startMs,
      window.version,
      window.digest ?? '',
      window.cohort ?? '',
      window.outcome,
      window.outputClass ?? '',
      window.value.kind,
      window.shape,
    ].join('|');
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

/**
 * Folds points into one-minute windows, each by the minute of its own time. A bad point costs itself: it is counted
 * with its reason, and the rest goes on. `assignments` holds, for each resource of the request, what the catalog made of
 * it. The order of points does not matter.
 */
export function fold(
  request: OtlpRequest,
  assignments: (
    | { subjectRef: string; cohortRef: string | undefined }
    | undefined
  )[],
  limits: FoldLimits,
): Folded {
  // In two steps, source and metric, then the point: the longer part of a key is made once for many points.
  const windows = new Map<string, Map<string, FoldedWindow>>();
  const windowsOf = (prefix: string) => {
    const known = windows.get(prefix);
    if (known) return known;
    const fresh = new Map<string, FoldedWindow>();
    windows.set(prefix, fresh);
    return fresh;
  };
  const refusals = new RefusalCounter();
  const shapes = new Shapes();
  let pointCount = 0;

  const foldPoint = (
    source: Source,
    metric: OtlpMetric,
    into: Map<string, FoldedWindow>,
    point: OtlpPoint,
  ): Refused | undefined => {
    if (point.isWithoutValue) return undefined;
    const refuse = (refused: RefusalReason, more = ''): Refused => ({
      refused,
      example: `metric ${quoted(metric.name)}${more}`,
    });
    const badTime = timeProblem(point, limits);
    if (badTime) return refuse(badTime, ` at ${point.timeMs} ms`);
    const outputClass = point.attributes['ai_assurance.class'];
    if (outputClass !== undefined && !labelPattern.test(outputClass)) {
      return { refused: 'bad-class', example: quoted(outputClass) };
    }
    const value = valueOf(metric.kind, point);
    if (typeof value === 'string') return refuse(value);
    const outcome = outcomeOf(point.attributes);
    const startMs = Math.floor(point.timeMs / WINDOW_MS) * WINDOW_MS;
    let shape = noShape;
    if (value.kind === 'explicit') {
      shape = shapes.of(value.explicit.boundaries);
      // One list for all points, so that merging them sees at once that they fit.
      value.explicit.boundaries = shape.boundaries;
    }
    const key = `${startMs}|${outcome}|${outputClass ?? ''}|${value.kind}|${
      shape.number
    }`;
    const known = into.get(key);
    if (known) {
      known.value = mergeValues(known.value, value);
      return undefined;
    }
    into.set(key, {
      ...source,
      metric: metric.name,
      startMs,
      outcome,
      outputClass,
      shape: shape.text,
      value,
    });
    return undefined;
  };

  request.resources.forEach((resource, i) => {
    const source = sourceOf(resource, assignments[i]);
    for (const metric of resource.metrics) {
      pointCount += metric.points.length;
      const problem = isRefused(source) ? source : metricProblem(metric);
      if (problem) {
        if (metric.points.length > 0)
          refusals.add(problem.refused, metric.points.length, problem.example);
        continue;
      }
      const { subject, version, digest, cohort } = source as Source;
      const into = windowsOf(
        `${subject}|${metric.name}|${version}|${digest ?? ''}|${cohort ?? ''}`,
      );
      for (const point of metric.points) {
        const refused = foldPoint(source as Source, metric, into, point);
        if (refused) refusals.add(refused.refused, 1, refused.example);
      }
    }
  });
  return {
    windows: [...windows.values()].flatMap(group => [...group.values()]),
    pointCount,
    refusals,
  };
}
