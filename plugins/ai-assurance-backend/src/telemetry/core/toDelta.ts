import { ExponentialHistogram } from '../types';
import { exponentialDifference } from './exponential';
import { sameNumbers } from './explicit';
import { RefusalReason } from './refusal';
import { Measured, WindowValue } from './windowValue';

/** A cumulative stream as it was last seen: what it had counted from `startMs` up to `timeMs`. */
export interface CumulativeState {
  /** 0: the sender does not say when it began to count. */
  startMs: number;
  timeMs: number;
  value: Measured;
}

export type Advanced =
  /** Nothing new: a repeated point, or one from before what was counted already. */
  | { became: 'unchanged' }
  /** A beginning that cannot be counted: whatever was counted before it is not known to be new. */
  | { became: 'baseline'; state: CumulativeState }
  | { became: 'counted'; state: CumulativeState; delta: Measured }
  | { became: 'refused'; reason: RefusalReason };

/**
 * Longest life up to its first point for which a stream is counted from its start, in milliseconds. All of it is counted
 * into the minute of the point; of an older stream nobody knows how much was counted elsewhere, so it only sets the baseline.
 */
export const MAX_FIRST_SPAN_MS = 15 * 60_000;

const isStartKnown = ({ startMs, timeMs }: CumulativeState) =>
  startMs > 0 && startMs < timeMs;

/**
 * Takes a cumulative stream one point further, by OpenTelemetry's metrics data model (resets and gaps, overlap). A stream
 * that begins anew, told by a later start time or by a value, count or bucket that fell, is counted from its new start.
 * A point that is not later than the last one changes nothing, so that repeats and any order do no harm.
 */
export function advance(
  known: CumulativeState | undefined,
  next: CumulativeState,
): Advanced {
  if (next.startMs > next.timeMs)
    return { became: 'refused', reason: 'bad-start' };
  if (!known) {
    // A start equal to the time marks a stream whose beginning is unknown.
    return isStartKnown(next) && next.timeMs - next.startMs <= MAX_FIRST_SPAN_MS
      ? { became: 'counted', state: next, delta: next.value }
      : { became: 'baseline', state: next };
  }
  if (next.timeMs <= known.timeMs) return { became: 'unchanged' };
  if (next.startMs > 0 && next.startMs < known.startMs)
    return { became: 'refused', reason: 'overlapping-stream' };
  const isNewStart = next.startMs > known.startMs;
  if (isNewStart && known.startMs > 0) {
    // It began anew after what was counted: all that it counts is new. A start that is the time says nothing was counted yet
    // that belongs to it.
    return isStartKnown(next)
      ? { became: 'counted', state: next, delta: next.value }
      : { became: 'baseline', state: next };
  }
  const delta = difference(next.value, known.value);
  if (delta === 'other-shape') return { became: 'baseline', state: next };
  // What fell has begun at zero again, unseen.
  return {
    became: 'counted',
    state: next,
    delta: delta === 'fell' ? next.value : delta,
  };
}

/** `later` without `earlier`; `fell` when anything that only grows is smaller. */
function difference(
  later: Measured,
  earlier: Measured,
): Measured | 'fell' | 'other-shape' {
  if (later.kind === 'sum' && earlier.kind === 'sum') {
    return later.sum < earlier.sum
      ? 'fell'
      : { kind: 'sum', sum: later.sum - earlier.sum };
  }
  if (later.kind === 'explicit' && earlier.kind === 'explicit') {
    const a = later.explicit;
    const b = earlier.explicit;
    if (!sameNumbers(a.boundaries, b.boundaries)) return 'other-shape';
    const counts = a.counts.map((count, i) => count - b.counts[i]);
    if (counts.some(count => count < 0)) return 'fell';
    return {
      kind: 'explicit',
      explicit: {
        boundaries: a.boundaries,
        counts,
        count: a.count - b.count,
        sum: a.sum - b.sum,
      },
    };
  }
  if (later.kind === 'exponential' && earlier.kind === 'exponential')
    return exponentialDelta(later.exponential, earlier.exponential);
  return 'other-shape';
}

/** An extreme of the whole is one of the difference only when it moved. */
const moved = (whole: number | undefined, before: number | undefined) =>
  before !== undefined && whole !== before ? whole : undefined;

function exponentialDelta(
  later: ExponentialHistogram,
  earlier: ExponentialHistogram,
): Measured | 'fell' {
  const delta = exponentialDifference(later, earlier);
  if (!delta) return 'fell';
  if (delta.count === 0) return { kind: 'exponential', exponential: delta };
  return {
    kind: 'exponential',
    exponential: {
      ...delta,
      // Before anything was counted there were no extremes, so that the first are the difference's own.
      min: earlier.count === 0 ? later.min : moved(later.min, earlier.min),
      max: earlier.count === 0 ? later.max : moved(later.max, earlier.max),
    },
  };
}

const times = (counts: number[], weight: number) =>
  counts.map(count => count * weight);

/** The value with every event counted `weight` times, and what was really counted beside it. */
export function weighted(value: Measured, weight: number): WindowValue {
  if (weight === 1 || value.kind === 'gauge') return value;
  if (value.kind === 'sum')
    return { kind: 'sum', sum: value.sum * weight, n: value.sum };
  if (value.kind === 'explicit') {
    const h = value.explicit;
    return {
      kind: 'explicit',
      explicit: {
        boundaries: h.boundaries,
        counts: times(h.counts, weight),
        count: h.count * weight,
        sum: h.sum * weight,
      },
      n: h.count,
    };
  }
  const h = value.exponential;
  return {
    kind: 'exponential',
    exponential: {
      ...h,
      zeroCount: h.zeroCount * weight,
      positiveCounts: times(h.positiveCounts, weight),
      negativeCounts: times(h.negativeCounts, weight),
      count: h.count * weight,
      sum: h.sum * weight,
    },
    n: h.count,
  };
}
