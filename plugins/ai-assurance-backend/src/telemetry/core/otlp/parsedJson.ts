import {
  labelsOf,
  NO_LABELS,
  NumberList,
  POINT_ATTRIBUTES,
  PointBuffer,
  PointLabels,
  SHARED_POINT,
} from './point';
import {
  emptyAttributes,
  MAX_ATTRIBUTE_LENGTH,
  MAX_ATTRIBUTES,
  MetricSink,
  OtlpMetric,
  OtlpMetricKind,
  OtlpRequest,
  OtlpSource,
  PartsBudget,
  TEMPORALITY,
  withScope,
} from './request';
import { Unreadable } from './wire';

type Json = Record<string, unknown>;

/** A place in the body; written out only when there is something to say about it. */
export type Place = () => string;

const inside =
  (place: Place, key: string): Place =>
  () =>
    `${place()}.${key}`;
const at =
  (place: Place, index: number): Place =>
  () =>
    `${place()}[${index}]`;

export function objectAt(value: unknown, place: Place): Json {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Unreadable(`${place()} must be an object`);
  return value as Json;
}

export function listAt(value: unknown, place: Place): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Unreadable(`${place()} must be a list`);
  return value;
}

export function textAt(value: unknown, place: Place): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string')
    throw new Unreadable(`${place()} must be text`);
  return value;
}

/** A number as proto3 JSON allows it: a number, decimal text (64-bit integers), or the names of the special ones. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return Number.NaN;
  return Number(value);
}

export const numberOr = (value: unknown, fallback: number) =>
  value === undefined || value === null ? fallback : numberOf(value);
const numberIfSet = (value: unknown) =>
  value === undefined || value === null ? undefined : numberOf(value);

/** Nanoseconds to whole milliseconds; decimal text is cut rather than rounded through a double. */
export function nanosToMs(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'string' && /^[0-9]{1,20}$/.test(value))
    return Number(value.slice(0, -6));
  return Math.floor(numberOf(value) / 1_000_000);
}

/** An enumeration as number or as name. */
function temporalityOf(value: unknown): number {
  if (value === 'AGGREGATION_TEMPORALITY_DELTA') return 1;
  if (value === 'AGGREGATION_TEMPORALITY_CUMULATIVE') return 2;
  return numberOr(value, 0);
}

/** Scalar attributes as text; lists and maps are left out. */
export function attributesAt(
  value: unknown,
  place: Place,
  wanted?: ReadonlySet<string>,
): Record<string, string> {
  const attributes = emptyAttributes();
  const entries = listAt(value, place);
  const count = Math.min(entries.length, MAX_ATTRIBUTES);
  for (let i = 0; i < count; i += 1) {
    const { key, value: any } = objectAt(entries[i], at(place, i));
    if (typeof key !== 'string' || (wanted && !wanted.has(key))) continue;
    const { stringValue, boolValue, intValue, doubleValue } = objectAt(
      any,
      inside(at(place, i), 'value'),
    );
    const scalar = stringValue ?? boolValue ?? intValue ?? doubleValue;
    if (scalar === undefined || typeof scalar === 'object') continue;
    const text = String(scalar);
    if (text.length <= MAX_ATTRIBUTE_LENGTH) attributes[key] = text;
  }
  return attributes;
}

/** The value as JSON again. Throws {@link Unreadable} when it is nested deeper than can be written. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Unreadable('an attribute is nested too deeply');
  }
}

/** Attributes as they stand, read or not, in a fixed order. */
function identityOf(value: unknown): string {
  if (!Array.isArray(value)) return '';
  return value
    .map(entry => written([entry?.key, entry?.value]))
    .sort()
    .join('');
}

function readList(
  json: Json,
  key: string,
  place: Place,
  into: NumberList,
): void {
  const value = json[key];
  const list = Array.isArray(value) ? value : listAt(value, inside(place, key));
  for (let i = 0; i < list.length; i += 1) into.push(numberOf(list[i]));
}

function readBuckets(
  json: Json,
  key: string,
  place: Place,
  into: NumberList,
): number {
  const value = json[key];
  if (value === undefined) return 0;
  const buckets = objectAt(value, inside(place, key));
  readList(buckets, 'bucketCounts', inside(place, key), into);
  return numberOr(buckets.offset, 0);
}

export function readLabels(list: unknown[], place: Place): PointLabels {
  return labelsOf(attributesAt(list, place, POINT_ATTRIBUTES), () =>
    identityOf(list),
  );
}

/** Attributes that were read before, by key and value of one entry after the other. */
class LabelNode {
  labels: PointLabels | undefined;
  readonly #next = new Map<unknown, Map<unknown, LabelNode>>();

  step(key: unknown, value: unknown): LabelNode {
    let byValue = this.#next.get(key);
    if (!byValue) {
      byValue = new Map();
      this.#next.set(key, byValue);
    }
    let node = byValue.get(value);
    if (!node) {
      node = new LabelNode();
      byValue.set(value, node);
    }
    return node;
  }
}

/** Reads points of one request, each into the same buffer. */
class PointReader {
  readonly #point = SHARED_POINT;
  readonly #labels = new LabelNode();
  #lastNanos: unknown;
  #lastMs = 0;

  read(
    { kind, temporality }: OtlpMetric,
    value: unknown,
    place: Place,
  ): PointBuffer {
    const isCumulative = temporality === TEMPORALITY.cumulative;
    const point = this.#point;
    point.clear();
    const json = objectAt(value, place);
    point.timeMs = this.#ms(json.timeUnixNano);
    point.startMs = isCumulative ? nanosToMs(json.startTimeUnixNano) : 0;
    point.labels = this.#labelsOf(json.attributes, place);
    point.isWithoutValue = numberOr(json.flags, 0) % 2 === 1;
    if (kind === 'sum' || kind === 'gauge') {
      point.value = numberOr(json.asDouble ?? json.asInt, NaN);
      return point;
    }
    point.count = numberOr(json.count, 0);
    point.sum = numberIfSet(json.sum);
    point.min = numberIfSet(json.min);
    point.max = numberIfSet(json.max);
    if (kind === 'explicit') {
      readList(json, 'explicitBounds', place, point.boundaries);
      readList(json, 'bucketCounts', place, point.counts);
      return point;
    }
    point.scale = numberOr(json.scale, 0);
    point.zeroCount = numberOr(json.zeroCount, 0);
    point.zeroThreshold = numberOr(json.zeroThreshold, 0);
    point.positiveOffset = readBuckets(json, 'positive', place, point.positive);
    point.negativeOffset = readBuckets(json, 'negative', place, point.negative);
    return point;
  }

  /** Points of one export mostly carry the same time. */
  #ms(nanos: unknown): number {
    if (nanos !== this.#lastNanos) {
      this.#lastMs = nanosToMs(nanos);
      this.#lastNanos = nanos;
    }
    return this.#lastMs;
  }

  #labelsOf(value: unknown, place: Place): PointLabels {
    if (value === undefined || value === null) return NO_LABELS;
    const list = listAt(value, inside(place, 'attributes'));
    if (list.length === 0) return NO_LABELS;
    let node = this.#labels;
    for (let i = 0; i < list.length; i += 1) {
      const { key, value: any } = (list[i] ?? {}) as {
        key?: unknown;
        value?: { stringValue?: unknown } | null;
      };
      const text = any?.stringValue;
      // What is no text is told apart by its form.
      node = node.step(
        key,
        typeof text === 'string' ? text : `\n${written(any)}`,
      );
    }
    node.labels ??= readLabels(list, inside(place, 'attributes'));
    return node.labels;
  }
}

const kinds: { member: string; kind: OtlpMetricKind }[] = [
  { member: 'sum', kind: 'sum' },
  { member: 'gauge', kind: 'gauge' },
  { member: 'histogram', kind: 'explicit' },
  { member: 'exponentialHistogram', kind: 'exponential' },
  { member: 'summary', kind: 'summary' },
];

function readMetric(
  value: unknown,
  place: Place,
): { metric: OtlpMetric; points: unknown[]; pointsPlace: Place } {
  const json = objectAt(value, place);
  const found = kinds.find(
    ({ member }) => json[member] !== undefined && json[member] !== null,
  );
  const dataPlace = inside(place, String(found?.member));
  const data = found ? objectAt(json[found.member], dataPlace) : {};
  const pointsPlace = inside(dataPlace, 'dataPoints');
  return {
    metric: {
      name: textAt(json.name, inside(place, 'name')),
      unit: textAt(json.unit, inside(place, 'unit')),
      kind: found?.kind ?? 'unknown',
      temporality: temporalityOf(data.aggregationTemporality),
      isMonotonic: data.isMonotonic === true,
    },
    points: listAt(data.dataPoints, pointsPlace),
    pointsPlace,
  };
}

/** Parses a body and hands it to `read`. Throws {@link Unreadable} with the place when it is not of the shape. */
export function readJson<T>(
  body: string,
  what: string,
  read: (request: Json) => T,
): T {
  return readable(what, () => {
    const request = parsed(body);
    if (
      typeof request !== 'object' ||
      request === null ||
      Array.isArray(request)
    )
      throw new Unreadable('the body must be an object');
    return read(request as Json);
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Unreadable((error as Error).message);
  }
}

function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Unreadable(`not a readable ${what}: ${error.message}`);
  }
}

/** Each scope of each resource, with the attributes of both. */
export function scopesIn(
  resources: unknown[],
  name: string,
  scopesMember: string,
): {
  attributes: Record<string, string>;
  identity(): string;
  json: Json;
  place: Place;
}[] {
  return resources.flatMap((resource, r) => {
    const place: Place = () => `${name}[${r}]`;
    const json = objectAt(resource, place);
    const described = objectAt(json.resource, inside(place, 'resource'));
    const attributes = attributesAt(
      described.attributes,
      inside(inside(place, 'resource'), 'attributes'),
    );
    const scopesPlace = inside(place, scopesMember);
    const scopes = listAt(json[scopesMember], scopesPlace);
    return scopes.map((entry, s) => {
      const scopePlace = at(scopesPlace, s);
      const scopeJson = objectAt(entry, scopePlace);
      const named = inside(scopePlace, 'scope');
      const scope = objectAt(scopeJson.scope, named);
      return {
        attributes: withScope(
          attributes,
          {
            name: textAt(scope.name, inside(named, 'name')),
            version: textAt(scope.version, inside(named, 'version')),
            attributes: attributesAt(
              scope.attributes,
              inside(named, 'attributes'),
            ),
          },
          scopes.length === 1,
        ),
        identity: () =>
          [
            identityOf(described.attributes),
            JSON.stringify([scope.name, scope.version]),
            identityOf(scope.attributes),
          ].join('\n'),
        json: scopeJson,
        place: scopePlace,
      };
    });
  });
}

const WHAT = 'OTLP metrics request';

/** Says of what is not readable that it is a request of metrics. */
export const readableMetrics = <T>(read: () => T): T => readable(WHAT, read);

/** The general way: whatever JSON says, by the objects that `JSON.parse` makes of it. */
export function decodeParsedJson(body: string): OtlpRequest {
  const budget = new PartsBudget();
  const points = new PointReader();
  const eachMetric = (metrics: unknown[], place: Place, sink: MetricSink) => {
    for (let m = 0; m < metrics.length; m += 1) {
      const read = readMetric(metrics[m], at(place, m));
      budget.spend(1 + read.points.length);
      if (!sink.metric(read.metric, read.points.length)) continue;
      for (let p = 0; p < read.points.length; p += 1) {
        sink.point(
          points.read(read.metric, read.points[p], at(read.pointsPlace, p)),
        );
      }
    }
  };
  return readJson(body, WHAT, request => {
    const resources = listAt(request.resourceMetrics, () => 'resourceMetrics');
    budget.spend(resources.length);
    const scopes = scopesIn(resources, 'resourceMetrics', 'scopeMetrics');
    budget.spend(scopes.length);
    return {
      sources: scopes.map(({ json, place, ...source }): OtlpSource => {
        const metricsPlace = inside(place, 'metrics');
        const metrics = listAt(json.metrics, metricsPlace);
        return {
          ...source,
          stretch: () => undefined,
          each: sink =>
            readable(WHAT, () => eachMetric(metrics, metricsPlace, sink)),
        };
      }),
    };
  });
}
