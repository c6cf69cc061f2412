import {
  ProtobufMetricsSerializer,
  JsonMetricsSerializer,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Writer } from 'protobufjs/minimal';
import { encodeAnswer, encodeStatus } from './answer';
import { read as kept } from '../../__testUtils__/otlp';
import { decodeJson as decodeJsonRequest } from './decodeJson';
import { decodeProtobuf as decodeProtobufRequest } from './decodeProtobuf';
import { MAX_PARTS } from './request';

const decodeProtobuf = (body: Buffer) => kept(decodeProtobufRequest(body));
const decodeJson = (body: string) => kept(decodeJsonRequest(Buffer.from(body)));

/** A batch as the official SDK collects it: every instrument, delta temporality. */
async function collected(): Promise<ResourceMetrics> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
  });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'ai_assurance.subject': 'resource:default/reader',
      'os.version': '14',
      'process.pid': 7,
    }),
    readers: [reader],
    views: [
      {
        instrumentType: InstrumentType.HISTOGRAM,
        instrumentName: 'wide',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  });
  const meter = provider.getMeter('test');
  meter
    .createCounter('count')
    .add(3, { 'http.response.status_code': 200, 'user.name': 'somebody' });
  meter.createUpDownCounter('updown').add(-2.5);
  meter.createGauge('level').record(17);
  const explicit = meter.createHistogram('narrow', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 1] },
  });
  [0.05, 0.5, 0.6, 5].forEach(value =>
    explicit.record(value, { 'error.type': 'timeout' }),
  );
  const exponential = meter.createHistogram('wide', { unit: 's' });
  [0, 0.001, 0.02, 0.02, 3, 900].forEach(value => exponential.record(value));
  await provider.forceFlush();
  const [batch] = exporter.getMetrics();
  await provider.shutdown();
  return batch;
}

const readOrRefused =
  /^(read|not a readable OTLP metrics request: .*, at byte \d+ of \d+)$/s;

/** "read", or the message of the refusal. */
function outcomeOf(body: Buffer): string {
  try {
    decodeProtobuf(body);
    return 'read';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('reading OTLP', () => {
  it('reads the same from protobuf and from JSON of the official SDK', async () => {
    const batch = await collected();
    const fromProtobuf = decodeProtobuf(
      Buffer.from(ProtobufMetricsSerializer.serializeRequest(batch)!),
    );
    const fromJson = decodeJson(
      Buffer.from(JsonMetricsSerializer.serializeRequest(batch)!).toString(
        'utf8',
      ),
    );
    expect(fromProtobuf).toEqual(fromJson);
    const [{ attributes, metrics }] = fromProtobuf.resources;
    expect({ ...attributes }).toEqual({
      'ai_assurance.subject': 'resource:default/reader',
      'os.version': '14',
      'process.pid': '7',
      'otel.scope.name': 'test',
    });
    const byName = new Map(metrics.map(m => [m.name, m]));
    const shapes: [string, string, number][] = [
      ['count', 'sum', 1],
      ['updown', 'sum', 1],
      ['level', 'gauge', 0],
      ['narrow', 'explicit', 1],
      ['wide', 'exponential', 1],
    ];
    for (const [name, kind, temporality] of shapes) {
      const metric = byName.get(name)!;
      expect([metric.kind, metric.temporality, metric.points.length]).toEqual([
        kind,
        temporality,
        1,
      ]);
    }
    const [count, updown, level, narrow, wide] = shapes.map(
      ([name]) => byName.get(name)!.points[0],
    );
    expect([count.outcome, narrow.outcome]).toEqual(['ok', 'error']);
    expect([
      byName.get('count')!.isMonotonic,
      byName.get('updown')!.isMonotonic,
    ]).toEqual([true, false]);
    expect([count.value, updown.value, level.value]).toEqual([3, -2.5, 17]);
    expect([
      narrow.count,
      narrow.bucketCounts,
      narrow.explicitBounds,
      narrow.sum,
      narrow.min,
      narrow.max,
    ]).toEqual([4, [1, 2, 1], [0.1, 1], 6.15, 0.05, 5]);
    expect([wide.count, wide.zeroCount, wide.min, wide.max]).toEqual([
      6, 1, 0, 900,
    ]);
    expect(wide.positive.reduce((a: number, b: number) => a + b, 0)).toBe(5);
  });

  it('refuses every proper beginning of a batch', async () => {
    const body = Buffer.from(
      ProtobufMetricsSerializer.serializeRequest(await collected())!,
    );
    for (let length = 1; length < body.length; length += 1) {
      expect(() => decodeProtobuf(body.subarray(0, length))).toThrow(
        /not a readable OTLP metrics request: .* at byte \d+ of \d+/,
      );
    }
    expect(decodeProtobuf(Buffer.alloc(0))).toEqual({ resources: [] });
  });

  it('either reads random bytes or refuses them with the byte, and never hangs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        expect(outcomeOf(Buffer.from(bytes))).toMatch(readOrRefused);
      }),
      { numRuns: 2000 },
    );
  });

  it('either reads a damaged batch or refuses it', async () => {
    const body = Buffer.from(
      ProtobufMetricsSerializer.serializeRequest(await collected())!,
    );
    fc.assert(
      fc.property(
        fc.nat(body.length - 1),
        fc.integer({ min: 0, max: 255 }),
        (at, byte) => {
          const damaged = Buffer.from(body);
          damaged[at] = byte;
          expect(outcomeOf(damaged)).toMatch(readOrRefused);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('cuts nanoseconds to the millisecond without rounding, in both forms', () => {
    const pointOf = (nanos: bigint) => {
      const writer = Writer.create();
      writer
        .uint32(10)
        .fork()
        .uint32(18)
        .fork()
        .uint32(18)
        .fork()
        .uint32(42)
        .fork()
        .uint32(10)
        .fork();
      writer
        .uint32(25)
        .fixed32(Number(nanos % 2n ** 32n))
        .fixed32(Number(nanos / 2n ** 32n));
      return writer.ldelim().ldelim().ldelim().ldelim().ldelim().finish();
    };
    const jsonOf = (nanos: bigint) =>
      JSON.stringify({
        resourceMetrics: [
          {
            scopeMetrics: [
              {
                metrics: [
                  { gauge: { dataPoints: [{ timeUnixNano: String(nanos) }] } },
                ],
              },
            ],
          },
        ],
      });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), nanos => {
        const exact = Number(nanos / 1_000_000n);
        expect(
          decodeProtobuf(Buffer.from(pointOf(nanos))).resources[0].metrics[0]
            .points[0].timeMs,
        ).toBe(exact);
        expect(
          decodeJson(jsonOf(nanos)).resources[0].metrics[0].points[0].timeMs,
        ).toBe(exact);
      }),
    );
  });

  it('reads 64-bit integers as numbers or text, and enumerations as numbers or names', () => {
    const read = (count: unknown, temporality: unknown) =>
      decodeJson(
        JSON.stringify({
          resourceMetrics: [
            {
              scopeMetrics: [
                {
                  metrics: [
                    {
                      name: 'a',
                      histogram: {
                        aggregationTemporality: temporality,
                        dataPoints: [{ count, bucketCounts: [count] }],
                      },
                    },
                  ],
                },
              ],
            },
          ],
        }),
      ).resources[0].metrics[0];
    for (const metric of [
      read(7, 1),
      read('7', 'AGGREGATION_TEMPORALITY_DELTA'),
    ]) {
      expect([
        metric.temporality,
        metric.points[0].count,
        metric.points[0].bucketCounts,
      ]).toEqual([1, 7, [7]]);
    }
  });

  it.each([
    ['{', /Expected property name|Unexpected end|JSON/],
    ['[]', /the body must be an object/],
    ['{"resourceMetrics": 3}', /resourceMetrics must be a list/],
    [
      '{"resourceMetrics": [{"scopeMetrics": [{"metrics": ["x"]}]}]}',
      /resourceMetrics\[0\]\.scopeMetrics\[0\]\.metrics\[0\] must be an object/,
    ],
    [
      '{"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": 4}]}]}]}',
      /metrics\[0\]\.name must be text/,
    ],
  ])('refuses the JSON %s and says where', (body, message) => {
    expect(() => decodeJson(body)).toThrow(message);
  });

  it('does not let an attribute name reach the prototype', () => {
    const body =
      '{"resourceMetrics":[{"resource":{"attributes":[{"key":"__proto__","value":{"stringValue":"x"}}]},"scopeMetrics":[{}]}]}';
    expect(Object.keys(decodeJson(body).resources[0].attributes)).toEqual([
      '__proto__',
    ]);
    expect(({} as any).x).toBeUndefined();
  });

  it('stops at a body of countless empty points', () => {
    const points = Buffer.from(
      Array.from({ length: MAX_PARTS + 1 }, () => [10, 0]).flat(),
    );
    const writer = Writer.create();
    writer
      .uint32(10)
      .fork()
      .uint32(18)
      .fork()
      .uint32(18)
      .fork()
      .uint32(42)
      .bytes(points)
      .ldelim()
      .ldelim()
      .ldelim();
    expect(() => decodeProtobuf(Buffer.from(writer.finish()))).toThrow(
      /more than 100000 resources, metrics and points/,
    );
    const json = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[${'{},'.repeat(
      MAX_PARTS,
    )}{}]}}]}]}]}`;
    expect(() => decodeJson(json)).toThrow(
      /more than 100000 resources, metrics and points/,
    );
  });

  it('reads the official JSON sample', () => {
    const sample = resolve(__dirname, '__fixtures__/official-metrics.json');
    const [resource] = decodeJson(readFileSync(sample, 'utf8')).resources;
    expect(
      resource.metrics.map(m => [
        m.name,
        m.kind,
        m.temporality,
        m.points.length,
        m.points[0].timeMs,
      ]),
    ).toEqual([
      ['my.counter', 'sum', 1, 1, 1544712660300],
      ['my.gauge', 'gauge', 0, 1, 1544712660300],
      ['my.histogram', 'explicit', 1, 1, 1544712660300],
      ['my.exponential.histogram', 'exponential', 1, 1, 1544712660300],
    ]);
  });
});

describe('writing OTLP answers', () => {
  it('is empty when all was accepted', () => {
    expect(encodeAnswer('json', { rejected: 0, message: '' })).toBe('{}');
    expect(encodeAnswer('protobuf', { rejected: 0, message: '' }).length).toBe(
      0,
    );
  });

  it('is read by the official SDK otherwise', () => {
    const answer = { rejected: 3, message: 'three × bad' };
    const read = ProtobufMetricsSerializer.deserializeResponse(
      encodeAnswer('protobuf', answer) as Uint8Array,
    );
    expect(Number(read.partialSuccess?.rejectedDataPoints)).toBe(3);
    expect(read.partialSuccess?.errorMessage).toBe('three × bad');
    const json = JsonMetricsSerializer.deserializeResponse(
      Buffer.from(encodeAnswer('json', answer) as string),
    );
    expect(json).toEqual({
      partialSuccess: { rejectedDataPoints: '3', errorMessage: 'three × bad' },
    });
  });

  it('writes a refusal as google.rpc.Status', () => {
    expect(encodeStatus('json', 3, 'bad')).toBe('{"code":3,"message":"bad"}');
    expect([...(encodeStatus('protobuf', 3, 'bad') as Uint8Array)]).toEqual([
      8, 3, 18, 3, 98, 97, 100,
    ]);
  });
});
