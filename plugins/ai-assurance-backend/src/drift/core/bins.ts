import { totalOf } from './statistics/shares';

/**
 * Fewest events that each bin of the smaller window is expected to hold, or it is merged with its neighbours: below about
 * this the chi-square law no longer describes its share of chance (Cochran 1954 asks for 5; 8 holds the far tail too, see
 * limits.test.ts).
 */
export const leastExpected = 8;

/** One histogram over bins that the other has too. */
export interface PreparedBins {
  readonly counts: Float64Array;
  readonly total: number;
  /** Of each count with half an event added. */
  readonly logs: Float64Array;
  readonly roots: Float64Array;
  /** Width and middle of each bin; `undefined` for categories, which have no order. */
  readonly axis: { widths: Float64Array; middles: Float64Array } | undefined;
  /** Standard deviation with each event in the middle of its bin; 0 for categories. */
  readonly deviation: number;
}

/**
 * Half an event is added to every bin of both windows. Without it one event in a bin that the other window left empty
 * would make an index infinite; half an event is the Jeffreys prior of a multinomial share and vanishes as counts grow.
 */
export const pseudoCount = 0.5;

/** The outer bins are open; each is taken to be as wide as its neighbour, which is all that is known of it. */
function axisOf(boundaries: readonly number[]) {
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

/**
 * Prepares a histogram for many comparisons. `boundaries` are its inner edges, ascending; `undefined` for categories. Throws
 * a RangeError for a count that is none.
 */
export function prepareBins(
  counts: ArrayLike<number>,
  boundaries: readonly number[] | undefined,
): PreparedBins {
  const total = totalOf(counts);
  const own = Float64Array.from(counts);
  const axis =
    boundaries && boundaries.length > 0 ? axisOf(boundaries) : undefined;
  let mean = 0;
  let square = 0;
  if (axis && total > 0) {
    for (let i = 0; i < own.length; i += 1)
      mean += (own[i] / total) * axis.middles[i];
    for (let i = 0; i < own.length; i += 1)
      square += (own[i] / total) * (axis.middles[i] - mean) ** 2;
  }
  return {
    counts: own,
    total,
    logs: own.map(count => Math.log(count + pseudoCount)),
    roots: own.map(count => Math.sqrt(count + pseudoCount)),
    axis,
    deviation: Math.sqrt(square),
  };
}

/** Counts of both windows over fewer bins. */
export interface PooledBins {
  reference: Float64Array;
  current: Float64Array;
  /** Fewest events that a bin of the smaller window is expected to hold. */
  leastExpected: number;
}

/**
 * Merges bins that are too thin to be judged: of a numeric signal with the next ones, of categories all of them into one.
 * `undefined` when none is thin; bins that are empty in both are left out by whoever compares. It looks at both windows
 * together, so that which bins are merged says nothing about how they differ.
 */
export function poolThinBins(
  reference: Float64Array,
  current: ArrayLike<number>,
  isOrdered: boolean,
): PooledBins {
  let n = 0;
  let m = 0;
  for (let i = 0; i < reference.length; i += 1) {
    n += reference[i];
    m += current[i];
  }
  const share = Math.min(n, m) / (n + m);
  const pooled: [number, number][] = [];
  let restReference = 0;
  let restCurrent = 0;
  const isFull = (r: number, c: number) => (r + c) * share >= leastExpected;
  for (let i = 0; i < reference.length; i += 1) {
    if (isOrdered) {
      restReference += reference[i];
      restCurrent += current[i];
      if (isFull(restReference, restCurrent)) {
        pooled.push([restReference, restCurrent]);
        restReference = 0;
        restCurrent = 0;
      }
    } else if (isFull(reference[i], current[i])) {
      pooled.push([reference[i], current[i]]);
    } else {
      restReference += reference[i];
      restCurrent += current[i];
    }
  }
  if (restReference + restCurrent > 0) {
    const last = pooled[pooled.length - 1];
    if (last && !isFull(restReference, restCurrent)) {
      last[0] += restReference;
      last[1] += restCurrent;
    } else {
      pooled.push([restReference, restCurrent]);
    }
  }
  return {
    reference: Float64Array.from(pooled, bin => bin[0]),
    current: Float64Array.from(pooled, bin => bin[1]),
    leastExpected: pooled.reduce(
      (least, [r, c]) => Math.min(least, (r + c) * share),
      Infinity,
    ),
  };
}
