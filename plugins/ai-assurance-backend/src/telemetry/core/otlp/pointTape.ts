import { NumberList, PointBuffer, PointLabels, SHARED_POINT } from './point';
import { OtlpMetric, OtlpMetricKind, TEMPORALITY } from './request';

/** Stands for a number that was not told; numbers that are none do not come this far. */
const UNTOLD = Number.NaN;
const toldOf = (value: number) => (Number.isNaN(value) ? undefined : value);

/** A point while it is read; its lists stand in the shared buffer. */
export class PointNumbers {
  timeMs = 0;
  startMs = 0;
  labels = -1;
  flags = 0;
  asDouble = UNTOLD;
  asInt = UNTOLD;
  count = 0;
  sum = UNTOLD;
  min = UNTOLD;
  max = UNTOLD;
  scale = 0;
  zeroCount = 0;
  zeroThreshold = 0;
  positiveOffset = 0;
  negativeOffset = 0;
  /** Which of the lists of boundaries. */
  boundaries = 0;

  clear(): void {
    this.timeMs = 0;
    this.startMs = 0;
    this.labels = -1;
    this.flags = 0;
    this.asDouble = UNTOLD;
    this.asInt = UNTOLD;
    this.count = 0;
    this.sum = UNTOLD;
    this.min = UNTOLD;
    this.max = UNTOLD;
    this.scale = 0;
    this.zeroCount = 0;
    this.zeroThreshold = 0;
    this.positiveOffset = 0;
    this.negativeOffset = 0;
    this.boundaries = 0;
    SHARED_POINT.clear();
  }
}

/** Takes a list off the tape; answers where the next number stands. */
function fill(list: NumberList, tape: Float64Array, from: number): number {
  const length = tape[from];
  const kept = Math.min(length, list.capacity);
  const { numbers } = list;
  for (let i = 0; i < kept; i += 1) numbers[i] = tape[from + 1 + i];
  list.length = length;
  return from + 1 + kept;
}

/** Points as numbers in a row, one after the other. */
export class PointTape {
  numbers: Float64Array;
  length = 0;

  constructor(capacity: number) {
    this.numbers = new Float64Array(capacity);
  }

  write(kind: OtlpMetricKind, point: PointNumbers): void {
    this.#push(point.timeMs);
    this.#push(point.startMs);
    this.#push(point.labels);
    this.#push(point.flags);
    if (kind === 'sum' || kind === 'gauge') {
      this.#push(Number.isNaN(point.asDouble) ? point.asInt : point.asDouble);
      return;
    }
    this.#push(point.count);
    this.#push(point.sum);
    this.#push(point.min);
    this.#push(point.max);
    if (kind === 'explicit') {
      this.#push(point.boundaries);
      this.#pushList(SHARED_POINT.counts);
      return;
    }
    this.#push(point.scale);
    this.#push(point.zeroCount);
    this.#push(point.zeroThreshold);
    this.#push(point.positiveOffset);
    this.#pushList(SHARED_POINT.positive);
    this.#push(point.negativeOffset);
    this.#pushList(SHARED_POINT.negative);
  }

  /** Reads the point that stands at `from` into the buffer; answers where the next one stands. */
  read(
    { kind, temporality }: OtlpMetric,
    from: number,
    into: {
      point: PointBuffer;
      labels: PointLabels[];
      boundaries: number[][];
    },
  ): number {
    const { numbers } = this;
    const { point } = into;
    point.clear();
    point.timeMs = numbers[from];
    // Where an interval began is only asked of what goes on from an earlier one.
    if (temporality === TEMPORALITY.cumulative)
      point.startMs = numbers[from + 1];
    const labels = numbers[from + 2];
    if (labels >= 0) point.labels = into.labels[labels];
    point.isWithoutValue = numbers[from + 3] % 2 === 1;
    const at = from + 4;
    if (kind === 'sum' || kind === 'gauge') {
      point.value = numbers[at];
      return at + 1;
    }
    point.count = numbers[at];
    point.sum = toldOf(numbers[at + 1]);
    point.min = toldOf(numbers[at + 2]);
    point.max = toldOf(numbers[at + 3]);
    if (kind === 'explicit') {
      for (const boundary of into.boundaries[numbers[at + 4]])
        point.boundaries.push(boundary);
      return fill(point.counts, numbers, at + 5);
    }
    point.scale = numbers[at + 4];
    point.zeroCount = numbers[at + 5];
    point.zeroThreshold = numbers[at + 6];
    point.positiveOffset = numbers[at + 7];
    const negativeAt = fill(point.positive, numbers, at + 8);
    point.negativeOffset = numbers[negativeAt];
    return fill(point.negative, numbers, negativeAt + 1);
  }

  #push(value: number): void {
    if (this.length === this.numbers.length) {
      const wider = new Float64Array(2 * this.length);
      wider.set(this.numbers);
      this.numbers = wider;
    }
    this.numbers[this.length] = value;
    this.length += 1;
  }

  /** How many, and as many of them as a list holds. */
  #pushList(list: NumberList): void {
    this.#push(list.length);
    const kept = Math.min(list.length, list.capacity);
    for (let i = 0; i < kept; i += 1) this.#push(list.numbers[i]);
  }
}
