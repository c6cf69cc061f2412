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

type Json = Record<string, unknown>;

function objectAt(value: unknown, path: string): Json {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Error(`${path} must be an object`);
  return value as Json;
}

function listAt(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${path} must be a list`);
  return value;
}

function textAt(value: unknown, path: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Error(`${path} must be text`);
  return value;
}

/** A number as proto3 JSON allows it: a number, decimal text (64-bit integers), or the names of the special ones. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return Number.NaN;
  return Number(value);
}

const numberOr = (value: unknown, fallback: number) =>
  value === undefined || value === null ? fallback : numberOf(value);
const numberIfSet = (value: unknown) =>
  value === undefined || value === null ? undefined : numberOf(value);

/** Nanoseconds to whole milliseconds; decimal text is cut rather than rounded through a double. */
function nanosToMs(value: unknown): number {
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

function attributesAt(
  value: unknown,
  path: string,
  wanted?: ReadonlySet<string>,
): Record<string, string> {
  const attributes = emptyAttributes();
  listAt(value, path)
    .slice(0, MAX_ATTRIBUTES)
    .forEach((entry, i) => {
      const { key, value: any } = objectAt(entry, `${path}[${i}]`);
      if (typeof key !== 'string' || (wanted && !wanted.has(key))) return;
      const { stringValue, boolValue, intValue, doubleValue } = objectAt(
        any,
        `${path}[${i}].value`,
      );
      const scalar = stringValue ?? boolValue ?? intValue ?? doubleValue;
      if (scalar === undefined || typeof scalar === 'object') return;
      const text = String(scalar);
      if (text.length <= MAX_ATTRIBUTE_LENGTH) attributes[key] = text;
    });
  return attributes;
}

function bucketsAt(value: unknown, path: string): OtlpBuckets {
  const buckets = objectAt(value, path);
  return {
    offset: numberOr(buckets.offset, 0),
    counts: listAt(buckets.bucketCounts, `${path}.bucketCounts`).map(numberOf),
  };
}

function pointAt(value: unknown, path: string, budget: PartsBudget): OtlpPoint {
  budget.spend();
  const point = objectAt(value, path);
  return {
    ...emptyPoint(),
    timeMs: nanosToMs(point.timeUnixNano),
    attributes: attributesAt(
      point.attributes,
      `${path}.attributes`,
      POINT_ATTRIBUTES,
    ),
    isWithoutValue: numberOr(point.flags, 0) % 2 === 1,
    value: numberIfSet(point.asDouble ?? point.asInt),
    count: numberOr(point.count, 0),
    sum: numberIfSet(point.sum),
    min: numberIfSet(point.min),
    max: numberIfSet(point.max),
    explicitBounds: listAt(point.explicitBounds, `${path}.explicitBounds`).map(
      numberOf,
    ),
    bucketCounts: listAt(point.bucketCounts, `${path}.bucketCounts`).map(
      numberOf,
    ),
    scale: numberOr(point.scale, 0),
    zeroCount: numberOr(point.zeroCount, 0),
    zeroThreshold: numberOr(point.zeroThreshold, 0),
    positive: bucketsAt(point.positive, `${path}.positive`),
    negative: bucketsAt(point.negative, `${path}.negative`),
  };
}

const kinds: { member: string; kind: OtlpMetricKind }[] = [
  { member: 'sum', kind: 'sum' },
  { member: 'gauge', kind: 'gauge' },
  { member: 'histogram', kind: 'explicit' },
  { member: 'exponentialHistogram', kind: 'exponential' },
  { member: 'summary', kind: 'summary' },
];

function metricAt(
  value: unknown,
  path: string,
  budget: PartsBudget,
): OtlpMetric {
  budget.spend();
  const metric = objectAt(value, path);
  const found = kinds.find(
    ({ member }) => metric[member] !== undefined && metric[member] !== null,
  );
  const data = found
    ? objectAt(metric[found.member], `${path}.${found.member}`)
    : {};
  const pointsPath = `${path}.${found?.member}.dataPoints`;
  return {
    name: textAt(metric.name, `${path}.name`),
    unit: textAt(metric.unit, `${path}.unit`),
    kind: found?.kind ?? 'unknown',
    temporality: temporalityOf(data.aggregationTemporality),
    points: listAt(data.dataPoints, pointsPath).map((point, i) =>
      pointAt(point, `${pointsPath}[${i}]`, budget),
    ),
  };
}

function resourceAt(
  value: unknown,
  path: string,
  budget: PartsBudget,
): OtlpResource {
  budget.spend();
  const resource = objectAt(value, path);
  return {
    attributes: attributesAt(
      objectAt(resource.resource, `${path}.resource`).attributes,
      `${path}.resource.attributes`,
    ),
    metrics: listAt(resource.scopeMetrics, `${path}.scopeMetrics`).flatMap(
      (scope, s) => {
        const scopePath = `${path}.scopeMetrics[${s}]`;
        return listAt(
          objectAt(scope, scopePath).metrics,
          `${scopePath}.metrics`,
        ).map((metric, m) =>
          metricAt(metric, `${scopePath}.metrics[${m}]`, budget),
        );
      },
    ),
  };
}

/**
 * Reads an `ExportMetricsServiceRequest` in its JSON form. 64-bit integers may be numbers or decimal text, enumerations
 * numbers or names. Throws an `Error` that names the place when the body is no JSON or not of that shape; a number that
 * cannot be read becomes NaN and costs its point only.
 */
export function decodeJson(body: string): OtlpRequest {
  try {
    const request = JSON.parse(body);
    if (
      typeof request !== 'object' ||
      request === null ||
      Array.isArray(request)
    )
      throw new Error('the body must be an object');
    const budget = new PartsBudget();
    const resources = listAt(request.resourceMetrics, 'resourceMetrics');
    return {
      resources: resources.map((resource, i) =>
        resourceAt(resource, `resourceMetrics[${i}]`, budget),
      ),
    };
  } catch (error) {
    throw new Error(
      `not a readable OTLP metrics request: ${(error as Error).message}`,
    );
  }
}
