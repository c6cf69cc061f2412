import { ExplicitHistogram, ExponentialHistogram } from '../types';

/** A histogram of either kind. */
export type Histogram = ExponentialHistogram | ExplicitHistogram;

/** One bucket that counted something: values in `(lower, upper]`. Zero is the bucket `[0, 0]`. */
interface Bucket {
  lower: number;
  upper: number;
  count: number;
}

const isExponential = (
  histogram: Histogram,
): histogram is ExponentialHistogram => 'scale' in histogram;

// base = 2^(2^-scale), so base^i = 2^(i * 2^-scale): one power, no error that grows with i.
const edgeOf = (h: ExponentialHistogram, index: number) =>
  Math.min(Number.MAX_VALUE, 2 ** (index * 2 ** -h.scale));

function negativeBucket(h: ExponentialHistogram, i: number): Bucket {
  const index = h.negativeOffset + i;
  return {
    lower: -edgeOf(h, index + 1),
    upper: -edgeOf(h, index),
    count: h.negativeCounts[i],
  };
}

function positiveBucket(h: ExponentialHistogram, i: number): Bucket {
  const index = h.positiveOffset + i;
  const lower = edgeOf(h, index);
  const upper = edgeOf(h, index + 1);
  // The maximum is exact, so the bucket that holds it ends there.
  const end =
    h.max !== undefined && lower < h.max && h.max < upper ? h.max : upper;
  return { lower, upper: end, count: h.positiveCounts[i] };
}

function exponentialBuckets(h: ExponentialHistogram): Bucket[] {
  const buckets: Bucket[] = [];
  for (let i = h.negativeCounts.length - 1; i >= 0; i -= 1)
    if (h.negativeCounts[i] > 0) buckets.push(negativeBucket(h, i));
  if (h.zeroCount > 0) buckets.push({ lower: 0, upper: 0, count: h.zeroCount });
  for (let i = 0; i < h.positiveCounts.length; i += 1)
    if (h.positiveCounts[i] > 0) buckets.push(positiveBucket(h, i));
  return buckets;
}

/** The bucket that holds a rank; nothing is built for those before it, since charts ask this for every step. */
function bucketOfRank(histogram: Histogram, rank: number): Bucket | undefined {
  let seen = 0;
  if (!isExponential(histogram))
    return explicitBuckets(histogram).find(bucket => {
      seen += bucket.count;
      return seen >= rank;
    });
  const h = histogram;
  for (let i = h.negativeCounts.length - 1; i >= 0; i -= 1) {
    seen += h.negativeCounts[i];
    if (seen >= rank) return negativeBucket(h, i);
  }
  seen += h.zeroCount;
  if (seen >= rank && h.zeroCount > 0)
    return { lower: 0, upper: 0, count: h.zeroCount };
  for (let i = 0; i < h.positiveCounts.length; i += 1) {
    seen += h.positiveCounts[i];
    if (seen >= rank) return positiveBucket(h, i);
  }
  return undefined;
}

function explicitBuckets(h: ExplicitHistogram): Bucket[] {
  return h.counts.flatMap((count, i) => {
    if (count === 0) return [];
    // OpenTelemetry leaves the first bin open below. Where its boundary is positive the metric is one that cannot fall
    // below zero (durations, sizes, confidences), so zero is its floor.
    const floor = h.boundaries[0] > 0 ? 0 : Number.NEGATIVE_INFINITY;
    return [
      {
        lower: i === 0 ? floor : h.boundaries[i - 1],
        upper: h.boundaries[i] ?? Number.POSITIVE_INFINITY,
        count,
      },
    ];
  });
}

const bucketsOf = (histogram: Histogram) =>
  isExponential(histogram)
    ? exponentialBuckets(histogram)
    : explicitBuckets(histogram);

/** The value that stands for a bucket, and how far off it can be, as a share of the true value. */
function estimate({ lower, upper }: Bucket): {
  value: number;
  errorBoundRatio: number;
} {
  if (lower === upper) return { value: lower, errorBoundRatio: 0 };
  if (!Number.isFinite(upper))
    return { value: lower, errorBoundRatio: Number.POSITIVE_INFINITY };
  if (!Number.isFinite(lower))
    return { value: upper, errorBoundRatio: Number.POSITIVE_INFINITY };
  const near = Math.min(Math.abs(lower), Math.abs(upper));
  const far = Math.max(Math.abs(lower), Math.abs(upper));
  // From zero up no share of the true value bounds the error; the upper edge is the careful answer for a latency.
  if (near === 0 || Math.sign(lower) !== Math.sign(upper))
    return { value: upper, errorBoundRatio: Number.POSITIVE_INFINITY };
  // 2lu/(l+u) is the one point whose relative error is equal at both edges, and least: (u-l)/(u+l).
  const value = near / (0.5 + near / far / 2);
  return {
    value: Math.sign(upper) * value,
    errorBoundRatio: (1 - near / far) / (1 + near / far),
  };
}

/**
 * The `q`-quantile (0..1): the value below or at which at least the share `q` of all counted values lies (nearest rank).
 * `errorBoundRatio` is the largest possible `|value - true| / true` of that rank; infinite when it lies in an open bin
 * or in a bin that begins at zero (`value` is then the edge towards larger values, in the last open bin its lower edge).
 * `undefined` when nothing was counted: callers MUST treat that as no data, not as 0.
 */
export function quantile(
  histogram: Histogram,
  q: number,
): { value: number; errorBoundRatio: number } | undefined {
  if (histogram.count === 0) return undefined;
  const rank = Math.max(1, Math.ceil(q * histogram.count));
  const bucket = bucketOfRank(histogram, rank);
  if (!bucket) return undefined;
  const guess = estimate(bucket);
  if (!isExponential(histogram)) return guess;
  // The extremes are exact, and every value lies between them: clamping can only come nearer.
  const value = Math.max(
    histogram.min ?? guess.value,
    Math.min(histogram.max ?? guess.value, guess.value),
  );
  return { value, errorBoundRatio: guess.errorBoundRatio };
}

/** The whole numbers between which the true count of values at or below `threshold` lies. */
export function countBelowBounds(
  histogram: Histogram,
  threshold: number,
): { atLeast: number; atMost: number } {
  let atLeast = 0;
  let atMost = 0;
  for (const { lower, upper, count } of bucketsOf(histogram)) {
    if (upper <= threshold) atLeast += count;
    if (upper <= threshold || lower < threshold) atMost += count;
  }
  return { atLeast, atMost };
}

/**
 * How many values lie at or below `threshold`, as a whole number. Exact when the threshold is a bucket edge. Inside a
 * bucket the share is interpolated, on a logarithmic scale where the bucket allows it, else linearly; the error is at
 * most the count of that one bucket (see {@link countBelowBounds}). Of an open last bin nothing is taken to lie below.
 */
export function countBelow(histogram: Histogram, threshold: number): number {
  let below = 0;
  for (const { lower, upper, count } of bucketsOf(histogram)) {
    if (upper <= threshold) below += count;
    else if (
      lower < threshold &&
      Number.isFinite(lower) &&
      Number.isFinite(upper)
    ) {
      const share =
        lower > 0
          ? Math.log(threshold / lower) / Math.log(upper / lower)
          : (threshold - lower) / (upper - lower);
      below += count * share;
    }
  }
  return Math.round(below);
}
