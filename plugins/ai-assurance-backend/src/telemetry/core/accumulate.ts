import { SKETCH_SIZE, Sketches, sketchOf } from './devices';
import { ExponentialHistogram } from '../types';
import { finiteSum, FINEST_SCALE, fallNeeded } from './exponential';
import { PointBuffer } from './otlp/point';
import { Measured, WindowValue } from './windowValue';

/** A device as its salted hash, with the day whose salt was used. */
export interface DeviceHash {
  day: number;
  hash: number;
}

/** Hashes gathered before the smallest are kept and the rest forgotten. */
const MAX_GATHERED = 8 * SKETCH_SIZE;

/** Plain lists: typed arrays live outside the heap, and making one costs more than filling it. */
const zeros = (length: number) => new Array<number>(length).fill(0);

/** Adds up checked points of one kind, in place: nothing is built for a point. The order of points does not matter. */
export abstract class Accumulator {
  #isWeighted = false;
  #n = 0;
  #day = 0;
  /** Hashes of devices in the order of their points; some may stand there again. */
  #hashes: number[] | undefined;

  /** Adds a point whose numbers were checked; `device` where its source names one. */
  add(point: PointBuffer, device: DeviceHash | undefined): void {
    const { weight } = point.labels;
    if (weight !== 1) this.#isWeighted = true;
    this.#n += this.measure(point, weight);
    if (device) this.#see(device);
  }

  /** What a point says by itself, unweighted; only for an accumulator that holds nothing yet. */
  alone(point: PointBuffer): Measured {
    this.measure(point, 1);
    return this.measured();
  }

  /** Adds the point with its weight; answers what it really counted. */
  protected abstract measure(point: PointBuffer, weight: number): number;
  protected abstract measured(): Measured;

  /** What was added so far. `sketches` makes equal sketches once; they MUST NOT be changed. */
  value(sketches: Sketches = new Sketches()): WindowValue {
    const value: WindowValue = this.measured();
    if (this.#isWeighted && value.kind !== 'gauge') value.n = this.#n;
    if (this.#hashes) value.devices = sketches.of(this.#day, this.#hashes);
    return value;
  }

  #see({ day, hash }: DeviceHash): void {
    const hashes = this.#hashes;
    if (hashes === undefined) {
      this.#day = day;
      this.#hashes = [hash];
      return;
    }
    // Points of one device stand together.
    if (hash === hashes[hashes.length - 1]) return;
    hashes.push(hash);
    if (hashes.length > MAX_GATHERED)
      this.#hashes = sketchOf(day, hashes).hashes;
  }
}

export class SumAccumulator extends Accumulator {
  #sum = 0;

  protected measure(point: PointBuffer, weight: number): number {
    this.#sum = finiteSum(this.#sum, point.value * weight);
    return point.value;
  }

  protected measured(): Measured {
    return { kind: 'sum', sum: this.#sum };
  }
}

export class GaugeAccumulator extends Accumulator {
  #last = -Infinity;
  #lastAtMs = -Infinity;
  #max = -Infinity;

  protected measure({ value, timeMs }: PointBuffer): number {
    if (
      timeMs > this.#lastAtMs ||
      (timeMs === this.#lastAtMs && value > this.#last)
    ) {
      this.#last = value;
      this.#lastAtMs = timeMs;
    }
    if (value > this.#max) this.#max = value;
    return 0;
  }

  protected measured(): Measured {
    return {
      kind: 'gauge',
      gauge: { last: this.#last, lastAtMs: this.#lastAtMs, max: this.#max },
    };
  }
}

export class ExplicitAccumulator extends Accumulator {
  readonly #counts: number[];
  #count = 0;
  #sum = 0;

  constructor(readonly boundaries: number[]) {
    super();
    this.#counts = zeros(boundaries.length + 1);
  }

  protected measure(point: PointBuffer, weight: number): number {
    const counts = this.#counts;
    const { numbers, length } = point.counts;
    // Both lists may be absent: then only count and sum are known, which is one bin without boundaries.
    if (length === 0) counts[0] += point.count * weight;
    for (let i = 0; i < length; i += 1) counts[i] += numbers[i] * weight;
    this.#count += point.count * weight;
    this.#sum = finiteSum(this.#sum, (point.sum ?? 0) * weight);
    return point.count;
  }

  protected measured(): Measured {
    return {
      kind: 'explicit',
      explicit: {
        boundaries: this.boundaries,
        counts: this.#counts.slice(),
        count: this.#count,
        sum: this.#sum,
      },
    };
  }
}

/** Counts of buckets that follow each other. */
interface Counts {
  readonly numbers: ArrayLike<number>;
  readonly length: number;
}

/** One side of zero: live buckets from `first` to `last`, the count of bucket i in slot `i - base`. */
class Side {
  first = Infinity;
  last = -Infinity;
  #base = 0;
  #slots: number[] = [];

  get isLive(): boolean {
    return this.first <= this.last;
  }

  /** Makes room for buckets `first` to `last` beside those that are there. */
  #reach(first: number, last: number): void {
    const from = Math.min(this.first, first);
    const to = Math.max(this.last, last);
    const isHeld = from >= this.#base && to < this.#base + this.#slots.length;
    if (!isHeld) {
      // Some room on both sides, since the next point reaches a little further as a rule.
      const slots = zeros(to - from + 17);
      const shift = this.#base - from + 8;
      for (let i = this.first - this.#base; i <= this.last - this.#base; i += 1)
        slots[i + shift] = this.#slots[i];
      this.#slots = slots;
      this.#base = from - 8;
    }
    this.first = from;
    this.last = to;
  }

  add(
    list: Counts,
    range: { from: number; to: number },
    offset: number,
    by: number,
    weight: number,
  ): void {
    // eslint-disable-next-line no-bitwise
    this.#reach((offset + range.from) >> by, (offset + range.to) >> by);
    const slots = this.#slots;
    const base = this.#base;
    const { numbers } = list;
    if (by === 0 && weight === 1) {
      const shift = offset - base;
      for (let i = range.from; i <= range.to; i += 1)
        slots[i + shift] += numbers[i];
      return;
    }
    for (let i = range.from; i <= range.to; i += 1) {
      // eslint-disable-next-line no-bitwise
      slots[((offset + i) >> by) - base] += numbers[i] * weight;
    }
  }

  lower(by: number): void {
    if (!this.isLive) return;
    const { first, last } = this;
    const old = this.#slots;
    const oldBase = this.#base;
    /* eslint-disable no-bitwise */
    this.first = first >> by;
    this.last = last >> by;
    this.#base = this.first;
    this.#slots = zeros(this.last - this.first + 1);
    for (let i = first; i <= last; i += 1)
      this.#slots[(i >> by) - this.#base] += old[i - oldBase];
    /* eslint-enable no-bitwise */
  }

  counts(): number[] {
    return this.isLive
      ? this.#slots.slice(this.first - this.#base, this.last - this.#base + 1)
      : [];
  }
}

const range = { from: 0, to: 0 };
const otherRange = { from: 0, to: 0 };

/** The part of a list between its first and last count above zero; empty when `to` lies before `from`. */
function liveRange(list: Counts, into: typeof range): typeof range {
  let from = 0;
  let to = list.length - 1;
  while (from <= to && list.numbers[from] === 0) from += 1;
  while (to >= from && list.numbers[to] === 0) to -= 1;
  into.from = from;
  into.to = to;
  return into;
}

/** How far both must fall until the union of live buckets fits. */
function fallOf(
  side: Side,
  live: typeof range,
  offset: number,
  by: number,
): number {
  if (live.from > live.to)
    return side.isLive ? fallNeeded(side.first, side.last) : 0;
  return fallNeeded(
    /* eslint-disable no-bitwise */
    Math.min(side.first, (offset + live.from) >> by),
    Math.max(side.last, (offset + live.to) >> by),
    /* eslint-enable no-bitwise */
  );
}

const listOf = (numbers: number[]): Counts => ({
  numbers,
  length: numbers.length,
});

export class ExponentialAccumulator extends Accumulator {
  readonly #positive = new Side();
  readonly #negative = new Side();
  #scale = FINEST_SCALE;
  #zeroCount = 0;
  #count = 0;
  #sum = 0;
  #min: number | undefined = Infinity;
  #max: number | undefined = -Infinity;

  protected measure(point: PointBuffer, weight: number): number {
    this.#zeroCount += point.zeroCount * weight;
    this.#count += point.count * weight;
    this.#sum = finiteSum(this.#sum, (point.sum ?? 0) * weight);
    if (point.count === 0) return 0;
    // Unknown when a part that counted something did not tell its own.
    const { min, max } = point;
    if (this.#min !== undefined)
      this.#min = min === undefined ? undefined : Math.min(this.#min, min);
    if (this.#max !== undefined)
      this.#max = max === undefined ? undefined : Math.max(this.#max, max);
    this.#addBuckets(point, weight);
    return point.count;
  }

  /** Adds a whole histogram: the same as merging it, in place. */
  addHistogram(histogram: ExponentialHistogram): void {
    this.#zeroCount += histogram.zeroCount;
    this.#count += histogram.count;
    this.#sum = finiteSum(this.#sum, histogram.sum);
    if (histogram.count === 0) return;
    const { min, max } = histogram;
    if (this.#min !== undefined)
      this.#min = min === undefined ? undefined : Math.min(this.#min, min);
    if (this.#max !== undefined)
      this.#max = max === undefined ? undefined : Math.max(this.#max, max);
    this.#addBuckets(
      {
        scale: histogram.scale,
        positive: listOf(histogram.positiveCounts),
        positiveOffset: histogram.positiveOffset,
        negative: listOf(histogram.negativeCounts),
        negativeOffset: histogram.negativeOffset,
      },
      1,
    );
  }

  /** What was added so far. */
  histogram(): ExponentialHistogram {
    const measured = this.measured();
    return (measured as Extract<Measured, { kind: 'exponential' }>).exponential;
  }

  #addBuckets(
    point: Pick<PointBuffer, 'scale' | 'positiveOffset' | 'negativeOffset'> & {
      positive: Counts;
      negative: Counts;
    },
    weight: number,
  ): void {
    const up = liveRange(point.positive, range);
    const down = liveRange(point.negative, otherRange);
    if (up.from > up.to && down.from > down.to) return;
    if (point.scale < this.#scale) this.#lower(this.#scale - point.scale);
    let by = point.scale - this.#scale;
    const fall = Math.max(
      fallOf(this.#positive, up, point.positiveOffset, by),
      fallOf(this.#negative, down, point.negativeOffset, by),
    );
    if (fall > 0) this.#lower(fall);
    by += fall;
    if (up.from <= up.to)
      this.#positive.add(point.positive, up, point.positiveOffset, by, weight);
    if (down.from <= down.to)
      this.#negative.add(
        point.negative,
        down,
        point.negativeOffset,
        by,
        weight,
      );
  }

  #lower(by: number): void {
    this.#positive.lower(by);
    this.#negative.lower(by);
    this.#scale -= by;
  }

  protected measured(): Measured {
    const isEmpty = this.#count === 0;
    return {
      kind: 'exponential',
      exponential: {
        scale: this.#scale,
        zeroCount: this.#zeroCount,
        positiveOffset: this.#positive.isLive ? this.#positive.first : 0,
        positiveCounts: this.#positive.counts(),
        negativeOffset: this.#negative.isLive ? this.#negative.first : 0,
        negativeCounts: this.#negative.counts(),
        count: this.#count,
        sum: this.#sum,
        min: isEmpty ? undefined : this.#min,
        max: isEmpty ? undefined : this.#max,
      },
    };
  }
}
