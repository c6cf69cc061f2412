import { ExponentialHistogram } from '../../types';
import { DeviceSketch } from '../devices';
import { Measured, WindowValue } from '../windowValue';
import { ByteReader, ByteWriter } from './bytes';

const kinds = { sum: 0, gauge: 1, explicit: 2, exponential: 3 } as const;
const hasMin = 8;
const hasMax = 16;
const hasNegative = 32;
const hasRawCount = 64;
const hasDevices = 128;

/** Boundaries of explicit histograms, each list kept once for all the values that share it. */
export class Shapes {
  readonly #lists: number[][] = [];
  readonly #byText = new Map<string, number>();

  indexOf(boundaries: number[]): number {
    const text = boundaries.join(',');
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#byText.set(text, this.#lists.length);
    this.#lists.push(boundaries);
    return this.#lists.length - 1;
  }

  at(index: number): number[] {
    const list = this.#lists[index];
    if (!list) throw new RangeError(`No boundaries ${index}`);
    return list;
  }

  write(to: ByteWriter): void {
    to.varint(this.#lists.length);
    for (const list of this.#lists) {
      to.varint(list.length);
      for (const boundary of list) to.float(boundary);
    }
  }

  static read(from: ByteReader): Shapes {
    const shapes = new Shapes();
    const count = from.varint();
    for (let i = 0; i < count; i += 1) {
      const list = new Array<number>(from.varint());
      for (let j = 0; j < list.length; j += 1) list[j] = from.float();
      shapes.indexOf(list);
    }
    return shapes;
  }
}

function writeBuckets(to: ByteWriter, offset: number, counts: number[]): void {
  to.signed(offset);
  to.varint(counts.length);
  for (const count of counts) to.count(count);
}

function readCounts(from: ByteReader): number[] {
  const counts = new Array<number>(from.varint());
  for (let i = 0; i < counts.length; i += 1) counts[i] = from.count();
  return counts;
}

function writeExponential(
  to: ByteWriter,
  h: ExponentialHistogram,
  flags: number,
): void {
  to.byte(
    flags |
      kinds.exponential |
      (h.min === undefined ? 0 : hasMin) |
      (h.max === undefined ? 0 : hasMax) |
      (h.negativeCounts.length === 0 ? 0 : hasNegative),
  );
  to.float(h.sum);
  to.signed(h.scale);
  to.count(h.zeroCount);
  if (h.min !== undefined) to.float(h.min);
  if (h.max !== undefined) to.float(h.max);
  writeBuckets(to, h.positiveOffset, h.positiveCounts);
  if (h.negativeCounts.length > 0)
    writeBuckets(to, h.negativeOffset, h.negativeCounts);
}

const total = (counts: number[]) =>
  counts.reduce((sum, count) => sum + count, 0);

function readExponential(from: ByteReader, tag: number): ExponentialHistogram {
  const sum = from.float();
  const scale = from.signed();
  const zeroCount = from.count();
  const min = tag & hasMin ? from.float() : undefined;
  const max = tag & hasMax ? from.float() : undefined;
  const positiveOffset = from.signed();
  const positiveCounts = readCounts(from);
  const negativeOffset = tag & hasNegative ? from.signed() : 0;
  const negativeCounts = tag & hasNegative ? readCounts(from) : [];
  return {
    scale,
    zeroCount,
    positiveOffset,
    positiveCounts,
    negativeOffset,
    negativeCounts,
    count: zeroCount + total(positiveCounts) + total(negativeCounts),
    sum,
    min,
    max,
  };
}

/** Writes sketches: the days, and in each the hashes as distances, since they ascend. */
export function writeDevices(to: ByteWriter, sketches: DeviceSketch[]): void {
  to.varint(sketches.length);
  for (const { day, hashes } of sketches) {
    to.varint(day);
    to.varint(hashes.length);
    let last = 0;
    for (const hash of hashes) {
      to.varint(hash - last);
      last = hash;
    }
  }
}

/** Reads what {@link writeDevices} wrote. */
export function readDevices(from: ByteReader): DeviceSketch[] {
  const sketches: DeviceSketch[] = [];
  for (let left = from.varint(); left > 0; left -= 1) {
    const day = from.varint();
    const hashes = new Array<number>(from.varint());
    let last = 0;
    for (let i = 0; i < hashes.length; i += 1) {
      last += from.varint();
      hashes[i] = last;
    }
    sketches.push({ day, hashes });
  }
  return sketches;
}

function writeMeasured(
  to: ByteWriter,
  shapes: Shapes,
  value: Measured,
  flags: number,
): void {
  switch (value.kind) {
    case 'sum':
      to.byte(flags | kinds.sum);
      to.float(value.sum);
      break;
    case 'gauge':
      to.byte(flags | kinds.gauge);
      to.float(value.gauge.last);
      to.varint(value.gauge.lastAtMs);
      to.float(value.gauge.max);
      break;
    case 'explicit':
      to.byte(flags | kinds.explicit);
      to.float(value.explicit.sum);
      to.varint(shapes.indexOf(value.explicit.boundaries));
      to.varint(value.explicit.counts.length);
      for (const count of value.explicit.counts) to.count(count);
      break;
    default:
      writeExponential(to, value.exponential, flags);
  }
}

/**
 * Writes a value: a byte for its kind and what follows; counts and indexes as varints, sums and extremes as doubles. An
 * exponential histogram of a minute takes about 30 bytes and one byte for each live bucket.
 */
export function writeValue(
  to: ByteWriter,
  shapes: Shapes,
  value: WindowValue,
): void {
  const flags =
    (value.n === undefined ? 0 : hasRawCount) |
    (value.devices === undefined ? 0 : hasDevices);
  writeMeasured(to, shapes, value, flags);
  if (value.n !== undefined) to.count(value.n);
  if (value.devices) writeDevices(to, value.devices);
}

function readMeasured(from: ByteReader, shapes: Shapes, tag: number): Measured {
  switch (tag & 7) {
    case kinds.sum:
      return { kind: 'sum', sum: from.float() };
    case kinds.gauge:
      return {
        kind: 'gauge',
        gauge: {
          last: from.float(),
          lastAtMs: from.varint(),
          max: from.float(),
        },
      };
    case kinds.explicit: {
      const sum = from.float();
      const boundaries = shapes.at(from.varint());
      const counts = readCounts(from);
      return {
        kind: 'explicit',
        explicit: { boundaries, counts, count: total(counts), sum },
      };
    }
    case kinds.exponential:
      return { kind: 'exponential', exponential: readExponential(from, tag) };
    default:
      throw new RangeError(`Unknown kind of value: ${tag}`);
  }
}

/** Reads what {@link writeValue} wrote. Throws a RangeError on anything else. */
export function readValue(from: ByteReader, shapes: Shapes): WindowValue {
  const tag = from.byte();
  const value: WindowValue = readMeasured(from, shapes, tag);
  if (tag & hasRawCount) value.n = from.count();
  if (tag & hasDevices) value.devices = readDevices(from);
  return value;
}

/**
 * An explicit histogram as it lies in its bytes, for readers of very many: nothing is made of it but a list of counts, which
 * the next one overwrites.
 */
export class HistogramReader {
  boundaries: number[] = [];
  readonly counts: number[] = [];
  #from = new ByteReader(new Uint8Array(0));
  /** Where its devices begin; -1 where it names none. */
  #devicesAt = -1;

  /** False for a value of another kind, which is then read from where it began. */
  read(from: ByteReader, lists: readonly number[][]): boolean {
    const start = from.at;
    const tag = from.byte();
    if ((tag & 7) !== kinds.explicit) {
      from.at = start;
      return false;
    }
    from.float();
    const index = from.varint();
    const list = lists[index];
    if (!list) throw new RangeError(`No boundaries ${index}`);
    this.boundaries = list;
    from.countsInto(this.counts, from.varint());
    if (tag & hasRawCount) from.count();
    this.#from = from;
    this.#devicesAt = tag & hasDevices ? from.at : -1;
    return true;
  }

  /** Hashes that are kept of its first day, without reading them; 0 where it names no devices. */
  get hashCount(): number {
    const from = this.#atDevices();
    if (!from || from.varint() === 0) return 0;
    from.varint();
    return from.varint();
  }

  /** What {@link WindowValue} has of devices. */
  devices(): DeviceSketch[] | undefined {
    const from = this.#atDevices();
    return from && readDevices(from);
  }

  #atDevices(): ByteReader | undefined {
    if (this.#devicesAt < 0) return undefined;
    this.#from.at = this.#devicesAt;
    return this.#from;
  }
}
