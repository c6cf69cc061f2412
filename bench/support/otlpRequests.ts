import protobuf from 'protobufjs';

// Fields of opentelemetry-proto 1.x that are sent or read here: collector/metrics/v1, metrics/v1, resource/v1, common/v1.
const field = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({
  rule: 'repeated' as const,
  type,
  id,
});
const point = { startTimeUnixNano: field('fixed64', 2) };
const descriptor = {
  Request: { fields: { resourceMetrics: many('ResourceMetrics', 1) } },
  ResourceMetrics: {
    fields: {
      resource: field('Resource', 1),
      scopeMetrics: many('ScopeMetrics', 2),
    },
  },
  Resource: { fields: { attributes: many('KeyValue', 1) } },
  ScopeMetrics: {
    fields: { scope: field('Scope', 1), metrics: many('Metric', 2) },
  },
  Scope: { fields: { name: field('string', 1), version: field('string', 2) } },
  KeyValue: {
    fields: { key: field('string', 1), value: field('AnyValue', 2) },
  },
  AnyValue: { fields: { stringValue: field('string', 1) } },
  Metric: {
    fields: {
      name: field('string', 1),
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
    fields: {
      ...point,
      timeUnixNano: field('fixed64', 3),
      asDouble: field('double', 4),
      attributes: many('KeyValue', 7),
    },
  },
  HistogramPoint: {
    fields: {
      ...point,
      timeUnixNano: field('fixed64', 3),
      count: field('fixed64', 4),
      sum: field('double', 5),
      bucketCounts: many('fixed64', 6),
      explicitBounds: many('double', 7),
      attributes: many('KeyValue', 9),
      min: field('double', 11),
      max: field('double', 12),
    },
  },
  ExponentialPoint: {
    fields: {
      attributes: many('KeyValue', 1),
      ...point,
      timeUnixNano: field('fixed64', 3),
      count: field('fixed64', 4),
      sum: field('double', 5),
      scale: field('sint32', 6),
      zeroCount: field('fixed64', 7),
      positive: field('Buckets', 8),
      min: field('double', 12),
      max: field('double', 13),
    },
  },
  Buckets: {
    fields: { offset: field('sint32', 1), bucketCounts: many('uint64', 2) },
  },
};

// 64-bit fields as plain numbers: the faster of the two ways in which generated code has them.
protobuf.util.Long = null as unknown as typeof protobuf.util.Long;
protobuf.configure();
const Request = protobuf.Root.fromJSON({ nested: descriptor }).lookupType(
  'Request',
);

/** Decodes with the code that protobufjs generates from the descriptor. */
export const decodeGenerated = (body: Uint8Array): any => Request.decode(body);

/** Numbers that only have to spread as measurements do; nothing is claimed about them. */
function spread(i: number, seed: number): number {
  return Math.imul(Math.imul(i + 1, 2_654_435_761) ^ seed, 40_503) >>> 0;
}

export const deviceCount = 100;
export const pointsPerDevice = 10;
export const pointsPerRequest = deviceCount * pointsPerDevice;
export const cohortNames = ['flagship', 'mid-range', 'low-end'];
const boundaries = [
  5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
];
const mark = 'device-0000000';

const text = (key: string, stringValue: string) => ({
  key,
  value: { stringValue },
});

/** One request as a gateway would forward it: 100 devices with 10 points each, of all four kinds. */
function requestObject(seed: number, nowMs: number): object {
  const resourceMetrics = Array.from({ length: deviceCount }, (_, device) => {
    const base = (k: number) => ({
      // Doubles hold whole microseconds of today.
      startTimeUnixNano: (nowMs - 60_000) * 1e6,
      timeUnixNano: (nowMs + k) * 1e6,
      attributes: [
        text('ai_assurance.class', k === 0 ? 'prefill' : 'decode'),
        text('model.id', `assist-7b-q4-${device % 4}`),
        text('runtime', 'onnx-mobile'),
        text('app.version', `5.${device % 6}.0`),
      ],
    });
    const pair = (make: (k: number) => object) => ({
      dataPoints: [0, 1].map(k => ({ ...base(k), ...make(k) })),
    });
    const number = (scale: number) =>
      pair(k => ({ asDouble: (spread(device, seed + k) % 4096) * scale }));
    const total = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
    const histogram = (k: number) => {
      const bucketCounts = Array.from(
        { length: boundaries.length + 1 },
        (_unused, b) => spread(b + device * 31, seed + k) % 200,
      );
      return {
        count: total(bucketCounts),
        sum: (spread(device, seed) % 100_000) / 7,
        bucketCounts,
        explicitBounds: boundaries,
        min: 1.5,
        max: 9000.25,
      };
    };
    const exponential = (k: number) => {
      const bucketCounts = Array.from(
        { length: 40 },
        (_unused, b) => 1 + (spread(b + device * 17, seed + k) % 50),
      );
      return {
        count: total(bucketCounts) + 3,
        sum: (spread(device, seed) % 5000) / 3,
        scale: 3,
        zeroCount: 3,
        positive: { offset: 10 + (device % 5), bucketCounts },
        min: 0,
        max: 90,
      };
    };
    const delta = { aggregationTemporality: 1 };
    return {
      resource: {
        attributes: [
          text('ai_assurance.subject', 'resource:default/digit-reader-edge'),
          text('ai_assurance.model.version', `1.${device % 2}.0`),
          text('ai_assurance.device.class', cohortNames[device % 3]),
          text(
            'service.instance.id',
            device === 0 ? mark : `device-${spread(device, 7)}`,
          ),
          text('os.version', String(13 + (device % 4))),
        ],
      },
      scopeMetrics: [
        {
          scope: { name: 'edge.sdk', version: '1.2.0' },
          metrics: [
            {
              name: 'ai_assurance.process.memory.peak',
              unit: 'By',
              gauge: number(1e5),
            },
            { name: 'device.temperature', unit: 'Cel', gauge: number(0.01) },
            {
              name: 'inference.tokens',
              unit: '1',
              sum: { ...delta, isMonotonic: true, ...number(1) },
            },
            {
              name: 'ai_assurance.output.confidence',
              unit: '1',
              histogram: { ...delta, ...pair(histogram) },
            },
            {
              name: 'ai_assurance.inference.duration',
              unit: 's',
              exponentialHistogram: { ...delta, ...pair(exponential) },
            },
          ],
        },
      ],
    };
  });
  return { resourceMetrics };
}

/** 64-bit integers are text in the JSON form. */
const wide = new Set([
  'count',
  'zeroCount',
  'startTimeUnixNano',
  'timeUnixNano',
]);
function jsonOf(request: object): string {
  return JSON.stringify(request, (key, value) => {
    if (key === 'bucketCounts') return value.map(String);
    return wide.has(key) ? String(value) : value;
  });
}

export interface OtlpRequests {
  protobuf: Buffer[];
  json: Buffer[];
  /** Bodies that never come twice: what was sent before is answered from memory. */
  next(form: 'protobuf' | 'json'): Buffer;
}

/** So many different requests, encoded in both forms. */
export function otlpRequests(count: number, nowMs: number): OtlpRequests {
  const objects = Array.from({ length: count }, (_, seed) =>
    requestObject(seed + 1, nowMs),
  );
  const bodies = {
    protobuf: objects.map(object =>
      Buffer.from(Request.encode(Request.fromObject(object)).finish()),
    ),
    json: objects.map(object => Buffer.from(jsonOf(object))),
  };
  const places = {
    protobuf: bodies.protobuf.map(body => body.indexOf(mark)),
    json: bodies.json.map(body => body.indexOf(mark)),
  };
  let number = 0;
  return {
    ...bodies,
    next(form) {
      number += 1;
      const i = number % count;
      const body = Buffer.from(bodies[form][i]);
      body.write(
        number.toString(36).padStart(7, '0'),
        places[form][i] + 'device-'.length,
        'latin1',
      );
      return body;
    },
  };
}
