import { weigh, Weighed } from './divergences';

/**
 * Fewest events that each bin of the smaller window is expected to hold, or it is merged with its neighbours: below about
 * this the chi-square law no longer describes its share of chance (Cochran 1954 asks for 5; 8 holds the far tail too, see
 * limits.test.ts).
 */
export const leastExpected = 8;

/** Width and middle of each bin. */
export interface Axis {
  widths: Float64Array;
  middles: Float64Array;
  /** How far each middle lies from that of the middlemost bin: squares of what is far from 0 would cancel. */
  offsets: Float64Array;
}

/** The outer bins are open; each is taken to be as wide as its neighbour, which is all that is known of it. */
function makeAxis(boundaries: readonly number[]): Axis {
  const count = boundaries.length + 1;
  const widths = new Float64Array(count);
  const middles = new Float64Array(count);
  for (let i = 1; i < count - 1; i += 1) {
    widths[i] = boundaries[i] - boundaries[i - 1];
    middles[i] = (boundaries[i] + boundaries[i - 1]) / 2;
  }
  const last = boundaries.length - 1;
  widths[0] = count > 2 ? widths[1] : 1;
  widths[count - 1] = count > 2 ? widths[count - 2] : 1;
  middles[0] = boundaries[0] - widths[0] / 2;
  middles[count - 1] = boundaries[last] + widths[count - 1] / 2;
  const pivot = middles[Math.floor(count / 2)];
  return { widths, middles, offsets: middles.map(middle => middle - pivot) };
}

/** Of boundaries met lately: a signal and its cohorts share theirs. */
const axes = new WeakMap<readonly number[], Axis>();

/** The axis of inner edges, ascending; `undefined` where there are none. The list MUST NOT change afterwards. */
export function axisOf(
  boundaries: readonly number[] | undefined,
): Axis | undefined {
  if (!boundaries || boundaries.length === 0) return undefined;
  let axis = axes.get(boundaries);
  if (!axis) axes.set(boundaries, (axis = makeAxis(boundaries)));
  return axis;
}

/** About the mean, in a second pass: squares of what is far from 0 would cancel. `moment` is the sum of counts times middles. */
function deviationOf(
  counts: Float64Array,
  size: number,
  total: number,
  moment: number,
  { middles }: Axis,
): number {
  const mean = moment / total;
  let square = 0;
  for (let i = 0; i < size; i += 1) {
    const away = middles[i] - mean;
    square += counts[i] * away * away;
  }
  const deviation = Math.sqrt(square / total);
  // Of a histogram that sits in one bin rounding must not make a deviation.
  return deviation > 1e-12 * Math.abs(mean) ? deviation : 0;
}

/** A histogram to be compared with, as often as it is needed, with what every comparison with it needs. */
export class PreparedBins {
  /** Bins; the lists are as long as the longest histogram that was taken. */
  size = 0;
  total = 0;
  /** `undefined` for categories, which have no order. */
  axis: Axis | undefined;
  /** One standard deviation in the unit of the signal; 0 where all sits in one bin, and of categories. */
  deviation = 0;
  counts = new Float64Array(0);
  logs = new Float64Array(0);
  roots = new Float64Array(0);
  #isWeighed = false;

  /**
   * Takes another histogram in place of the one before. `boundaries` are its inner edges, ascending; `undefined` for
   * categories. Throws a RangeError for a count that is none.
   */
  take(
    histogram: ArrayLike<number>,
    boundaries: readonly number[] | undefined,
  ): this {
    const size = histogram.length;
    if (size > this.counts.length) {
      this.counts = new Float64Array(size);
      this.logs = new Float64Array(size);
      this.roots = new Float64Array(size);
    }
    const { counts } = this;
    // Lists of any make are read once, by what copies them all alike; from here on they are of one.
    counts.set(histogram);
    const axis = axisOf(boundaries);
    let total = 0;
    let moment = 0;
    for (let i = 0; i < size; i += 1) {
      const count = counts[i];
      if (!(count >= 0 && count < Infinity))
        throw new RangeError(`Bin ${i} holds ${count}, which is no count`);
      total += count;
      if (axis) moment += count * axis.middles[i];
    }
    this.total = total;
    this.size = size;
    this.axis = axis;
    this.deviation =
      axis && total > 0 ? deviationOf(counts, size, total, moment, axis) : 0;
    this.#isWeighed = false;
    return this;
  }

  /** Itself with its logarithms and roots, which are worked out once, and only where a comparison takes its bins as they are. */
  weighed(): Weighed {
    if (!this.#isWeighed) weigh(this, this.size);
    this.#isWeighed = true;
    return this;
  }
}

/** {@link PreparedBins.take} of one histogram alone. */
export function prepareBins(
  histogram: ArrayLike<number>,
  boundaries: readonly number[] | undefined,
): PreparedBins {
  return new PreparedBins().take(histogram, boundaries);
}

/**
 * Merges bins that are too thin to be judged, and returns how many are left: of a numeric signal with the next ones, of
 * categories all of them into one. It looks at both windows together, so that which bins are merged says nothing about how
 * they differ. `share` is that of the smaller window in all events. The bins of the current window are merged in place, those
 * of the reference into `pooled`.
 */
export function poolThinBins(
  pooled: Float64Array,
  reference: Float64Array,
  current: Float64Array,
  count: number,
  share: number,
  isOrdered: boolean,
): number {
  let kept = 0;
  let restReference = 0;
  let restCurrent = 0;
  if (isOrdered)
    for (let i = 0; i < count; i += 1) {
      restReference += reference[i];
      restCurrent += current[i];
      if ((restReference + restCurrent) * share < leastExpected) continue;
      pooled[kept] = restReference;
      current[kept] = restCurrent;
      kept += 1;
      restReference = 0;
      restCurrent = 0;
    }
  else
    for (let i = 0; i < count; i += 1) {
      const r = reference[i];
      const c = current[i];
      if ((r + c) * share < leastExpected) {
        restReference += r;
        restCurrent += c;
        continue;
      }
      pooled[kept] = r;
      current[kept] = c;
      kept += 1;
    }
  const rest = restReference + restCurrent;
  if (rest === 0) return kept;
  if (kept > 0 && rest * share < leastExpected) {
    pooled[kept - 1] += restReference;
    current[kept - 1] += restCurrent;
    return kept;
  }
  pooled[kept] = restReference;
  current[kept] = restCurrent;
  return kept + 1;
}
