import { ExplicitHistogram, ExponentialHistogram, GaugeValue } from '../types';
import {
  decodeDevices,
  DeviceSketch,
  encodeDevices,
  mergeDevices,
} from './devices';
import { mergeExplicit } from './explicit';
import { finiteSum, mergeExponential } from './exponential';

/** What was measured in one window of one segment. */
export type Measured =
  | { kind: 'sum'; sum: number }
  | { kind: 'gauge'; gauge: GaugeValue }
  | { kind: 'explicit'; explicit: ExplicitHistogram }
  | { kind: 'exponential'; exponential: ExponentialHistogram };

/** What one window of one segment holds. Sums and counts are weighted where the points were a sample. */
export type WindowValue = Measured & {
  /** What was counted before weighting; absent where nothing was weighted, and then equal to the sum or count. */
  n?: number;
  /** Devices that it is made of; absent where no cohort or no device was named. */
  devices?: DeviceSketch[];
};

/** What was really counted: of a sum its value before weighting, of a histogram its points; `undefined` for gauges. */
export function countedIn(value: WindowValue): number | undefined {
  if (value.n !== undefined) return value.n;
  if (value.kind === 'sum') return value.sum;
  if (value.kind === 'gauge') return undefined;
  return value.kind === 'explicit'
    ? value.explicit.count
    : value.exponential.count;
}

function mergeMeasured(a: Measured, b: Measured): Measured {
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
 * Both values in one. Sums add, histograms merge, of gauges the later value and the larger maximum remain; so the order
 * of points does not matter. Throws when the kinds (or the boundaries of explicit histograms) differ: callers keep
 * those apart by their keys.
 */
export function mergeValues(a: WindowValue, b: WindowValue): WindowValue {
  const merged: WindowValue = mergeMeasured(a, b);
  // Sums that fall may share a segment with some that only grow; nothing counts below zero.
  if (a.n !== undefined || b.n !== undefined)
    merged.n = Math.max(0, (countedIn(a) ?? 0) + (countedIn(b) ?? 0));
  const devices = mergeDevices(a.devices, b.devices);
  if (devices) merged.devices = devices;
  return merged;
}

/** What stands behind the list of a value, where there is something to say; older rows have nothing there. */
interface Extras {
  n?: number;
  d?: Record<string, string>;
}

function measuredList(value: Measured): unknown[] {
  switch (value.kind) {
    case 'sum':
      return [value.sum];
    case 'gauge':
      return [value.gauge.last, value.gauge.lastAtMs, value.gauge.max];
    case 'explicit': {
      const h = value.explicit;
      return [h.sum, h.boundaries, h.counts];
    }
    default: {
      const h = value.exponential;
      return [
        h.sum,
        h.scale,
        h.zeroCount,
        h.positiveOffset,
        h.positiveCounts,
        h.negativeOffset,
        h.negativeCounts,
        h.min ?? null,
        h.max ?? null,
      ];
    }
  }
}

/**
 * The value as compact text for the database. Boundaries are in it, so that a row can be read by itself.
 * Formats: sum `[sum]`, gauge `[last, lastAtMs, max]`, explicit `[sum, [boundaries], [counts]]`, exponential
 * `[sum, scale, zeroCount, positiveOffset, [positive], negativeOffset, [negative], min, max]` with null for unknown. Behind
 * them, where there is something to say, an object: `n` what was counted before weighting, `d` the devices by day.
 */
export function encodeValue(value: WindowValue): string {
  const list = measuredList(value);
  if (value.n !== undefined || value.devices) {
    const extras: Extras = {};
    if (value.n !== undefined) extras.n = value.n;
    if (value.devices) extras.d = encodeDevices(value.devices);
    list.push(extras);
  }
  return JSON.stringify(list);
}

const total = (counts: number[]) =>
  counts.reduce((sum, count) => sum + count, 0);

function measuredIn(kind: string, v: any[]): Measured {
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

const listLength: Record<string, number> = {
  sum: 1,
  gauge: 3,
  explicit: 3,
  exponential: 9,
};

/** Reads what {@link encodeValue} wrote, and what earlier versions wrote. Throws on anything else. */
export function decodeValue(kind: string, text: string): WindowValue {
  const list = JSON.parse(text);
  const value: WindowValue = measuredIn(kind, list);
  const extras: Extras | undefined = list[listLength[kind]];
  if (extras?.n !== undefined) value.n = extras.n;
  if (extras?.d) value.devices = decodeDevices(extras.d);
  return value;
}
