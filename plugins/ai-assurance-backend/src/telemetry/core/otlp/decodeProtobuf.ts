import { readAttributes, sortedFields } from './attributes';
import { ByBytes, viewOf } from './byBytes';
import { PointReader } from './protobufPoints';
import {
  MetricSink,
  OtlpMetric,
  OtlpMetricKind,
  OtlpRequest,
  OtlpSource,
  PartsBudget,
  Stretch,
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
const NO_SPAN: Span = { from: 0, end: 0 };

/** What a metric is called, by the bytes in front of its points: senders repeat the same names. */
interface Named {
  name: string;
  unit: string;
  /** The metric as it was read last under this name. */
  metric: OtlpMetric | undefined;
}
const NAMES_KEPT = 1024;
const knownNames = new ByBytes<Named>(NAMES_KEPT);
/** Names beyond it are refused anyway. */
const LONGEST_KEPT = 1024;

/** Reads metrics of one request: first what each says about itself, which may stand behind its points on the wire. */
class MetricReader {
  readonly #reader: WireReader;
  readonly #points: PointReader;
  readonly #budget: PartsBudget;
  /** Where the points of the metric lie, each from and up to. */
  readonly #data: number[] = [];
  #pointCount = 0;

  constructor(reader: WireReader, budget: PartsBudget) {
    this.#reader = reader;
    this.#points = new PointReader(reader);
    this.#budget = budget;
  }

  /** Hands the metric that begins here, and its points, to `sink`. */
  read(end: number, sink: MetricSink): void {
    const reader = this.#reader;
    const metric = this.#describe(end);
    this.#budget.spend(1 + this.#pointCount);
    // The points of a summary are refused whatever they hold: they are only counted.
    if (sink.metric(metric, this.#pointCount)) {
      const data = this.#data;
      for (let i = 0; i < data.length; i += 2) {
        reader.pos = data[i];
        while (reader.pos < data[i + 1]) {
          const tag = reader.varint();
          if (tag === DATA_POINT)
            sink.point(this.#points.read(metric, reader.lengthEnd()));
          else reader.skip(tag);
        }
      }
    }
    reader.pos = end;
  }

  #describe(end: number): OtlpMetric {
    const reader = this.#reader;
    const from = reader.pos;
    let nameAt = -1;
    let unitAt = -1;
    let dataAt = end;
    let kind: OtlpMetricKind = 'unknown';
    let temporality = 0;
    let isMonotonic = false;
    this.#data.length = 0;
    this.#pointCount = 0;
    while (reader.pos < end) {
      const at = reader.pos;
      const tag = reader.varint();
      const own = kindsByTag[tag];
      if (own !== undefined) {
        // Of several kinds the last one counts, as in every protobuf "oneof".
        if (own !== kind) {
          this.#data.length = 0;
          this.#pointCount = 0;
          kind = own;
        }
        if (dataAt === end) dataAt = at;
        const dataEnd = reader.lengthEnd();
        this.#data.push(reader.pos, dataEnd);
        while (reader.pos < dataEnd) {
          const inner = reader.varint();
          if (inner === DATA_POINT) {
            this.#pointCount += 1;
            reader.pos = reader.lengthEnd();
          } else if (inner === TEMPORALITY_FIELD && own !== 'gauge')
            temporality = reader.varint();
          else if (inner === IS_MONOTONIC && own === 'sum')
            isMonotonic = reader.varint() !== 0;
          else reader.skip(inner);
        }
        reader.requireEnd(dataEnd);
      } else if (tag === METRIC_NAME) {
        nameAt = reader.pos;
        reader.pos = reader.lengthEnd();
      } else if (tag === METRIC_UNIT) {
        unitAt = reader.pos;
        reader.pos = reader.lengthEnd();
      } else reader.skip(tag);
    }
    reader.requireEnd(end);
    const named =
      nameAt < dataAt && unitAt < dataAt && dataAt - from <= LONGEST_KEPT
        ? this.#named(from, dataAt, nameAt, unitAt)
        : this.#readNames(nameAt, unitAt);
    const { metric } = named;
    if (
      metric !== undefined &&
      metric.kind === kind &&
      metric.temporality === temporality &&
      metric.isMonotonic === isMonotonic
    )
      return metric;
    const { name, unit } = named;
    named.metric = { name, unit, kind, temporality, isMonotonic };
    return named.metric;
  }

  #named(from: number, end: number, nameAt: number, unitAt: number): Named {
    const { view } = this.#reader;
    let named = knownNames.find(view, from, end);
    if (named === undefined) {
      named = this.#readNames(nameAt, unitAt);
      knownNames.keepCopy(view, from, end, named);
    }
    return named;
  }

  #readNames(nameAt: number, unitAt: number): Named {
    const reader = this.#reader;
    const textAt = (at: number) => {
      if (at < 0) return '';
      reader.pos = at;
      return reader.shortText();
    };
    return { name: textAt(nameAt), unit: textAt(unitAt), metric: undefined };
  }
}

/** The messages of one field in a message up to `end`, and those of another; the rest is skipped. */
function spansOf(
  reader: WireReader,
  end: number,
  tag: number,
  other?: { tag: number; spans: Span[] },
): Span[] {
  const spans: Span[] = [];
  while (reader.pos < end) {
    const next = reader.varint();
    if (next === tag || next === other?.tag) {
      const spanEnd = reader.lengthEnd();
      const span = { from: reader.pos, end: spanEnd };
      if (next === tag) spans.push(span);
      else other!.spans.push(span);
      reader.pos = spanEnd;
    } else reader.skip(next);
  }
  reader.requireEnd(end);
  return spans;
}

/** What the scopes of a resource share; its attributes are read once, when they are asked for. */
class Resource {
  readonly spans: Span[] = [];
  #attributes: Record<string, string> | undefined;

  attributes(reader: WireReader): Record<string, string> {
    if (this.#attributes) return this.#attributes;
    const parts = this.spans.map(({ from, end }) => {
      reader.pos = from;
      return readAttributes(reader, end, RESOURCE);
    });
    this.#attributes =
      parts.length === 1
        ? parts[0]
        : Object.assign(Object.create(null), ...parts);
    return this.#attributes!;
  }
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

/** What every source of one request shares. */
interface Body {
  reader: WireReader;
  metrics: MetricReader;
  readable<T>(read: () => T): T;
}

/** Resource and scope of the source that was asked last, so that they are found again by their bytes. */
const stretch = Buffer.alloc(4096);
const stretchView = viewOf(stretch);
const STRETCH_HEAD = 4;

class ProtobufSource implements OtlpSource {
  readonly #body: Body;
  readonly #resource: Resource;
  readonly #isOnlyScope: boolean;
  readonly #scopeMetrics: Span;
  readonly #scopes: Span[];
  #attributes: Record<string, string> | undefined;

  constructor(
    body: Body,
    resource: Resource,
    scopeMetrics: Span,
    scopes: Span[],
    isOnlyScope: boolean,
  ) {
    this.#body = body;
    this.#resource = resource;
    this.#isOnlyScope = isOnlyScope;
    this.#scopeMetrics = scopeMetrics;
    this.#scopes = scopes;
  }

  get attributes(): Record<string, string> {
    const { reader, readable } = this.#body;
    this.#attributes ??= readable(() =>
      withScope(
        this.#resource.attributes(reader),
        scopeOf(reader, this.#scopes),
        this.#isOnlyScope,
      ),
    );
    return this.#attributes;
  }

  stretch(): Stretch | undefined {
    // Several are merged as a rule of protobuf; nobody sends that.
    if (this.#resource.spans.length !== 1 || this.#scopes.length > 1)
      return undefined;
    const { bytes } = this.#body.reader;
    const [resource] = this.#resource.spans;
    const scope = this.#scopes[0] ?? NO_SPAN;
    const size = resource.end - resource.from;
    const end = STRETCH_HEAD + size + scope.end - scope.from;
    if (end > stretch.length) return undefined;
    // Where one ends and the other begins is told too.
    stretchView.setUint32(0, size);
    bytes.copy(stretch, STRETCH_HEAD, resource.from, resource.end);
    bytes.copy(stretch, STRETCH_HEAD + size, scope.from, scope.end);
    return { view: stretchView, from: 0, end };
  }

  identity(): string {
    const { reader } = this.#body;
    // It is asked in the middle of the points, which go on from here.
    const { pos } = reader;
    const identity = identityOf(reader, [this.#resource.spans, this.#scopes]);
    reader.pos = pos;
    return identity;
  }

  each(sink: MetricSink): void {
    const { reader, metrics, readable } = this.#body;
    const { from, end } = this.#scopeMetrics;
    readable(() => {
      reader.pos = from;
      while (reader.pos < end) {
        const tag = reader.varint();
        if (tag === METRIC) metrics.read(reader.lengthEnd(), sink);
        else reader.skip(tag);
      }
    });
  }
}

/**
 * Reads an `ExportMetricsServiceRequest`: where its sources are at once, their attributes and points when they are asked for.
 * All of it throws an `Error` that names the byte where reading stopped when the body is cut off or is no protobuf message of
 * that shape; nothing of such a body may be used. Unknown fields are skipped.
 */
export function decodeProtobuf(body: Buffer): OtlpRequest {
  const reader = new WireReader(body);
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
  const shared = {
    reader,
    metrics: new MetricReader(reader, budget),
    readable,
  };
  const sources: OtlpSource[] = [];
  const readSources = (resourceMetrics: Span) => {
    budget.spend();
    reader.pos = resourceMetrics.from;
    const resource = new Resource();
    const scopes = spansOf(reader, resourceMetrics.end, SCOPE_METRICS, {
      tag: RESOURCE,
      spans: resource.spans,
    });
    budget.spend(scopes.length);
    for (const scopeMetrics of scopes) {
      reader.pos = scopeMetrics.from;
      const named = spansOf(reader, scopeMetrics.end, SCOPE);
      sources.push(
        new ProtobufSource(
          shared,
          resource,
          scopeMetrics,
          named,
          scopes.length === 1,
        ),
      );
    }
  };
  return readable(() => {
    spansOf(reader, body.length, RESOURCE_METRICS).forEach(readSources);
    return { sources };
  });
}
