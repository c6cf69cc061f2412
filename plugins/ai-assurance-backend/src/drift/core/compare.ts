import {
  Axis,
  leastExpected,
  poolThinBins,
  PreparedBins,
  pseudoCount,
} from './bins';
import { column, Comparison, place, roomFor } from './comparison';

const VALUES = column.values;

/** Logarithms and roots of small counts with half an event added: nearly all that are ever met. */
const tableSize = 8_192;
const logs = Float64Array.from({ length: tableSize }, (_, count) =>
  Math.log(count + pseudoCount),
);
const roots = Float64Array.from({ length: tableSize }, (_, count) =>
  Math.sqrt(count + pseudoCount),
);
/* eslint-disable no-bitwise */
const logOf = (count: number) =>
  count < tableSize && (count | 0) === count
    ? logs[count | 0]
    : Math.log(count + pseudoCount);
const rootOf = (count: number) =>
  count < tableSize && (count | 0) === count
    ? roots[count | 0]
    : Math.sqrt(count + pseudoCount);
/* eslint-enable no-bitwise */

/** Copies of the bins under comparison; one comparison is done before the next begins. */
let r = new Float64Array(256);
let c = new Float64Array(256);

/** Squares beyond this have their logarithms taken; up to it the series below has converged to the last bit. */
const largestSquare = 0.12;
const smallSquare = 0.01;

/**
 * (1+t)·ln(1+t) + (1−t)·ln(1−t) as the series Σ t^2k ÷ (k·(2k − 1)), by the square of t. With t the difference of two shares
 * over their sum it is what a bin adds to the Jensen-Shannon divergence, without the cancellation of logarithms.
 */
function contrastOf(x: number): number {
  // Eight terms: the ninth is below 1e-17 of the first.
  if (x <= smallSquare)
    return (
      x *
      (1 +
        x *
          (1 / 6 +
            x *
              (1 / 15 +
                x *
                  (1 / 28 +
                    x * (1 / 45 + x * (1 / 66 + x * (1 / 91 + x / 120)))))))
    );
  if (x <= largestSquare) {
    // Sixteen, the upper half of them apart, so that both halves are worked out at once.
    const x2 = x * x;
    const x4 = x2 * x2;
    const upper =
      1 / 153 +
      x *
        (1 / 190 +
          x *
            (1 / 231 +
              x *
                (1 / 276 +
                  x * (1 / 325 + x * (1 / 378 + x * (1 / 435 + x / 496))))));
    const lower =
      1 +
      x *
        (1 / 6 +
          x *
            (1 / 15 +
              x *
                (1 / 28 +
                  x * (1 / 45 + x * (1 / 66 + x * (1 / 91 + x / 120))))));
    return x * (lower + x4 * x4 * upper);
  }
  const t = Math.sqrt(x);
  return (1 + t) * Math.log(1 + t) + (1 - t) * Math.log(1 - t);
}

/** What does not depend on the order of the bins, in one pass over those that hold an event. */
function divergences(
  out: Float64Array,
  at: number,
  size: number,
  binCount: number,
): void {
  const n = out[at + column.referenceCount];
  const m = out[at + column.currentCount];
  const allReference = n + pseudoCount * binCount;
  const allCurrent = m + pseudoCount * binCount;
  const lnShift = Math.log(allReference) - Math.log(allCurrent);
  const perReference = 1 / allReference;
  const perCurrent = 1 / allCurrent;
  const perRootReference = 1 / Math.sqrt(allReference);
  const perRootCurrent = 1 / Math.sqrt(allCurrent);
  let psi = 0;
  let kullbackLeibler = 0;
  let jensenShannon = 0;
  let hellinger = 0;
  let totalVariation = 0;
  let chiSquare = 0;
  for (let i = 0; i < size; i += 1) {
    const own = r[i];
    const other = c[i];
    const both = own + other;
    if (both === 0) continue;
    const p = (own + pseudoCount) * perReference;
    const q = (other + pseudoCount) * perCurrent;
    const difference = q - p;
    const lnRatio = logOf(other) - logOf(own) + lnShift;
    psi += difference * lnRatio;
    kullbackLeibler += q * lnRatio;
    const sum = p + q;
    const contrast = difference / sum;
    jensenShannon += sum * contrastOf(contrast * contrast);
    const gapOfRoots =
      rootOf(own) * perRootReference - rootOf(other) * perRootCurrent;
    hellinger += gapOfRoots * gapOfRoots;
    // Of whole numbers, so that equal shares have none at all.
    const gap = own * m - other * n;
    totalVariation += gap < 0 ? -gap : gap;
    chiSquare += (gap * gap) / both;
  }
  const values = at + VALUES;
  // Rounding can leave a hair below 0 for equal shares.
  out[values + place.psi] = Math.max(0, psi);
  out[values + place.kullbackLeibler] = Math.max(0, kullbackLeibler);
  out[values + place.jensenShannon] =
    jensenShannon < 2e-14 ? 0 : Math.sqrt(jensenShannon / (4 * Math.LN2));
  out[values + place.hellinger] = Math.min(1, Math.sqrt(hellinger / 2));
  out[values + place.totalVariation] = Math.min(
    1,
    totalVariation / (2 * n * m),
  );
  out[values + place.chiSquare] = chiSquare / (n * m);
}

/** What depends on the order of the bins: both distribution functions at the edges, and between them. */
function ordered(
  out: Float64Array,
  at: number,
  size: number,
  { widths, middles }: Axis,
): void {
  const n = out[at + column.referenceCount];
  const m = out[at + column.currentCount];
  const all = n + m;
  const perCounts = 1 / (n * m);
  let below = 0;
  let otherBelow = 0;
  let gap = 0;
  let sizeBefore = 0;
  let largest = 0;
  let area = 0;
  let chance = 0;
  let lastRoot = 0;
  let mean = 0;
  let square = 0;
  let ownMean = 0;
  let ownSquare = 0;
  for (let i = 0; i < size; i += 1) {
    const own = r[i];
    const other = c[i];
    const both = own + other;
    below += own;
    otherBelow += other;
    const before = gap;
    // Of whole numbers, so that equal shares have none at all.
    gap = (below * m - otherBelow * n) * perCounts;
    const sizeNow = gap < 0 ? -gap : gap;
    if (sizeNow > largest) largest = sizeNow;
    const width = widths[i];
    // The gap runs linearly from one edge to the next: a trapezoid, or two triangles where it crosses zero.
    area +=
      before * gap >= 0
        ? (width * (sizeBefore + sizeNow)) / 2
        : (width * (before * before + gap * gap)) /
          (2 * (sizeBefore + sizeNow));
    sizeBefore = sizeNow;
    const bothBelow = below + otherBelow;
    const root =
      bothBelow >= all ? 0 : Math.sqrt(bothBelow * (all - bothBelow));
    chance += width * (lastRoot + root);
    lastRoot = root;
    mean += both * middles[i];
    ownMean += own * middles[i];
  }
  mean /= all;
  ownMean /= n;
  // Once more about the means: squares of what is far from 0 would cancel.
  for (let i = 0; i < size; i += 1) {
    const ownAway = middles[i] - ownMean;
    const away = middles[i] - mean;
    ownSquare += r[i] * ownAway * ownAway;
    square += (r[i] + c[i]) * away * away;
  }
  // Of a reference that sits in one bin rounding must not make a deviation.
  const ownDeviation = Math.sqrt(ownSquare / n);
  const norm = ownDeviation > 1e-12 * Math.abs(ownMean) ? 1 / ownDeviation : 0;
  out[at + column.wasserstein] = area;
  out[at + column.chanceMean] = (Math.sqrt(1 / (2 * Math.PI)) * chance) / all;
  out[at + column.chanceDeviation] = Math.sqrt(square / all);
  out[at + column.norm] = norm;
  out[at + VALUES + place.kolmogorovSmirnov] = largest;
  out[at + VALUES + place.wasserstein] = norm > 0 ? area * norm : NaN;
}

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
  const { counts, axis, total: n } = reference;
  const size = counts.length;
  if (size !== current.length)
    throw new RangeError(
      `Histograms of ${size} and ${current.length} bins cannot be compared`,
    );
  const m = currentTotal;
  if (!(n > 0 && m > 0))
    throw new RangeError('An empty histogram cannot be compared');
  if (size > r.length) {
    r = new Float64Array(2 * size);
    c = new Float64Array(2 * size);
  }
  let filled = 0;
  let least = Infinity;
  for (let i = 0; i < size; i += 1) {
    const own = counts[i];
    const other = current[i];
    r[i] = own;
    c[i] = other;
    const both = own + other;
    if (both === 0) continue;
    filled += 1;
    if (both < least) least = both;
  }
  out[at + column.referenceCount] = n;
  out[at + column.currentCount] = m;
  if (axis) ordered(out, at, size, axis);
  else
    for (const one of [
      column.wasserstein,
      column.chanceMean,
      column.chanceDeviation,
      column.norm,
      VALUES + place.kolmogorovSmirnov,
      VALUES + place.wasserstein,
    ])
      out[at + one] = NaN;
  const share = Math.min(n, m) / (n + m);
  let kept = size;
  if (least * share < leastExpected) {
    kept = poolThinBins(r, c, size, share, axis !== undefined);
    filled = kept;
    least = Infinity;
    for (let i = 0; i < kept; i += 1) least = Math.min(least, r[i] + c[i]);
  }
  out[at + column.binCount] = filled;
  out[at + column.leastExpected] = least * share;
  divergences(out, at, kept, filled);
  const isPair = axis === undefined && kept === 2;
  out[at + column.pooledRatio] = isPair ? (r[0] + c[0]) / (n + m) : NaN;
  out[at + VALUES + place.twoProportion] = isPair
    ? Math.abs(c[0] / m - r[0] / n)
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
