import { normalExponential } from './exponential';
import { OtlpBuckets, OtlpMetricKind, OtlpPoint } from './otlp/request';
import { RefusalReason } from './refusal';
import { WindowValue } from './windowValue';

// One point stands for at most a minute or so of one process: a count beyond 10^12 is a broken or hostile sender, and
// refusing it keeps every merged count far below 2^53.
const MAX_COUNT = 1e12;
const MAX_BOUNDARIES = 500;
const MAX_SENT_BUCKETS = 10_000;
// Scales that the OpenTelemetry data model allows.
const MIN_SCALE = -10;
const MAX_SCALE = 20;
// Prometheus-born histograms come with 2^-128; anything this small is zero for every unit that the suite reads.
const MAX_ZERO_THRESHOLD = 1e-12;

const isCount = (value: number) =>
  Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT;
const isFiniteIfSet = (value: number | undefined) =>
  value === undefined || Number.isFinite(value);

/** The sum of counts; NaN when one of them is none. This runs for every point, so it is one plain loop. */
function total(counts: number[]): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i += 1) {
    if (!isCount(counts[i])) return NaN;
    sum += counts[i];
  }
  return sum;
}

/** Whether the numbers are finite and each is above the one before. */
function isAscending(numbers: number[]): boolean {
  for (let i = 0; i < numbers.length; i += 1) {
    if (!Number.isFinite(numbers[i])) return false;
    if (i > 0 && numbers[i] <= numbers[i - 1]) return false;
  }
  return true;
}

function explicitOf(point: OtlpPoint): WindowValue | RefusalReason {
  const { explicitBounds: boundaries, bucketCounts, count } = point;
  const counted = total(bucketCounts);
  if (!isCount(count) || Number.isNaN(counted) || !isFiniteIfSet(point.sum))
    return 'not-finite';
  // Both lists may be absent: then only count and sum are known, which is one bin without boundaries.
  const isWhole = bucketCounts.length === 0 && boundaries.length === 0;
  const counts = isWhole ? [count] : bucketCounts;
  if (
    boundaries.length > MAX_BOUNDARIES ||
    !isAscending(boundaries) ||
    counts.length !== boundaries.length + 1 ||
    (!isWhole && counted !== count)
  ) {
    return 'bucket-mismatch';
  }
  return {
    kind: 'explicit',
    explicit: { boundaries, counts, count, sum: point.sum ?? 0 },
  };
}

/** Whether every bucket lies within what a double can hold; else a merge could be asked for billions of buckets. */
function withinDoubles(
  { offset, counts }: OtlpBuckets,
  scale: number,
): boolean {
  if (!Number.isSafeInteger(offset) || counts.length > MAX_SENT_BUCKETS)
    return false;
  const perOctave = 2 ** scale;
  return (
    counts.length === 0 ||
    (offset >= -1076 * perOctave - 1 &&
      offset + counts.length - 1 <= 1025 * perOctave)
  );
}

function exponentialOf(point: OtlpPoint): WindowValue | RefusalReason {
  const { positive, negative, scale, zeroCount, count } = point;
  const counted = zeroCount + total(positive.counts) + total(negative.counts);
  if (
    !isCount(count) ||
    !isCount(zeroCount) ||
    Number.isNaN(counted) ||
    !isFiniteIfSet(point.sum) ||
    !isFiniteIfSet(point.min) ||
    !isFiniteIfSet(point.max)
  )
    return 'not-finite';
  if (
    !Number.isFinite(point.zeroThreshold) ||
    point.zeroThreshold > MAX_ZERO_THRESHOLD
  )
    return 'zero-threshold';
  if (!Number.isSafeInteger(scale) || scale < MIN_SCALE || scale > MAX_SCALE)
    return 'bucket-mismatch';
  if (!withinDoubles(positive, scale) || !withinDoubles(negative, scale))
    return 'bucket-mismatch';
  if (counted !== count) return 'bucket-mismatch';
  return {
    kind: 'exponential',
    exponential: normalExponential({
      scale,
      zeroCount,
      positiveOffset: positive.offset,
      positiveCounts: positive.counts,
      negativeOffset: negative.offset,
      negativeCounts: negative.counts,
      count,
      sum: point.sum ?? 0,
      min: count > 0 ? point.min : undefined,
      max: count > 0 ? point.max : undefined,
    }),
  };
}

/** What a point says, checked; or the reason why it cannot be used. */
export function valueOf(
  kind: OtlpMetricKind,
  point: OtlpPoint,
): WindowValue | RefusalReason {
  switch (kind) {
    case 'sum':
      return point.value !== undefined && Number.isFinite(point.value)
        ? { kind: 'sum', sum: point.value }
        : 'not-finite';
    case 'gauge':
      return point.value !== undefined && Number.isFinite(point.value)
        ? {
            kind: 'gauge',
            gauge: {
              last: point.value,
              lastAtMs: point.timeMs,
              max: point.value,
            },
          }
        : 'not-finite';
    case 'explicit':
      return explicitOf(point);
    case 'exponential':
      return exponentialOf(point);
    default:
      return 'no-data-kind';
  }
}
