import fc from 'fast-check';
import protobuf from 'protobufjs';

// Messages of opentelemetry-proto 1.x (collector/metrics/v1, metrics/v1, resource/v1, common/v1) for code that protobufjs
// generates: what our own readers are compared with.
const field = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({
  rule: 'repeated' as const,
  type,
  id,
});
const interval = {
  startTimeUnixNano: field('fixed64', 2),
  timeUnixNano: field('fixed64', 3),
};
const descriptor = {
  Request: { fields: { resourceMetrics: many('ResourceMetrics', 1) } },
  ResourceMetrics: {
    fields: {
      resource: field('Resource', 1),
      scopeMetrics: many('ScopeMetrics', 2),
      schemaUrl: field('string', 3),
    },
  },
  Resource: { fields: { attributes: many('KeyValue', 1) } },
  ScopeMetrics: {
    fields: { scope: field('Scope', 1), metrics: many('Metric', 2) },
  },
  Scope: {
    fields: {
      name: field('string', 1),
      version: field('string', 2),
      attributes: many('KeyValue', 3),
    },
  },
  KeyValue: {
    fields: { key: field('string', 1), value: field('AnyValue', 2) },
  },
  AnyValue: {
    oneofs: {
      value: { oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue'] },
    },
    fields: {
      stringValue: field('string', 1),
      boolValue: field('bool', 2),
      intValue: field('int64', 3),
      doubleValue: field('double', 4),
    },
  },
  Metric: {
    oneofs: {
      data: { oneof: ['gauge', 'sum', 'histogram', 'exponentialHistogram'] },
    },
    fields: {
      name: field('string', 1),
      description: field('string', 2),
      unit: field('string', 3),
      gauge: field('Gauge', 5),
      sum: field('Sum', 7),
      histogram: field('Histogram', 9),
      exponentialHistogram: field('ExponentialHistogram', 10),
    },
  },
  Gauge: { fields: { dataPoints: many('NumberPoint', 1) } },
  Sum: {
    fields: {
      dataPoints: many('NumberPoint', 1),
      aggregationTemporality: field('int32', 2),
      isMonotonic: field('bool', 3),
    },
  },
  Histogram: {
    fields: {
      dataPoints: many('HistogramPoint', 1),
      aggregationTemporality: field('int32', 2),
    },
  },
  ExponentialHistogram: {
    fields: {
      dataPoints: many('ExponentialPoint', 1),
      aggregationTemporality: field('int32', 2),
    },
  },
  NumberPoint: {
    oneofs: { value: { oneof: ['asDouble', 'asInt'] } },
    fields: {
      ...interval,
      asDouble: field('double', 4),
      asInt: field('sfixed64', 6),
      attributes: many('KeyValue', 7),
      flags: field('uint32', 8),
    },
  },
  HistogramPoint: {
    oneofs: {
      hasSum: { oneof: ['sum'] },
      hasMin: { oneof: ['min'] },
      hasMax: { oneof: ['max'] },
    },
    fields: {
      ...interval,
      count: field('fixed64', 4),
      sum: field('double', 5),
      bucketCounts: many('fixed64', 6),
      explicitBounds: many('double', 7),
      attributes: many('KeyValue', 9),
      flags: field('uint32', 10),
      min: field('double', 11),
      max: field('double', 12),
    },
  },
  ExponentialPoint: {
    oneofs: {
      hasSum: { oneof: ['sum'] },
      hasMin: { oneof: ['min'] },
      hasMax: { oneof: ['max'] },
    },
    fields: {
      attributes: many('KeyValue', 1),
      ...interval,
      count: field('fixed64', 4),
      sum: field('double', 5),
      scale: field('sint32', 6),
      zeroCount: field('fixed64', 7),
      positive: field('Buckets', 8),
      negative: field('Buckets', 9),
      flags: field('uint32', 10),
      min: field('double', 12),
      max: field('double', 13),
      zeroThreshold: field('double', 14),
    },
  },
  Buckets: {
    fields: { offset: field('sint32', 1), bucketCounts: many('uint64', 2) },
  },
};
const Request = protobuf.Root.fromJSON({ nested: descriptor }).lookupType(
  'Request',
);

/** The bytes that generated code makes of a request in its JSON form. */
export const encodeGenerated = (request: object): Buffer =>
  Buffer.from(Request.encode(Request.fromObject(request)).finish());

/** The JSON form of what generated code reads in the bytes. Throws when it cannot read them. */
export const readGenerated = (body: Buffer): object =>
  Request.toObject(Request.decode(body), { longs: String, json: true });

const label = fc.constantFrom('a', 'b', 'ünï', 'x"y', '1.0.0');
const anyValue = fc.oneof(
  label.map(stringValue => ({ stringValue })),
  fc.boolean().map(boolValue => ({ boolValue })),
  fc.integer().map(intValue => ({ intValue: String(intValue) })),
  fc.constantFrom(0.5, 2, -3.25).map(doubleValue => ({ doubleValue })),
);
const attributes = (keys: string[]) =>
  fc.array(fc.record({ key: fc.constantFrom(...keys), value: anyValue }), {
    maxLength: 4,
  });
const number = fc.oneof(
  fc.integer({ min: -5, max: 1000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const count = fc.nat(5).map(String);
const counts = (maxLength: number) =>
  fc.array(count, { minLength: 1, maxLength });
const optional = <T>(value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined });
const total = (list: string[]) =>
  list.reduce((sum, each) => sum + Number(each), 0);

/** Requests of every kind of point in their JSON form, some of whose points cannot be used. */
export function requests(nowMs: number): fc.Arbitrary<object> {
  const nanos = (fromMs: number, toMs: number) =>
    fc
      .tuple(fc.integer({ min: fromMs, max: toMs }), fc.nat(999_999))
      .map(([ms, rest]) => `${ms}${String(rest).padStart(6, '0')}`);
  const base = {
    startTimeUnixNano: optional(nanos(nowMs - 900_000, nowMs - 100_000)),
    timeUnixNano: fc.oneof(
      { arbitrary: nanos(nowMs - 90_000, nowMs), weight: 9 },
      { arbitrary: nanos(nowMs - 9e8, nowMs + 9e8), weight: 1 },
    ),
    attributes: optional(
      attributes([
        'ai_assurance.class',
        'ai_assurance.outcome',
        'error.type',
        'http.response.status_code',
        'ai_assurance.sampling.weight',
        'user.name',
      ]),
    ),
    flags: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 9 },
      { arbitrary: fc.constantFrom(0, 1, 2, 3), weight: 1 },
    ),
  };
  const numberPoint = fc.oneof(
    fc.record({ ...base, asDouble: number }),
    fc.record({
      ...base,
      asInt: fc.integer({ min: -3, max: 9999 }).map(String),
    }),
    fc.record(base),
  );
  const told = {
    sum: optional(number),
    min: optional(number),
    max: optional(number),
  };
  const histogramPoint = fc
    .tuple(
      fc.record({ ...base, ...told }),
      optional(counts(4)),
      fc.constantFrom(0, 0, 0, 1),
    )
    .map(([point, bucketCounts, off]) => ({
      ...point,
      count: String(total(bucketCounts ?? []) + off),
      bucketCounts,
      explicitBounds: bucketCounts
        ?.slice(1)
        .map((_, i) => (i + 1) / (bucketCounts.length > 3 ? 3 : 10)),
    }));
  const buckets = optional(
    fc.record({
      offset: optional(fc.integer({ min: -9, max: 9 })),
      bucketCounts: counts(6),
    }),
  );
  const exponentialPoint = fc
    .tuple(
      fc.record({ ...base, ...told, scale: fc.integer({ min: -11, max: 6 }) }),
      optional(count),
      buckets,
      buckets,
      fc.constantFrom(0, 0, 0, 1),
    )
    .map(([point, zeroCount, positive, negative, off]) => ({
      ...point,
      zeroCount,
      positive,
      negative,
      count: String(
        Number(zeroCount ?? 0) +
          total(positive?.bucketCounts ?? []) +
          total(negative?.bucketCounts ?? []) +
          off,
      ),
    }));
  const points = <T>(point: fc.Arbitrary<T>) =>
    fc.array(point, { maxLength: 4 });
  const aggregationTemporality = fc.constantFrom(1, 2, 1, 2, 0);
  const data = fc.oneof(
    fc.record({ gauge: fc.record({ dataPoints: points(numberPoint) }) }),
    fc.record({
      sum: fc.record({
        aggregationTemporality,
        isMonotonic: fc.boolean(),
        dataPoints: points(numberPoint),
      }),
    }),
    fc.record({
      histogram: fc.record({
        dataPoints: points(histogramPoint),
        aggregationTemporality,
      }),
    }),
    fc.record({
      exponentialHistogram: fc.record({
        aggregationTemporality,
        dataPoints: points(exponentialPoint),
      }),
    }),
  );
  const metric = fc
    .tuple(
      fc.record({
        name: fc.constantFrom('one', 'two', 'ai_assurance.inference.duration'),
        description: optional(fc.constantFrom('', 'what it is')),
        unit: optional(fc.constantFrom('s', 'By')),
      }),
      data,
    )
    .map(([head, body]) => ({ ...head, ...body }));
  const scopeMetrics = fc.record({
    scope: optional(
      fc.record({
        name: optional(label),
        version: optional(label),
        attributes: optional(attributes(['os.version', 'scope.own'])),
      }),
    ),
    metrics: fc.array(metric, { maxLength: 3 }),
  });
  const resource = attributes(['os.version', 'device.id', 'service.version'])
    .map(list => [
      {
        key: 'ai_assurance.subject',
        value: { stringValue: 'resource:default/reader' },
      },
      ...list,
    ])
    .map(list => ({ attributes: list }));
  return fc.record({
    resourceMetrics: fc.array(
      fc.record({
        resource: optional(resource),
        scopeMetrics: fc.array(scopeMetrics, { maxLength: 2 }),
        schemaUrl: optional(fc.constant('https://opentelemetry.io/schemas/1')),
      }),
      { maxLength: 3 },
    ),
  });
}
