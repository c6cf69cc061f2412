import { ExponentialHistogram } from '../types';

/**
 * Most buckets kept on each side of zero. The OpenTelemetry SDKs keep 160 as well, so a stored histogram is as fine as
 * what was sent; the scale falls until the live buckets fit.
 */
export const MAX_BUCKETS = 160;

interface Buckets {
  offset: number;
  counts: number[];
}

/** Cuts empty buckets at both ends, so that equal content has equal form. */
function trimmed({ offset, counts }: Buckets): Buckets {
  let first = 0;
  let end = counts.length;
  while (first < end && counts[first] === 0) first += 1;
  while (end > first && counts[end - 1] === 0) end -= 1;
  if (first === end) return { offset: 0, counts: [] };
  return {
    offset: offset + first,
    counts:
      first === 0 && end === counts.length ? counts : counts.slice(first, end),
  };
}

/** Halving the scale joins buckets 2i and 2i+1; an index moves to the floor of its half, below zero too. */
const shifted = (index: number, by: number) => Math.floor(index / 2 ** by);

/** How far the scale must fall until the buckets from `first` to `last` number at most {@link MAX_BUCKETS}. */
export function fallNeeded(first: number, last: number): number {
  let by = 0;
  while (shifted(last, by) - shifted(first, by) >= MAX_BUCKETS) by += 1;
  return by;
}

function range(
  parts: { buckets: Buckets; by: number }[],
): { first: number; last: number } | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { buckets, by } of parts) {
    if (buckets.counts.length === 0) continue;
    first = Math.min(first, shifted(buckets.offset, by));
    last = Math.max(
      last,
      shifted(buckets.offset + buckets.counts.length - 1, by),
    );
  }
  return first <= last ? { first, last } : undefined;
}

function added(parts: { buckets: Buckets; by: number }[]): Buckets {
  const whole = range(parts);
  if (!whole) return { offset: 0, counts: [] };
  const counts = new Array<number>(whole.last - whole.first + 1).fill(0);
  for (const { buckets, by } of parts) {
    for (let i = 0; i < buckets.counts.length; i += 1) {
      counts[shifted(buckets.offset + i, by) - whole.first] +=
        buckets.counts[i];
    }
  }
  return { offset: whole.first, counts };
}

const positiveOf = (h: ExponentialHistogram): Buckets =>
  trimmed({ offset: h.positiveOffset, counts: h.positiveCounts });
const negativeOf = (h: ExponentialHistogram): Buckets =>
  trimmed({ offset: h.negativeOffset, counts: h.negativeCounts });

/** The finest scale there is, in the OpenTelemetry data model. */
export const FINEST_SCALE = 20;

/** A histogram without live buckets has no say in the scale: it is as fine as can be. */
function scaleOf(h: ExponentialHistogram): number {
  const isLive =
    h.positiveCounts.some(count => count > 0) ||
    h.negativeCounts.some(count => count > 0);
  return isLive ? h.scale : FINEST_SCALE;
}

/** One extreme of both; unknown when a part that counted something did not tell its own. */
function joined(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
  pick: (h: ExponentialHistogram) => number | undefined,
  of: (x: number, y: number) => number,
) {
  if (a.count === 0) return pick(b);
  if (b.count === 0) return pick(a);
  const x = pick(a);
  const y = pick(b);
  return x === undefined || y === undefined ? undefined : of(x, y);
}

/** Adds without ever leaving the finite numbers: what cannot be held is held at the edge. */
export function finiteSum(a: number, b: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, a + b));
}

/**
 * Both histograms in one, at the finest scale that both can be brought to and that keeps at most 160 buckets on each
 * side of zero. Counts are integers and buckets only ever join, so neither order nor grouping of merges changes the
 * result (`sum` alone may differ in its last bits). The inputs stay as they are.
 */
export function mergeExponential(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
): ExponentialHistogram {
  const common = Math.min(scaleOf(a), scaleOf(b));
  const parts = (buckets: (h: ExponentialHistogram) => Buckets) =>
    [a, b].map(h => ({
      buckets: buckets(h),
      by: Math.max(0, h.scale - common),
    }));
  const positive = parts(positiveOf);
  const negative = parts(negativeOf);
  const fall = Math.max(
    ...[range(positive), range(negative)].map(whole =>
      whole ? fallNeeded(whole.first, whole.last) : 0,
    ),
  );
  const lowered = (these: { buckets: Buckets; by: number }[]) =>
    added(these.map(({ buckets, by }) => ({ buckets, by: by + fall })));
  const up = lowered(positive);
  const down = lowered(negative);
  return {
    scale: common - fall,
    zeroCount: a.zeroCount + b.zeroCount,
    positiveOffset: up.offset,
    positiveCounts: up.counts,
    negativeOffset: down.offset,
    negativeCounts: down.counts,
    count: a.count + b.count,
    sum: finiteSum(a.sum, b.sum),
    min: joined(a, b, h => h.min, Math.min),
    max: joined(a, b, h => h.max, Math.max),
  };
}

/**
 * What `later` counted that `earlier` had not, at the coarser of both scales; `undefined` when any bucket of it is smaller.
 * Extremes are left unknown.
 */
export function exponentialDifference(
  later: ExponentialHistogram,
  earlier: ExponentialHistogram,
): ExponentialHistogram | undefined {
  const scale = Math.min(scaleOf(later), scaleOf(earlier));
  const side = (buckets: (h: ExponentialHistogram) => Buckets) => {
    const lowered = (h: ExponentialHistogram) =>
      added([{ buckets: buckets(h), by: Math.max(0, h.scale - scale) }]);
    const before = lowered(earlier);
    return added([
      { buckets: lowered(later), by: 0 },
      {
        buckets: {
          offset: before.offset,
          counts: before.counts.map(count => -count),
        },
        by: 0,
      },
    ]);
  };
  const up = side(positiveOf);
  const down = side(negativeOf);
  const zeroCount = later.zeroCount - earlier.zeroCount;
  if ([zeroCount, ...up.counts, ...down.counts].some(count => count < 0))
    return undefined;
  return normalExponential({
    scale,
    zeroCount,
    positiveOffset: up.offset,
    positiveCounts: up.counts,
    negativeOffset: down.offset,
    negativeCounts: down.counts,
    count: later.count - earlier.count,
    sum: later.sum - earlier.sum,
    min: undefined,
    max: undefined,
  });
}

/** A histogram that has counted nothing, at the finest scale there is: merging it changes nothing. */
export const EMPTY_EXPONENTIAL: ExponentialHistogram = Object.freeze({
  scale: FINEST_SCALE,
  zeroCount: 0,
  positiveOffset: 0,
  positiveCounts: [],
  negativeOffset: 0,
  negativeCounts: [],
  count: 0,
  sum: 0,
  min: undefined,
  max: undefined,
});

/** The same histogram in its one canonical form: empty ends cut, at most 160 buckets on each side. */
export function normalExponential(
  histogram: ExponentialHistogram,
): ExponentialHistogram {
  return mergeExponential(histogram, EMPTY_EXPONENTIAL);
}
