import { areSameBytes, ByBytes } from './byBytes';
import { JsonBytes, Unusual } from './jsonBytes';
import { Key, KnownKey, readMembers } from './jsonKeys';
import { NumberList, PointLabels, SHARED_POINT } from './point';
import { PointNumbers, PointTape } from './pointTape';
import {
  MAX_PARTS,
  MetricSink,
  OtlpMetric,
  OtlpMetricKind,
  TEMPORALITY,
} from './request';

/** What of a request is left to those who read it in the general way: attributes, from their own bytes. */
export interface JsonWords {
  /** The labels in a list of attributes of a point. */
  labels(attributes: unknown): PointLabels;
}

export interface ScannedMetric {
  metric: OtlpMetric;
  /** Where its points stand on the tape. */
  from: number;
  pointCount: number;
}

/** Bytes from `from` up to `end`. */
export interface Span {
  from: number;
  end: number;
}

/** One scope of one resource, its points still as numbers. */
export interface ScannedSource {
  /** Bytes of the resource and of the scope; 0 and 0 where there is none. */
  resource: Span;
  scope: Span;
  scopeCount: number;
  metrics: ScannedMetric[];
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const QUOTE = 0x22;

const temporalitiesByName: Record<string, number | undefined> = {
  AGGREGATION_TEMPORALITY_DELTA: TEMPORALITY.delta,
  AGGREGATION_TEMPORALITY_CUMULATIVE: TEMPORALITY.cumulative,
};

const kindsByKey: Partial<Record<Key, OtlpMetricKind>> = {
  sum: 'sum',
  gauge: 'gauge',
  histogram: 'explicit',
  exponentialHistogram: 'exponential',
};

const NAMES_KEPT = 1024;
const knownNames = new ByBytes<string>(NAMES_KEPT);

const LABELS_KEPT = 1024;
const RECENT = 4;
const NO_SPAN: Span = { from: 0, end: 0 };

/** A request whose points were read into one row of numbers. */
export interface ScannedRequest {
  sources: ScannedSource[];
  /** Hands a metric, and its points, to `sink`. */
  replay(metric: ScannedMetric, sink: MetricSink): void;
}

class Scan implements ScannedRequest {
  readonly sources: ScannedSource[] = [];
  readonly #json: JsonBytes;
  readonly #words: JsonWords;
  readonly #tape: PointTape;
  readonly #point = new PointNumbers();
  readonly #firsts = new Map<(key: Key) => void, KnownKey | undefined>();
  #partCount = 0;

  readonly #labels: PointLabels[] = [];
  readonly #labelsByBytes = new ByBytes<number>(LABELS_KEPT);
  readonly #recent: (Span & { labels: number })[] = [];
  #oldest = 0;
  readonly #boundaries: number[][] = [[]];
  #lastBoundaries: Span = NO_SPAN;

  #resource = NO_SPAN;
  #ofResource: ScannedSource[] = [];
  #source!: ScannedSource;
  #metric!: ScannedMetric;
  #list = SHARED_POINT.counts;
  #offset = 0;

  constructor(body: Buffer, words: JsonWords) {
    this.#json = new JsonBytes(body);
    this.#words = words;
    this.#tape = new PointTape(Math.ceil(body.length / 16));
  }

  run(): void {
    this.#object(this.#inRequest);
    this.#json.end();
  }

  replay({ metric, from, pointCount }: ScannedMetric, sink: MetricSink): void {
    if (!sink.metric(metric, pointCount)) return;
    const into = {
      point: SHARED_POINT,
      labels: this.#labels,
      boundaries: this.#boundaries,
    };
    let at = from;
    for (let i = 0; i < pointCount; i += 1) {
      at = this.#tape.read(metric, at, into);
      sink.point(SHARED_POINT);
    }
  }

  /** Objects read by the same function are of a kind. */
  #object(member: (key: Key) => void): void {
    const first = this.#firsts.get(member);
    const begun = readMembers(this.#json, first, member);
    if (begun !== first) this.#firsts.set(member, begun);
  }

  #spend(): void {
    this.#partCount += 1;
    // Too many are refused, with the words of the general way.
    if (this.#partCount > MAX_PARTS) throw new Unusual();
  }

  #nestedObject(): Span {
    const json = this.#json;
    const from = json.nested();
    if (json.bytes[from] !== OPEN_BRACE) throw new Unusual();
    return { from, end: json.pos };
  }

  #name(): string {
    const json = this.#json;
    const end = json.text();
    const from = json.textFrom;
    let name = knownNames.find(json.view, from, end);
    if (name === undefined) {
      name = json.bytes.toString('latin1', from, end);
      knownNames.keepCopy(json.view, from, end, name);
    }
    return name;
  }

  readonly #inRequest = (key: Key) => {
    if (key !== 'resourceMetrics') throw new Unusual();
    this.#json.list(this.#resourceMetrics);
  };

  readonly #resourceMetrics = () => {
    this.#spend();
    this.#resource = NO_SPAN;
    this.#ofResource = [];
    this.#object(this.#inResourceMetrics);
    // Attributes of nobody are not read again, so nobody would notice what is wrong with them.
    if (this.#ofResource.length === 0 && this.#resource.end > 0)
      throw new Unusual();
    for (const source of this.#ofResource) {
      source.resource = this.#resource;
      source.scopeCount = this.#ofResource.length;
      this.sources.push(source);
    }
  };

  readonly #inResourceMetrics = (key: Key) => {
    if (key === 'resource') this.#resource = this.#nestedObject();
    else if (key === 'scopeMetrics') this.#json.list(this.#scopeMetrics);
    else if (key === 'schemaUrl') this.#json.text();
    else throw new Unusual();
  };

  readonly #scopeMetrics = () => {
    this.#spend();
    this.#source = {
      resource: NO_SPAN,
      scope: NO_SPAN,
      scopeCount: 0,
      metrics: [],
    };
    this.#ofResource.push(this.#source);
    this.#object(this.#inScopeMetrics);
  };

  readonly #inScopeMetrics = (key: Key) => {
    if (key === 'scope') this.#source.scope = this.#nestedObject();
    else if (key === 'metrics') this.#json.list(this.#oneMetric);
    else if (key === 'schemaUrl') this.#json.text();
    else throw new Unusual();
  };

  readonly #oneMetric = () => {
    this.#spend();
    this.#metric = {
      metric: {
        name: '',
        unit: '',
        kind: 'unknown',
        temporality: 0,
        isMonotonic: false,
      },
      from: this.#tape.length,
      pointCount: 0,
    };
    this.#source.metrics.push(this.#metric);
    this.#object(this.#inMetric);
  };

  readonly #inMetric = (key: Key) => {
    if (key === 'name') this.#metric.metric.name = this.#name();
    else if (key === 'unit') this.#metric.metric.unit = this.#name();
    else if (key === 'description') this.#json.text();
    else {
      const kind = kindsByKey[key];
      if (kind === undefined || this.#metric.metric.kind !== 'unknown')
        throw new Unusual();
      this.#metric.metric.kind = kind;
      this.#object(this.#inData);
    }
  };

  readonly #inData = (key: Key) => {
    if (key === 'dataPoints') this.#json.list(this.#onePoint);
    else if (key === 'aggregationTemporality')
      this.#metric.metric.temporality = this.#temporality();
    else if (key === 'isMonotonic')
      this.#metric.metric.isMonotonic = this.#json.boolean();
    else throw new Unusual();
  };

  #temporality(): number {
    const json = this.#json;
    if (json.peek() !== QUOTE) return json.number();
    const end = json.text();
    const name = json.bytes.toString('latin1', json.textFrom, end);
    const temporality = temporalitiesByName[name];
    if (temporality === undefined) throw new Unusual();
    return temporality;
  }

  readonly #onePoint = () => {
    this.#spend();
    this.#metric.pointCount += 1;
    const point = this.#point;
    point.clear();
    this.#object(this.#inPoint);
    this.#tape.write(this.#metric.metric.kind, point);
  };

  readonly #inPoint = (key: Key) => {
    const json = this.#json;
    const point = this.#point;
    switch (key) {
      case 'attributes':
        point.labels = this.#attributes();
        break;
      case 'timeUnixNano':
        point.timeMs = json.nanosToMs();
        break;
      case 'startTimeUnixNano':
        point.startMs = json.nanosToMs();
        break;
      case 'flags':
        point.flags = json.number();
        break;
      case 'asDouble':
        point.asDouble = json.number();
        break;
      case 'asInt':
        point.asInt = json.number();
        break;
      case 'count':
        point.count = json.number();
        break;
      case 'sum':
        point.sum = json.number();
        break;
      case 'min':
        point.min = json.number();
        break;
      case 'max':
        point.max = json.number();
        break;
      case 'bucketCounts':
        json.numbers(SHARED_POINT.counts);
        break;
      case 'explicitBounds':
        point.boundaries = this.#explicitBounds();
        break;
      case 'scale':
        point.scale = json.number();
        break;
      case 'zeroCount':
        point.zeroCount = json.number();
        break;
      case 'zeroThreshold':
        point.zeroThreshold = json.number();
        break;
      case 'positive':
        point.positiveOffset = this.#buckets(SHARED_POINT.positive);
        break;
      case 'negative':
        point.negativeOffset = this.#buckets(SHARED_POINT.negative);
        break;
      default:
        throw new Unusual();
    }
  };

  #buckets(list: NumberList): number {
    this.#offset = 0;
    this.#list = list;
    this.#object(this.#inBuckets);
    return this.#offset;
  }

  readonly #inBuckets = (key: Key) => {
    if (key === 'offset') this.#offset = this.#json.number();
    else if (key === 'bucketCounts') this.#json.numbers(this.#list);
    else throw new Unusual();
  };

  /** The histograms of a metric mostly have the same boundaries. */
  #explicitBounds(): number {
    const json = this.#json;
    json.peek();
    const from = json.pos;
    const last = this.#lastBoundaries;
    if (this.#isAgain(last)) return this.#boundaries.length - 1;
    json.numbers(SHARED_POINT.boundaries);
    const { length, capacity } = SHARED_POINT.boundaries;
    if (length > capacity) throw new Unusual();
    this.#lastBoundaries = { from, end: json.pos };
    this.#boundaries.push(SHARED_POINT.boundaries.toArray());
    return this.#boundaries.length - 1;
  }

  /** Whether the same bytes stand here as there, where a whole value stood; then it is passed over. */
  #isAgain({ from, end }: Span): boolean {
    const json = this.#json;
    const size = end - from;
    const { view, pos } = json;
    if (
      size === 0 ||
      pos + size > view.byteLength ||
      !areSameBytes(view, from, view, pos, size)
    )
      return false;
    json.pos = pos + size;
    return true;
  }

  /** The number of the labels of a point. The metrics of one device carry the same few attributes in turn. */
  #attributes(): number {
    const json = this.#json;
    if (json.peek() !== OPEN_BRACKET) throw new Unusual();
    for (const recent of this.#recent)
      if (this.#isAgain(recent)) return recent.labels;
    const from = json.nested();
    const end = json.pos;
    let number = this.#labelsByBytes.find(json.view, from, end);
    if (number === undefined) {
      number = this.#labels.length;
      this.#labels.push(
        this.#words.labels(JSON.parse(json.bytes.toString('utf8', from, end))),
      );
      this.#labelsByBytes.keep(json.view, from, end, number);
    }
    this.#recent[this.#oldest] = { from, end, labels: number };
    this.#oldest = (this.#oldest + 1) % RECENT;
    return number;
  }
}

/**
 * Reads a request from the bytes of its JSON, without the objects and texts that `JSON.parse` makes of them: points become
 * numbers, attributes are found again by their bytes. Throws {@link Unusual} wherever something is written in another way than
 * senders do, from escapes to unknown members; then the general way decides what it says.
 */
export function scanJson(body: Buffer, words: JsonWords): ScannedRequest {
  const scan = new Scan(body, words);
  scan.run();
  return scan;
}
