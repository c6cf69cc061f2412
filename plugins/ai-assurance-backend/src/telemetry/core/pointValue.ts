import { NumberList, PointBuffer } from './otlp/point';
import { RefusalReason } from './refusal';

// One point stands for at most a minute or so of one process, a cumulative one for its life: a count beyond 10^12 is a
// broken or hostile sender, and refusing it keeps every merged count far below 2^53.
const MAX_COUNT = 1e12;
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
function total({ numbers, length, capacity }: NumberList): number {
  if (length > capacity) return NaN;
  let sum = 0;
  for (let i = 0; i < length; i += 1) {
    const count = numbers[i];
    // Written so that NaN fails too.
    if (!(count >= 0 && count <= MAX_COUNT) || count !== Math.floor(count))
      return NaN;
    sum += count;
  }
  return sum;
}

/** Boundaries of explicit histograms, with their text, and a number in place of the text for keys. */
export interface Shape {
  number: number;
  boundaries: number[];
  text: string;
}

/** Points without boundaries. */
export const NO_SHAPE: Shape = { number: 0, boundaries: [], text: '' };

function fits({ numbers, length }: NumberList, boundaries: number[]): boolean {
  if (length !== boundaries.length) return false;
  for (let i = 0; i < length; i += 1)
    if (numbers[i] !== boundaries[i]) return false;
  return true;
}

/** The boundaries of a request, each list checked and kept once. */
export class Shapes {
  readonly #byText = new Map<string, Shape>();
  #last: Shape = NO_SHAPE;

  /** `undefined` when the boundaries are too many, not finite or not ascending. */
  of(list: NumberList): Shape | undefined {
    if (fits(list, this.#last.boundaries)) return this.#last;
    if (list.length > list.capacity) return undefined;
    const boundaries = list.toArray();
    for (let i = 0; i < boundaries.length; i += 1) {
      if (!Number.isFinite(boundaries[i])) return undefined;
      if (i > 0 && boundaries[i] <= boundaries[i - 1]) return undefined;
    }
    const text = boundaries.join(',');
    let shape = text === '' ? NO_SHAPE : this.#byText.get(text);
    if (!shape) {
      shape = { number: this.#byText.size + 1, boundaries, text };
      this.#byText.set(text, shape);
    }
    this.#last = shape;
    return shape;
  }
}

/** Why the numbers of an explicit histogram cannot be used; `shape` is what {@link Shapes} made of its boundaries. */
export function explicitProblem(
  point: PointBuffer,
  shape: Shape | undefined,
): RefusalReason | undefined {
  const { counts, count } = point;
  if (!isCount(count) || !isFiniteIfSet(point.sum)) return 'not-finite';
  if (counts.length > counts.capacity) return 'bucket-mismatch';
  const counted = total(counts);
  if (Number.isNaN(counted)) return 'not-finite';
  if (!shape) return 'bucket-mismatch';
  // Both lists may be absent: then only count and sum are known.
  if (counts.length === 0 && shape.boundaries.length === 0) return undefined;
  return counts.length === shape.boundaries.length + 1 && counted === count
    ? undefined
    : 'bucket-mismatch';
}

/** Whether every bucket lies within what a double can hold; else a merge could be asked for billions of buckets. */
function withinDoubles(
  offset: number,
  { length, capacity }: NumberList,
  scale: number,
): boolean {
  if (!Number.isSafeInteger(offset) || length > capacity) return false;
  const perOctave = 2 ** scale;
  return (
    length === 0 ||
    (offset >= -1076 * perOctave - 1 && offset + length - 1 <= 1025 * perOctave)
  );
}

/** Why the numbers of an exponential histogram cannot be used. */
export function exponentialProblem(
  point: PointBuffer,
): RefusalReason | undefined {
  const { positive, negative, scale, zeroCount, count } = point;
  if (
    positive.length > positive.capacity ||
    negative.length > negative.capacity
  )
    return 'bucket-mismatch';
  const counted = zeroCount + total(positive) + total(negative);
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
  if (
    !withinDoubles(point.positiveOffset, positive, scale) ||
    !withinDoubles(point.negativeOffset, negative, scale)
  )
    return 'bucket-mismatch';
  return counted === count ? undefined : 'bucket-mismatch';
}
