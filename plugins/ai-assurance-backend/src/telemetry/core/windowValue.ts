import { ExplicitHistogram, ExponentialHistogram, GaugeValue } from '../types';
import { mergeExplicit } from './explicit';
import { finiteSum, mergeExponential } from './exponential';

/** What one window of one segment holds. */
export type WindowValue =
  | { kind: 'sum'; sum: number }
  | { kind: 'gauge'; gauge: GaugeValue }
  | { kind: 'explicit'; explicit: ExplicitHistogram }
  | { kind: 'exponential'; exponential: ExponentialHistogram };

/**
 * Both values in one. Sums add, histograms merge, of gauges the later value and the larger maximum remain; so the order
 * of points does not matter. Throws when the kinds (or the boundaries of explicit histograms) differ: callers keep
 * those apart by their keys.
 */
export function mergeValues(a: WindowValue, b: WindowValue): WindowValue {
  if (a.kind === 'sum' && b.kind === 'sum')
    return { kind: 'sum', sum: finiteSum(a.sum, b.sum) };
  if (a.kind === 'gauge' && b.kind === 'gauge') {
    const bIsLater =
      b.gauge.lastAtMs > a.gauge.lastAtMs ||
      (b.gauge.lastAtMs === a.gauge.lastAtMs && b.gauge.last > a.gauge.last);
    const later = bIsLater ? b.gauge : a.gauge;
    return {
      kind: 'gauge',
      gauge: {
        last: later.last,
        lastAtMs: later.lastAtMs,
        max: Math.max(a.gauge.max, b.gauge.max),
      },
    };
  }
  if (a.kind === 'explicit' && b.kind === 'explicit')
    return {
      kind: 'explicit',
      explicit: mergeExplicit(a.explicit, b.explicit),
    };
  if (a.kind === 'exponential' && b.kind === 'exponential') {
    return {
      kind: 'exponential',
      exponential: mergeExponential(a.exponential, b.exponential),
    };
  }
  throw new Error(`A ${a.kind} and a ${b.kind} cannot be merged`);
}

/**
 * The value as compact text for the database. Boundaries are in it, so that a row can be read by itself.
 * Formats: sum `[sum]`, gauge `[last, lastAtMs, max]`, explicit `[sum, [boundaries], [counts]]`, exponential
 * `[sum, scale, zeroCount, positiveOffset, [positive], negativeOffset, [negative], min, max]` with null for unknown.
 */
export function encodeValue(value: WindowValue): string {
  switch (value.kind) {
    case 'sum':
      return JSON.stringify([value.sum]);
    case 'gauge':
      return JSON.stringify([
        value.gauge.last,
        value.gauge.lastAtMs,
        value.gauge.max,
      ]);
    case 'explicit':
      return JSON.stringify([
        value.explicit.sum,
        value.explicit.boundaries,
        value.explicit.counts,
      ]);
    default: {
      const h = value.exponential;
      return JSON.stringify([
        h.sum,
        h.scale,
        h.zeroCount,
        h.positiveOffset,
        h.positiveCounts,
        h.negativeOffset,
        h.negativeCounts,
        h.min ?? null,
        h.max ?? null,
      ]);
    }
  }
}

const total = (counts: number[]) =>
  counts.reduce((sum, count) => sum + count, 0);

/** Reads what {@link encodeValue} wrote. Throws on anything else. */
export function decodeValue(kind: string, text: string): WindowValue {
  const v = JSON.parse(text);
  switch (kind) {
    case 'sum':
      return { kind, sum: v[0] };
    case 'gauge':
      return { kind, gauge: { last: v[0], lastAtMs: v[1], max: v[2] } };
    case 'explicit':
      return {
        kind,
        explicit: {
          sum: v[0],
          boundaries: v[1],
          counts: v[2],
          count: total(v[2]),
        },
      };
    case 'exponential':
      return {
        kind,
        exponential: {
          sum: v[0],
          scale: v[1],
          zeroCount: v[2],
          positiveOffset: v[3],
          positiveCounts: v[4],
          negativeOffset: v[5],
          negativeCounts: v[6],
          min: v[7] ?? undefined,
          max: v[8] ?? undefined,
          count: v[2] + total(v[4]) + total(v[6]),
        },
      };
    default:
      throw new Error(`Unknown kind of window: ${kind}`);
  }
}
