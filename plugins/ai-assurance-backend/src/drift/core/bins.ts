import { totalOf } from './statistics/shares';

/**
 * Fewest events that each bin of the smaller window is expected to hold, or it is merged with its neighbours: below about
 * this the chi-square law no longer describes its share of chance (Cochran 1954 asks for 5; 8 holds the far tail too, see
 * limits.test.ts).
 */
export const leastExpected = 8;

/**
 * Half an event is added to every bin of both windows. Without it one event in a bin that the other window left empty
 * would make an index infinite; half an event is the Jeffreys prior of a multinomial share and vanishes as counts grow.
 */
export const pseudoCount = 0.5;

/** Width and middle of each bin. */
export interface Axis {
  widths: Float64Array;
  middles: Float64Array;
}

/** One histogram over bins that the other has too. */
export interface PreparedBins {
  readonly counts: ArrayLike<number>;
  readonly total: number;
  /** `undefined` for categories, which have no order. */
  readonly axis: Axis | undefined;
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
  return { widths, middles };
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

/**
 * A histogram to be compared with. `boundaries` are its inner edges, ascending; `undefined` for categories. Throws a
 * RangeError for a count that is none.
 */
export function prepareBins(
  counts: ArrayLike<number>,
  boundaries: readonly number[] | undefined,
): PreparedBins {
  return { counts, total: totalOf(counts), axis: axisOf(boundaries) };
}

/**
 * Merges bins that are too thin to be judged, in place, and returns how many are left: of a numeric signal with the next
 * ones, of categories all of them into one. It looks at both windows together, so that which bins are merged says nothing
 * about how they differ. `share` is that of the smaller window in all events.
 */
export function poolThinBins(
  reference: Float64Array,
  current: Float64Array,
  count: number,
  share: number,
  isOrdered: boolean,
): number {
  let kept = 0;
  let restReference = 0;
  let restCurrent = 0;
  for (let i = 0; i < count; i += 1) {
    const r = reference[i];
    const c = current[i];
    const isFull =
      (isOrdered ? r + c + restReference + restCurrent : r + c) * share >=
      leastExpected;
    if (!isFull || isOrdered) {
      restReference += r;
      restCurrent += c;
    }
    if (!isFull) continue;
    reference[kept] = isOrdered ? restReference : r;
    current[kept] = isOrdered ? restCurrent : c;
    kept += 1;
    if (isOrdered) {
      restReference = 0;
      restCurrent = 0;
    }
  }
  const rest = restReference + restCurrent;
  if (rest === 0) return kept;
  if (kept > 0 && rest * share < leastExpected) {
    reference[kept - 1] += restReference;
    current[kept - 1] += restCurrent;
    return kept;
  }
  reference[kept] = restReference;
  current[kept] = restCurrent;
  return kept + 1;
}
