import { LabelCache, readAttributes, sortedFields } from './attributes';
import { NumberList, PointBuffer, SHARED_POINT } from './point';
import {
  MetricSink,
  OtlpMetric,
  OtlpMetricKind,
  OtlpRequest,
  OtlpSource,
  PartsBudget,
  TEMPORALITY,
  withScope,
} from './request';
import { Unreadable, WireReader } from './wire';

// The descriptor, as code: the tags (field number * 8 + wire type) of the fields that are read, from opentelemetry-proto 1.x
// (metrics/v1/metrics.proto); every other field is skipped. One walk over the bytes instead of a generated decoder: no
// 64-bit objects, no copies, and nothing is built that the fold throws away.
const RESOURCE_METRICS = 10;
const RESOURCE = 10;
const SCOPE_METRICS = 18;
const SCOPE = 10;
const METRIC = 18;
const METRIC_NAME = 10;
const METRIC_UNIT = 26;
const DATA_POINT = 10;
const TEMPORALITY_FIELD = 16;
const IS_MONOTONIC = 24;

const kindsByTag: Record<number, OtlpMetricKind> = {
  42: 'gauge',
  58: 'sum',
  74: 'explicit',
  82: 'exponential',
  90: 'summary',
};

/** Where a stretch of the body lies. */
interface Span {
  from: number;
  end: number;
}

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
class PointReader {
  readonly #reader: WireReader;
  readonly #labels = new LabelCache();
  readonly #point = SHARED_POINT;
  // The attributes of a point stand together as a rule: they are looked up by their bytes, not read again.
  #attributesFrom = 0;
  #attributesEnd = 0;
  #earlierAttributes = '';
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
    this.#earlierAttributes = '';
    if (kind === 'explicit') this.#explicit(point, end);
    else if (kind === 'exponential') this.#exponential(point, end);
    else this.#number(point, end);
    this.#reader.requireEnd(end);
    if (this.#attributesEnd > 0) {
      point.labels =
        this.#earlierAttributes === ''
          ? this.#labels.at(
              this.#reader,
              this.#attributesFrom,
              this.#attributesEnd,
            )
          : this.#labels.of(
              this.#earlierAttributes +
                this.#reader.raw(this.#attributesFrom, this.#attributesEnd),
            );
    }
    return point;
  }

  #attribute(from: number): void {
    const reader = this.#reader;
    reader.pos = reader.lengthEnd();
    if (from !== this.#attributesEnd) {
      this.#earlierAttributes += reader.raw(
        this.#attributesFrom,
        this.#attributesEnd,
      );
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

/** Reads what a metric says about itself ahead of its points, which may stand before it on the wire. */
function readMetric(
  reader: WireReader,
  end: number,
): { metric: OtlpMetric; data: Span[]; pointCount: number } {
  const metric: OtlpMetric = {
    name: '',
    unit: '',
    kind: 'unknown',
    temporality: 0,
    isMonotonic: false,
  };
  const data: Span[] = [];
  let pointCount = 0;
  while (reader.pos < end) {
    const tag = reader.varint();
    const kind = kindsByTag[tag];
    if (tag === METRIC_NAME) metric.name = reader.shortText();
    else if (tag === METRIC_UNIT) metric.unit = reader.shortText();
    else if (kind) {
      // Of several kinds the last one counts, as in every protobuf "oneof".
      if (kind !== metric.kind) {
        data.length = 0;
        pointCount = 0;
      }
      metric.kind = kind;
      const dataEnd = reader.lengthEnd();
      data.push({ from: reader.pos, end: dataEnd });
      while (reader.pos < dataEnd) {
        const inner = reader.varint();
        if (inner === DATA_POINT) pointCount += 1;
        if (inner === TEMPORALITY_FIELD && kind !== 'gauge')
          metric.temporality = reader.varint();
        else if (inner === IS_MONOTONIC && kind === 'sum')
          metric.isMonotonic = reader.varint() !== 0;
        else reader.skip(inner);
      }
      reader.requireEnd(dataEnd);
    } else reader.skip(tag);
  }
  reader.requireEnd(end);
  return { metric, data, pointCount };
}

function eachPoint(
  reader: WireReader,
  metrics: Span[],
  points: PointReader,
  budget: PartsBudget,
  sink: MetricSink,
): void {
  for (const span of metrics) {
    reader.pos = span.from;
    const { metric, data, pointCount } = readMetric(reader, span.end);
    budget.spend(1 + pointCount);
    // The points of a summary are refused whatever they hold: they are only counted.
    if (!sink.metric(metric, pointCount)) continue;
    for (const { from, end } of data) {
      reader.pos = from;
      while (reader.pos < end) {
        const tag = reader.varint();
        if (tag === DATA_POINT)
          sink.point(points.read(metric, reader.lengthEnd()));
        else reader.skip(tag);
      }
    }
  }
}

/** The messages of one field in a message up to `end`; every other field is left to `other` or skipped. */
function spansOf(
  reader: WireReader,
  end: number,
  tag: number,
  other?: { tag: number; use(span: Span): void },
): Span[] {
  const spans: Span[] = [];
  while (reader.pos < end) {
    const next = reader.varint();
    if (next === tag) {
      const spanEnd = reader.lengthEnd();
      spans.push({ from: reader.pos, end: spanEnd });
      reader.pos = spanEnd;
    } else if (next === other?.tag) {
      const spanEnd = reader.lengthEnd();
      other.use({ from: reader.pos, end: spanEnd });
      reader.pos = spanEnd;
    } else reader.skip(next);
  }
  reader.requireEnd(end);
  return spans;
}

function resourceAttributes(
  reader: WireReader,
  spans: Span[],
): Record<string, string> {
  const parts = spans.map(({ from, end }) => {
    reader.pos = from;
    return readAttributes(reader, end, RESOURCE);
  });
  return parts.length === 1
    ? parts[0]
    : Object.assign(Object.create(null), ...parts);
}

function scopeOf(reader: WireReader, spans: Span[]) {
  const scope = { name: '', version: '', attributes: Object.create(null) };
  for (const { from, end } of spans) {
    reader.pos = from;
    const attributes = readAttributes(reader, end, 26, tag => {
      if (tag === 10) scope.name = reader.text();
      else if (tag === 18) scope.version = reader.text();
      else reader.skip(tag);
    });
    Object.assign(scope.attributes, attributes);
  }
  return scope;
}

/** Both messages as they stand, whatever the order of their fields. */
function identityOf(reader: WireReader, messages: Span[][]): string {
  return messages
    .map(spans =>
      spans
        .map(({ from, end }) => {
          reader.pos = from;
          return sortedFields(reader, end);
        })
        .join(''),
    )
    .join('\n');
}

/**
 * Reads an `ExportMetricsServiceRequest`: its sources at once, their points when they are asked for. Both throw an `Error`
 * that names the byte where reading stopped when the body is cut off or is no protobuf message of that shape; nothing of such
 * a body may be used. Unknown fields are skipped.
 */
export function decodeProtobuf(body: Buffer): OtlpRequest {
  const reader = new WireReader(body);
  const points = new PointReader(reader);
  const budget = new PartsBudget();
  const readable = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      throw new Unreadable(
        `not a readable OTLP metrics request: ${
          error.message
        }, at byte ${Math.min(reader.pos, body.length)} of ${body.length}`,
      );
    }
  };
  const sourcesOf = (resourceMetrics: Span): OtlpSource[] => {
    budget.spend();
    reader.pos = resourceMetrics.from;
    const resources: Span[] = [];
    const scopes = spansOf(reader, resourceMetrics.end, SCOPE_METRICS, {
      tag: RESOURCE,
      use: span => resources.push(span),
    });
    const attributes = resourceAttributes(reader, resources);
    return scopes.map(scopeMetrics => {
      reader.pos = scopeMetrics.from;
      const named: Span[] = [];
      const metrics = spansOf(reader, scopeMetrics.end, METRIC, {
        tag: SCOPE,
        use: span => named.push(span),
      });
      return {
        attributes: withScope(
          attributes,
          scopeOf(reader, named),
          scopes.length === 1,
        ),
        identity: () => identityOf(reader, [resources, named]),
        each: sink =>
          readable(() => eachPoint(reader, metrics, points, budget, sink)),
      };
    });
  };
  return readable(() => ({
    sources: spansOf(reader, body.length, RESOURCE_METRICS).flatMap(sourcesOf),
  }));
}
