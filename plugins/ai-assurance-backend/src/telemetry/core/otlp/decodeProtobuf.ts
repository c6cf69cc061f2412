import { Reader } from 'protobufjs/minimal';
import {
  emptyAttributes,
  emptyPoint,
  MAX_ATTRIBUTE_LENGTH,
  MAX_ATTRIBUTES,
  NO_ATTRIBUTES,
  NO_NUMBERS,
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

/** Reads one field into its message; answers false for a field that it does not know. No closures: this runs per point. */
type ReadField<T> = (
  reader: Reader,
  field: number,
  wireType: number,
  into: T,
) => boolean;

const LENGTH_DELIMITED = 2;

/** Reads fields until `end`; those that `read` does not know are skipped. */
function readFields<T>(
  reader: Reader,
  end: number,
  read: ReadField<T>,
  into: T,
): T {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wireType = tag % 8;
    const field = (tag - wireType) / 8;
    if (field === 0) throw new Error('field number 0');
    if (!read(reader, field, wireType, into)) reader.skipType(wireType);
  }
  if (reader.pos !== end) {
    throw new RangeError('a field reaches beyond its message');
  }
  return into;
}

/** Reads an embedded message into `into`; it must lie within the whole body. */
function readMessage<T>(reader: Reader, read: ReadField<T>, into: T): T {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) {
    throw new RangeError(
      `a message of ${length} bytes is cut off, ${
        reader.len - reader.pos
      } are left`,
    );
  }
  return readFields(reader, end, read, into);
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

/** A repeated number, packed or one by one; goes on with `known` where the field comes in several parts. */
function readRepeated(
  reader: Reader,
  wireType: number,
  known: number[],
  readOne: (reader: Reader) => number,
): number[] {
  const list = known === NO_NUMBERS ? [] : known;
  if (wireType !== LENGTH_DELIMITED) {
    list.push(readOne(reader));
    return list;
  }
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('a list of numbers is cut off');
  while (reader.pos < end) list.push(readOne(reader));
  if (reader.pos !== end) {
    throw new RangeError('a number reaches beyond its list');
  }
  return list;
}

const double = (reader: Reader) => reader.double();

interface KeyValue {
  key: string;
  /** `undefined` for lists, maps and bytes. */
  text: string | undefined;
}

function anyValueField(
  reader: Reader,
  field: number,
  _wireType: number,
  into: KeyValue,
): boolean {
  if (field === 1) into.text = reader.string();
  else if (field === 2) into.text = String(reader.bool());
  else if (field === 3) into.text = String(signedVarint64(reader));
  else if (field === 4) into.text = String(reader.double());
  else return false;
  return true;
}

function keyValueField(
  reader: Reader,
  field: number,
  _wireType: number,
  into: KeyValue,
): boolean {
  if (field === 1) into.key = reader.string();
  else if (field === 2) readMessage(reader, anyValueField, into);
  else return false;
  return true;
}

/** Reads one attribute; `undefined` when nothing of it is to be kept. */
function readAttribute(
  reader: Reader,
): { key: string; text: string } | undefined {
  const { key, text } = readMessage<KeyValue>(reader, keyValueField, {
    key: '',
    text: undefined,
  });
  if (text === undefined || text.length > MAX_ATTRIBUTE_LENGTH)
    return undefined;
  return { key, text };
}

function readPointAttribute(reader: Reader, point: OtlpPoint): void {
  const attribute = readAttribute(reader);
  if (!attribute || !POINT_ATTRIBUTES.has(attribute.key)) return;
  if (point.attributes === NO_ATTRIBUTES) point.attributes = emptyAttributes();
  point.attributes[attribute.key] = attribute.text;
}

const NO_RECORDED_VALUE = 1;

function numberPointField(
  reader: Reader,
  field: number,
  _wireType: number,
  point: OtlpPoint,
): boolean {
  if (field === 7) readPointAttribute(reader, point);
  else if (field === 3) point.timeMs = fixed64NanosToMs(reader);
  else if (field === 4) point.value = reader.double();
  else if (field === 6) point.value = signedFixed64(reader);
  else if (field === 8)
    point.isWithoutValue = reader.uint32() % 2 === NO_RECORDED_VALUE;
  else return false;
  return true;
}

function explicitPointField(
  reader: Reader,
  field: number,
  wireType: number,
  point: OtlpPoint,
): boolean {
  if (field === 9) readPointAttribute(reader, point);
  else if (field === 3) point.timeMs = fixed64NanosToMs(reader);
  else if (field === 4) point.count = fixed64(reader);
  else if (field === 5) point.sum = reader.double();
  else if (field === 6)
    point.bucketCounts = readRepeated(
      reader,
      wireType,
      point.bucketCounts,
      fixed64,
    );
  else if (field === 7)
    point.explicitBounds = readRepeated(
      reader,
      wireType,
      point.explicitBounds,
      double,
    );
  else if (field === 10)
    point.isWithoutValue = reader.uint32() % 2 === NO_RECORDED_VALUE;
  else if (field === 11) point.min = reader.double();
  else if (field === 12) point.max = reader.double();
  else return false;
  return true;
}

function bucketsField(
  reader: Reader,
  field: number,
  wireType: number,
  into: OtlpBuckets,
): boolean {
  if (field === 1) into.offset = reader.sint32();
  else if (field === 2)
    into.counts = readRepeated(reader, wireType, into.counts, varint64);
  else return false;
  return true;
}

const readBuckets = (reader: Reader) =>
  readMessage<OtlpBuckets>(reader, bucketsField, {
    offset: 0,
    counts: NO_NUMBERS,
  });

function exponentialPointField(
  reader: Reader,
  field: number,
  _wireType: number,
  point: OtlpPoint,
): boolean {
  if (field === 1) readPointAttribute(reader, point);
  else if (field === 3) point.timeMs = fixed64NanosToMs(reader);
  else if (field === 4) point.count = fixed64(reader);
  else if (field === 5) point.sum = reader.double();
  else if (field === 6) point.scale = reader.sint32();
  else if (field === 7) point.zeroCount = fixed64(reader);
  else if (field === 8) point.positive = readBuckets(reader);
  else if (field === 9) point.negative = readBuckets(reader);
  else if (field === 10)
    point.isWithoutValue = reader.uint32() % 2 === NO_RECORDED_VALUE;
  else if (field === 12) point.min = reader.double();
  else if (field === 13) point.max = reader.double();
  else if (field === 14) point.zeroThreshold = reader.double();
  else return false;
  return true;
}

/** A summary cannot be merged, so its points are refused whatever they hold: they are only counted. */
const summaryPointField = () => false;

const kindsByField: Record<
  number,
  { kind: OtlpMetricKind; pointField: ReadField<OtlpPoint> }
> = {
  5: { kind: 'gauge', pointField: numberPointField },
  7: { kind: 'sum', pointField: numberPointField },
  9: { kind: 'explicit', pointField: explicitPointField },
  10: { kind: 'exponential', pointField: exponentialPointField },
  11: { kind: 'summary', pointField: summaryPointField },
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
  const metricField: ReadField<OtlpMetric> = (r, field) => {
    const data = kindsByField[field];
    if (field === 1) metric.name = r.string();
    else if (field === 3) metric.unit = r.string();
    else if (data) {
      metric.kind = data.kind;
      readMessage(
        r,
        (inner, innerField) => {
          if (innerField === 1) {
            budget.spend();
            metric.points.push(
              readMessage(inner, data.pointField, emptyPoint()),
            );
          } else if (
            innerField === 2 &&
            data.kind !== 'gauge' &&
            data.kind !== 'summary'
          ) {
            metric.temporality = inner.uint32();
          } else return false;
          return true;
        },
        metric,
      );
    } else return false;
    return true;
  };
  return readMessage(reader, metricField, metric);
}

function readResourceMetrics(
  reader: Reader,
  budget: PartsBudget,
): OtlpResource {
  budget.spend();
  let attributeCount = 0;
  const attributeField: ReadField<OtlpResource> = (
    r,
    field,
    _wireType,
    into,
  ) => {
    attributeCount += 1;
    if (field !== 1 || attributeCount > MAX_ATTRIBUTES) return false;
    const attribute = readAttribute(r);
    if (attribute) into.attributes[attribute.key] = attribute.text;
    return true;
  };
  const scopeField: ReadField<OtlpResource> = (r, field, _wireType, into) => {
    if (field !== 2) return false;
    into.metrics.push(readMetric(r, budget));
    return true;
  };
  const resourceField: ReadField<OtlpResource> = (
    r,
    field,
    _wireType,
    into,
  ) => {
    if (field === 1) readMessage(r, attributeField, into);
    else if (field === 2) readMessage(r, scopeField, into);
    else return false;
    return true;
  };
  return readMessage<OtlpResource>(reader, resourceField, {
    attributes: emptyAttributes(),
    metrics: [],
  });
}

/**
 * Reads an `ExportMetricsServiceRequest`. Throws an `Error` that names the byte where reading stopped when the body is
 * cut off or is no protobuf message of that shape; nothing of such a body is used. Unknown fields are skipped.
 */
export function decodeProtobuf(body: Uint8Array): OtlpRequest {
  const reader = Reader.create(body);
  const budget = new PartsBudget();
  const requestField: ReadField<OtlpRequest> = (r, field, _wireType, into) => {
    if (field !== 1) return false;
    into.resources.push(readResourceMetrics(r, budget));
    return true;
  };
  try {
    return readFields(reader, reader.len, requestField, { resources: [] });
  } catch (error) {
    throw new Error(
      `not a readable OTLP metrics request: ${
        (error as Error).message
      }, at byte ${reader.pos} of ${reader.len}`,
    );
  }
}
