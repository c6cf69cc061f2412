import { Reader } from 'protobufjs/minimal';
import {
  emptyAttributes,
  emptyPoint,
  MAX_ATTRIBUTE_LENGTH,
  MAX_ATTRIBUTES,
  OtlpBuckets,
  OtlpMetric,
  OtlpMetricKind,
  OtlpPoint,
  OtlpRequest,
  OtlpResource,
  PartsBudget,
  POINT_ATTRIBUTES,
} from './request';

// The descriptor, as code: each message below names the fields that are read, by their numbers in
// opentelemetry-proto 1.x (metrics/v1/metrics.proto, common/v1/common.proto); every other field is skipped. One walk over
// the bytes instead of a generated decoder: no 64-bit objects, no copies, and nothing is built that the fold throws away.

type ReadField = (reader: Reader, field: number, wireType: number) => boolean;

const LENGTH_DELIMITED = 2;

/** Reads fields until `end`; `read` answers false for a field that it does not know, which is then skipped. */
function readFields(reader: Reader, end: number, read: ReadField): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = Math.floor(tag / 8);
    if (field === 0) throw new Error('field number 0');
    if (!read(reader, field, tag % 8)) reader.skipType(tag % 8);
  }
  if (reader.pos !== end)
    throw new RangeError('a field reaches beyond its message');
}

/** Reads an embedded message; it must lie within the whole body. */
function readMessage(reader: Reader, read: ReadField): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len)
    throw new RangeError(
      `a message of ${length} bytes is cut off, ${
        reader.len - reader.pos
      } are left`,
    );
  readFields(reader, end, read);
}

/** Little-endian 64 bits as a number; exact up to 2^53. */
function fixed64(reader: Reader): number {
  const low = reader.fixed32();
  return reader.fixed32() * 2 ** 32 + low;
}

function signedFixed64(reader: Reader): number {
  const low = reader.fixed32();
  return reader.sfixed32() * 2 ** 32 + low;
}

/** Nanoseconds to whole milliseconds without losing a bit: 10^6 = 2^6 * 15625, so every step stays below 2^53. */
function fixed64NanosToMs(reader: Reader): number {
  const low = reader.fixed32();
  const high = reader.fixed32();
  return (
    Math.floor(high / 15625) * 2 ** 26 +
    Math.floor(((high % 15625) * 2 ** 32 + low) / 1_000_000)
  );
}

/** A varint of up to 64 bits as a number; exact up to 2^53. */
function varint64(reader: Reader): number {
  let value = 0;
  let factor = 1;
  for (let i = 0; i < 10; i += 1) {
    if (reader.pos >= reader.len)
      throw new RangeError('the body ends inside a number');
    const byte = reader.buf[reader.pos];
    reader.pos += 1;
    value += (byte % 128) * factor;
    if (byte < 128) return value;
    factor *= 128;
  }
  throw new Error('a number longer than ten bytes');
}

function signedVarint64(reader: Reader): number {
  const value = varint64(reader);
  return value >= 2 ** 63 ? value - 2 ** 64 : value;
}

/** A repeated number, packed or one by one. */
function readRepeated(
  reader: Reader,
  wireType: number,
  into: number[],
  readOne: (reader: Reader) => number,
): void {
  if (wireType !== LENGTH_DELIMITED) {
    into.push(readOne(reader));
    return;
  }
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('a list of numbers is cut off');
  while (reader.pos < end) into.push(readOne(reader));
  if (reader.pos !== end)
    throw new RangeError('a number reaches beyond its list');
}

/** AnyValue as text; `undefined` for lists, maps and bytes. */
function readAnyValue(reader: Reader): string | undefined {
  let text: string | undefined;
  readMessage(reader, (r, field) => {
    if (field === 1) text = r.string();
    else if (field === 2) text = String(r.bool());
    else if (field === 3) text = String(signedVarint64(r));
    else if (field === 4) text = String(r.double());
    else return false;
    return true;
  });
  return text;
}

function readAttribute(
  reader: Reader,
  into: Record<string, string>,
  wanted?: ReadonlySet<string>,
): void {
  let key = '';
  let text: string | undefined;
  readMessage(reader, (r, field) => {
    if (field === 1) key = r.string();
    else if (field === 2) text = readAnyValue(r);
    else return false;
    return true;
  });
  if (text === undefined || text.length > MAX_ATTRIBUTE_LENGTH) return;
  if (wanted === undefined || wanted.has(key)) into[key] = text;
}

const NO_RECORDED_VALUE = 1;

function readNumberPoint(reader: Reader): OtlpPoint {
  const point = emptyPoint();
  readMessage(reader, (r, field) => {
    if (field === 7) readAttribute(r, point.attributes, POINT_ATTRIBUTES);
    else if (field === 3) point.timeMs = fixed64NanosToMs(r);
    else if (field === 4) point.value = r.double();
    else if (field === 6) point.value = signedFixed64(r);
    else if (field === 8)
      point.isWithoutValue = r.uint32() % 2 === NO_RECORDED_VALUE;
    else return false;
    return true;
  });
  return point;
}

function readExplicitPoint(reader: Reader): OtlpPoint {
  const point = emptyPoint();
  readMessage(reader, (r, field, wireType) => {
    if (field === 9) readAttribute(r, point.attributes, POINT_ATTRIBUTES);
    else if (field === 3) point.timeMs = fixed64NanosToMs(r);
    else if (field === 4) point.count = fixed64(r);
    else if (field === 5) point.sum = r.double();
    else if (field === 6)
      readRepeated(r, wireType, point.bucketCounts, fixed64);
    else if (field === 7)
      readRepeated(r, wireType, point.explicitBounds, one => one.double());
    else if (field === 10)
      point.isWithoutValue = r.uint32() % 2 === NO_RECORDED_VALUE;
    else if (field === 11) point.min = r.double();
    else if (field === 12) point.max = r.double();
    else return false;
    return true;
  });
  return point;
}

function readBuckets(reader: Reader): OtlpBuckets {
  const buckets: OtlpBuckets = { offset: 0, counts: [] };
  readMessage(reader, (r, field, wireType) => {
    if (field === 1) buckets.offset = r.sint32();
    else if (field === 2) readRepeated(r, wireType, buckets.counts, varint64);
    else return false;
    return true;
  });
  return buckets;
}

function readExponentialPoint(reader: Reader): OtlpPoint {
  const point = emptyPoint();
  readMessage(reader, (r, field) => {
    if (field === 1) readAttribute(r, point.attributes, POINT_ATTRIBUTES);
    else if (field === 3) point.timeMs = fixed64NanosToMs(r);
    else if (field === 4) point.count = fixed64(r);
    else if (field === 5) point.sum = r.double();
    else if (field === 6) point.scale = r.sint32();
    else if (field === 7) point.zeroCount = fixed64(r);
    else if (field === 8) point.positive = readBuckets(r);
    else if (field === 9) point.negative = readBuckets(r);
    else if (field === 10)
      point.isWithoutValue = r.uint32() % 2 === NO_RECORDED_VALUE;
    else if (field === 12) point.min = r.double();
    else if (field === 13) point.max = r.double();
    else if (field === 14) point.zeroThreshold = r.double();
    else return false;
    return true;
  });
  return point;
}

/** Only counted: a summary cannot be merged, so its points are refused whatever they hold. */
function readSummaryPoint(reader: Reader): OtlpPoint {
  readMessage(reader, () => false);
  return emptyPoint();
}

const kindsByField: Record<
  number,
  { kind: OtlpMetricKind; readPoint: (reader: Reader) => OtlpPoint }
> = {
  5: { kind: 'gauge', readPoint: readNumberPoint },
  7: { kind: 'sum', readPoint: readNumberPoint },
  9: { kind: 'explicit', readPoint: readExplicitPoint },
  10: { kind: 'exponential', readPoint: readExponentialPoint },
  11: { kind: 'summary', readPoint: readSummaryPoint },
};

function readMetric(reader: Reader, budget: PartsBudget): OtlpMetric {
  budget.spend();
  const metric: OtlpMetric = {
    name: '',
    unit: '',
    kind: 'unknown',
    temporality: 0,
    points: [],
  };
  readMessage(reader, (r, field) => {
    const data = kindsByField[field];
    if (field === 1) metric.name = r.string();
    else if (field === 3) metric.unit = r.string();
    else if (data) {
      metric.kind = data.kind;
      readMessage(r, (inner, innerField) => {
        if (innerField === 1) {
          budget.spend();
          metric.points.push(data.readPoint(inner));
        } else if (
          innerField === 2 &&
          data.kind !== 'gauge' &&
          data.kind !== 'summary'
        )
          metric.temporality = inner.uint32();
        else return false;
        return true;
      });
    } else return false;
    return true;
  });
  return metric;
}

function readResourceMetrics(
  reader: Reader,
  budget: PartsBudget,
): OtlpResource {
  budget.spend();
  const resource: OtlpResource = { attributes: emptyAttributes(), metrics: [] };
  let attributeCount = 0;
  readMessage(reader, (r, field) => {
    if (field === 1) {
      readMessage(r, (inner, innerField) => {
        attributeCount += 1;
        if (innerField !== 1 || attributeCount > MAX_ATTRIBUTES) return false;
        readAttribute(inner, resource.attributes);
        return true;
      });
    } else if (field === 2) {
      readMessage(r, (inner, innerField) => {
        if (innerField !== 2) return false;
        resource.metrics.push(readMetric(inner, budget));
        return true;
      });
    } else return false;
    return true;
  });
  return resource;
}

/**
 * Reads an `ExportMetricsServiceRequest`. Throws an `Error` that names the byte where reading stopped when the body is
 * cut off or is no protobuf message of that shape; nothing of such a body is used. Unknown fields are skipped.
 */
export function decodeProtobuf(body: Uint8Array): OtlpRequest {
  const reader = Reader.create(body);
  const budget = new PartsBudget();
  const resources: OtlpResource[] = [];
  try {
    readFields(reader, reader.len, (r, field) => {
      if (field !== 1) return false;
      resources.push(readResourceMetrics(r, budget));
      return true;
    });
  } catch (error) {
    throw new Error(
      `not a readable OTLP metrics request: ${
        (error as Error).message
      }, at byte ${reader.pos} of ${reader.len}`,
    );
  }
  return { resources };
}
