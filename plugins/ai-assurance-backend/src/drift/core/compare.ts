import { Axis, leastExpected, poolThinBins, PreparedBins } from './bins';
import { column, Comparison, place, roomFor } from './comparison';
import { divergencesInto, weigh, Weighed } from './divergences';

const VALUES = column.values;
const rootOfHalfPi = Math.sqrt(1 / (2 * Math.PI));

const roomOf = (size: number): Weighed => ({
  counts: new Float64Array(size),
  logs: new Float64Array(size),
  roots: new Float64Array(size),
});
/** Room for the comparison under way; one is done before the next begins. */
let own = roomOf(256);
let other = new Float64Array(256);

/** Bins that hold an event, and the fewest events that one of them holds. */
let filledCount = 0;
let fewestEvents = 0;

/** Takes over the current window, and how full its bins are together with those of the reference. */
function take(
  counts: Float64Array,
  size: number,
  current: ArrayLike<number>,
): void {
  const theirs = other;
  let filled = 0;
  let fewest = Infinity;
  for (let i = 0; i < size; i += 1) {
    const count = current[i];
    theirs[i] = count;
    const both = counts[i] + count;
    if (both === 0) continue;
    filled += 1;
    if (both < fewest) fewest = both;
  }
  filledCount = filled;
  fewestEvents = fewest;
}

/** About the mean, in a pass of its own. */
function exactSquare(
  counts: Float64Array,
  size: number,
  offsets: Float64Array,
  mean: number,
): number {
  let square = 0;
  for (let i = 0; i < size; i += 1) {
    const away = offsets[i] - mean;
    square += (counts[i] + other[i]) * away * away;
  }
  return square;
}

/** The same for bins with an order, and what depends on it: both distribution functions at the edges, and between them. */
function takeOrdered(
  out: Float64Array,
  at: number,
  reference: PreparedBins,
  current: ArrayLike<number>,
  { widths, offsets }: Axis,
): void {
  const { counts, size } = reference;
  const theirs = other;
  const n = out[at + column.referenceCount];
  const m = out[at + column.currentCount];
  const all = n + m;
  const perCounts = 1 / (n * m);
  let filled = 0;
  let fewest = Infinity;
  let below = 0;
  let otherBelow = 0;
  let gap = 0;
  let sizeBefore = 0;
  let largest = 0;
  // Of trapezoids twice the area: halved once, at the end.
  let area = 0;
  let chance = 0;
  let lastRoot = 0;
  let sum = 0;
  let square = 0;
  for (let i = 0; i < size; i += 1) {
    const mine = counts[i];
    const count = current[i];
    theirs[i] = count;
    const both = mine + count;
    if (both !== 0) {
      filled += 1;
      if (both < fewest) fewest = both;
    }
    below += mine;
    otherBelow += count;
    const before = gap;
    // Of whole numbers, so that equal shares have none at all.
    gap = (below * m - otherBelow * n) * perCounts;
    const sizeNow = Math.abs(gap);
    if (sizeNow > largest) largest = sizeNow;
    const width = widths[i];
    // The gap runs linearly from one edge to the next: a trapezoid, or two triangles where it crosses zero.
    area +=
      before * gap >= 0
        ? width * (sizeBefore + sizeNow)
        : (width * (before * before + gap * gap)) / (sizeBefore + sizeNow);
    sizeBefore = sizeNow;
    const bothBelow = below + otherBelow;
    const above = all - bothBelow;
    const root = above > 0 ? Math.sqrt(bothBelow * above) : 0;
    chance += width * (lastRoot + root);
    lastRoot = root;
    const away = both * offsets[i];
    sum += away;
    square += away * offsets[i];
  }
  filledCount = filled;
  fewestEvents = fewest;
  area /= 2;
  const mean = sum / all;
  const central = square - sum * mean;
  // Where nearly all of it cancelled, little of what is left can be trusted.
  const spread =
    central > 1e-3 * square
      ? central
      : exactSquare(counts, size, offsets, mean);
  const norm = reference.deviation > 0 ? 1 / reference.deviation : 0;
  out[at + column.wasserstein] = area;
  out[at + column.chanceMean] = (rootOfHalfPi * chance) / all;
  out[at + column.chanceDeviation] = Math.sqrt(spread / all);
  out[at + column.norm] = norm;
  out[at + VALUES + place.kolmogorovSmirnov] = largest;
  out[at + VALUES + place.wasserstein] = norm > 0 ? area * norm : NaN;
}

const needOrder = [
  column.wasserstein,
  column.chanceMean,
  column.chanceDeviation,
  column.norm,
  VALUES + place.kolmogorovSmirnov,
  VALUES + place.wasserstein,
];

/**
 * Compares two histograms of equal bins by every statistic at once and writes a row of numbers (see {@link column}) at `at`.
 * Shares carry half an event more in each bin where a logarithm is taken. Both MUST hold an event. Throws a RangeError for
 * histograms of different length.
 */
export function compareInto(
  out: Float64Array,
  at: number,
  reference: PreparedBins,
  current: ArrayLike<number>,
  currentTotal: number,
): void {
  const { counts, size, axis, total: n } = reference;
  if (size !== current.length)
    throw new RangeError(
      `Histograms of ${size} and ${current.length} bins cannot be compared`,
    );
  const m = currentTotal;
  if (!(n > 0 && m > 0))
    throw new RangeError('An empty histogram cannot be compared');
  if (size > own.counts.length) {
    own = roomOf(2 * size);
    other = new Float64Array(2 * size);
  }
  out[at + column.referenceCount] = n;
  out[at + column.currentCount] = m;
  if (axis) takeOrdered(out, at, reference, current, axis);
  else {
    take(counts, size, current);
    for (const one of needOrder) out[at + one] = NaN;
  }
  const share = Math.min(n, m) / (n + m);
  let kept = size;
  let binCount = filledCount;
  let mine: Weighed;
  if (fewestEvents * share < leastExpected) {
    mine = own;
    const isOrdered = axis !== undefined;
    kept = poolThinBins(own.counts, counts, other, size, share, isOrdered);
    weigh(own, kept);
    binCount = kept;
    fewestEvents = Infinity;
    for (let i = 0; i < kept; i += 1) {
      const both = own.counts[i] + other[i];
      if (both < fewestEvents) fewestEvents = both;
    }
  } else mine = reference.weighed();
  out[at + column.binCount] = binCount;
  out[at + column.leastExpected] = fewestEvents * share;
  divergencesInto(out, at, kept, mine, other);
  const isPair = axis === undefined && kept === 2;
  const first = mine.counts[0]; // eslint-disable-line prefer-destructuring
  const otherFirst = other[0]; // eslint-disable-line prefer-destructuring
  out[at + column.pooledRatio] = isPair ? (first + otherFirst) / (n + m) : NaN;
  out[at + VALUES + place.twoProportion] = isPair
    ? Math.abs(otherFirst / m - first / n)
    : NaN;
}

/** {@link compareInto} for two histograms alone. */
export function compareBins(
  reference: PreparedBins,
  current: ArrayLike<number>,
  currentTotal: number,
): Comparison {
  const numbers = roomFor(1);
  compareInto(numbers, 0, reference, current, currentTotal);
  return { numbers, at: 0 };
}
