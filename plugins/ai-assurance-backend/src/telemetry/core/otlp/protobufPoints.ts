import { LabelCache } from './attributes';
import { NumberList, PointBuffer, SHARED_POINT } from './point';
import { OtlpMetric, TEMPORALITY } from './request';
import { Unreadable, WireReader } from './wire';

// Tags of NumberDataPoint, HistogramDataPoint and ExponentialHistogramDataPoint (opentelemetry-proto 1.x,
// metrics/v1/metrics.proto): field number * 8 + wire type.

function readList(
  reader: WireReader,
  list: NumberList,
  readOne: 'fixed64' | 'double' | 'varint',
): void {
  const end = reader.lengthEnd();
  if (readOne === 'varint') {
    while (reader.pos < end) list.push(reader.varint());
  } else if (readOne === 'double') {
    while (reader.pos < end) list.push(reader.double());
  } else {
    while (reader.pos < end) list.push(reader.fixed64());
  }
  if (reader.pos !== end)
    throw new Unreadable('a number reaches beyond its list');
}

/** Reads the sides of an exponential histogram; answers the offset. */
function readBuckets(reader: WireReader, list: NumberList): number {
  const end = reader.lengthEnd();
  let offset = 0;
  list.length = 0;
  while (reader.pos < end) {
    const tag = reader.varint();
    if (tag === 8) offset = reader.zigzag();
    else if (tag === 18) readList(reader, list, 'varint');
    else if (tag === 16) list.push(reader.varint());
    else reader.skip(tag);
  }
  reader.requireEnd(end);
  return offset;
}

const NO_RECORDED_VALUE = 1;

/** Reads points of one request, each into the same buffer. */
export class PointReader {
  readonly #reader: WireReader;
  readonly #labels = new LabelCache();
  readonly #point = SHARED_POINT;
  // The attributes of a point stand together as a rule: they are looked up by their bytes, not read again.
  #attributesFrom = 0;
  #attributesEnd = 0;
  #earlierAttributes: Buffer[] | undefined;
  #isCumulative = false;

  constructor(reader: WireReader) {
    this.#reader = reader;
  }

  read({ kind, temporality }: OtlpMetric, end: number): PointBuffer {
    // Where an interval began is only asked of what goes on from an earlier one.
    this.#isCumulative = temporality === TEMPORALITY.cumulative;
    const point = this.#point;
    point.clear();
    this.#attributesFrom = 0;
    this.#attributesEnd = 0;
    this.#earlierAttributes = undefined;
    if (kind === 'explicit') this.#explicit(point, end);
    else if (kind === 'exponential') this.#exponential(point, end);
    else this.#number(point, end);
    this.#reader.requireEnd(end);
    if (this.#attributesEnd > 0) {
      const { bytes } = this.#reader;
      point.labels =
        this.#earlierAttributes === undefined
          ? this.#labels.at(
              this.#reader,
              this.#attributesFrom,
              this.#attributesEnd,
            )
          : this.#labels.of(
              Buffer.concat([
                ...this.#earlierAttributes,
                bytes.subarray(this.#attributesFrom, this.#attributesEnd),
              ]),
            );
    }
    return point;
  }

  #attribute(from: number): void {
    const reader = this.#reader;
    reader.pos = reader.lengthEnd();
    if (from !== this.#attributesEnd) {
      if (this.#attributesEnd > 0) {
        this.#earlierAttributes ??= [];
        this.#earlierAttributes.push(
          reader.bytes.subarray(this.#attributesFrom, this.#attributesEnd),
        );
      }
      this.#attributesFrom = from;
    }
    this.#attributesEnd = reader.pos;
  }

  #number(point: PointBuffer, end: number): void {
    const reader = this.#reader;
    while (reader.pos < end) {
      const from = reader.pos;
      const tag = reader.varint();
      if (tag === 58) this.#attribute(from);
      else if (tag === 25) point.timeMs = reader.nanosToMs();
      else if (tag === 17 && this.#isCumulative)
        point.startMs = reader.nanosToMs();
      else if (tag === 33) point.value = reader.double();
      else if (tag === 49) point.value = reader.signedFixed64();
      else if (tag === 64)
        point.isWithoutValue = reader.varint() % 2 === NO_RECORDED_VALUE;
      else reader.skip(tag);
    }
  }

  #explicit(point: PointBuffer, end: number): void {
    const reader = this.#reader;
    while (reader.pos < end) {
      const from = reader.pos;
      const tag = reader.varint();
      if (tag === 74) this.#attribute(from);
      else if (tag === 25) point.timeMs = reader.nanosToMs();
      else if (tag === 17 && this.#isCumulative)
        point.startMs = reader.nanosToMs();
      else if (tag === 33) point.count = reader.fixed64();
      else if (tag === 41) point.sum = reader.double();
      else if (tag === 50) readList(reader, point.counts, 'fixed64');
      else if (tag === 49) point.counts.push(reader.fixed64());
      else if (tag === 58) readList(reader, point.boundaries, 'double');
      else if (tag === 57) point.boundaries.push(reader.double());
      else if (tag === 80)
        point.isWithoutValue = reader.varint() % 2 === NO_RECORDED_VALUE;
      else if (tag === 89) point.min = reader.double();
      else if (tag === 97) point.max = reader.double();
      else reader.skip(tag);
    }
  }

  #exponential(point: PointBuffer, end: number): void {
    const reader = this.#reader;
    while (reader.pos < end) {
      const from = reader.pos;
      const tag = reader.varint();
      if (tag === 10) this.#attribute(from);
      else if (tag === 25) point.timeMs = reader.nanosToMs();
      else if (tag === 17 && this.#isCumulative)
        point.startMs = reader.nanosToMs();
      else if (tag === 33) point.count = reader.fixed64();
      else if (tag === 41) point.sum = reader.double();
      else if (tag === 48) point.scale = reader.zigzag();
      else if (tag === 57) point.zeroCount = reader.fixed64();
      else if (tag === 66)
        point.positiveOffset = readBuckets(reader, point.positive);
      else if (tag === 74)
        point.negativeOffset = readBuckets(reader, point.negative);
      else if (tag === 80)
        point.isWithoutValue = reader.varint() % 2 === NO_RECORDED_VALUE;
      else if (tag === 97) point.min = reader.double();
      else if (tag === 105) point.max = reader.double();
      else if (tag === 113) point.zeroThreshold = reader.double();
      else reader.skip(tag);
    }
  }
}
