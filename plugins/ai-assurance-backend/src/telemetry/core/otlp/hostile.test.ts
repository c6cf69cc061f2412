import { Writer } from 'protobufjs/minimal';
import { encodeGenerated } from '../../__testUtils__/otlpMessages';
import { Folded, Folder } from '../fold';
import { sourceOf } from '../source';
import { decodeJson } from './decodeJson';
import { decodeProtobuf } from './decodeProtobuf';
import { OtlpRequest } from './request';

const nowMs = 1_700_000_040_000;
const nowNanos = `${nowMs}000000`;

function foldOf(request: OtlpRequest): Folded {
  const folder = new Folder({
    nowMs,
    maxAheadMs: 300_000,
    retentionMs: 86_400_000,
  });
  for (const source of request.sources) {
    const { attributes } = source;
    folder.source(
      sourceOf(attributes, {
        subjectRef: attributes['ai_assurance.subject'],
        cohortRef: undefined,
      }),
      () => source.identity(),
    );
    source.each(folder);
  }
  return folder.finish();
}

const subject = {
  key: 'ai_assurance.subject',
  value: { stringValue: 'resource:default/reader' },
};
const requestOf = (metric: object, attributes: object[] = []) => ({
  resourceMetrics: [
    {
      resource: { attributes: [subject, ...attributes] },
      scopeMetrics: [{ metrics: [{ name: 'calls', ...metric }] }],
    },
  ],
});
const sumOf = (point: object, temporality = 1) => ({
  sum: {
    aggregationTemporality: temporality,
    isMonotonic: true,
    dataPoints: [{ timeUnixNano: nowNanos, ...point }],
  },
});

/** The same request in both forms. */
const inBoth = (request: object): [string, OtlpRequest][] => [
  ['protobuf', decodeProtobuf(encodeGenerated(request))],
  ['JSON', decodeJson(Buffer.from(JSON.stringify(request)))],
];
const reasons = (folded: Folded) => folded.refusals.counts();
const sums = (folded: Folded) =>
  folded.windows.map(({ value }) => value.kind === 'sum' && value.sum);

describe('a request that means harm', () => {
  it.each([
    ['of 1970', '1000000', 'too-old'],
    ['of the first instant', '0', 'no-time'],
    ['of the year 2200', '7258118400000000000', 'clock-ahead'],
    ['of the last instant there is', '18446744073709551615', 'clock-ahead'],
  ])('has its points %s refused', (_, timeUnixNano, reason) => {
    for (const [form, request] of inBoth(
      requestOf(sumOf({ timeUnixNano, asDouble: 1 })),
    ))
      expect([form, reasons(foldOf(request))]).toEqual([
        form,
        [{ reason, count: 1 }],
      ]);
  });

  const histogram = (point: object) => ({
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [{ timeUnixNano: nowNanos, ...point }],
    },
  });
  const exponential = (point: object) => ({
    exponentialHistogram: {
      aggregationTemporality: 1,
      dataPoints: [{ timeUnixNano: nowNanos, ...point }],
    },
  });
  it.each([
    ['a count that falls', sumOf({ asInt: '-1' }), 'not-finite'],
    [
      'more events than there can be',
      histogram({ count: '18446744073709551615', sum: 1 }),
      'not-finite',
    ],
    [
      'a bucket of more than there can be',
      exponential({
        count: '1',
        scale: 0,
        positive: { offset: 0, bucketCounts: ['18446744073709551615'] },
      }),
      'not-finite',
    ],
    [
      'buckets beyond all numbers',
      exponential({
        count: '1',
        scale: 20,
        positive: { offset: 2_147_483_647, bucketCounts: ['1'] },
      }),
      'bucket-mismatch',
    ],
    [
      'a scale that there is not',
      exponential({
        count: '1',
        scale: -2_147_483_648,
        positive: { offset: 0, bucketCounts: ['1'] },
      }),
      'bucket-mismatch',
    ],
    [
      'boundaries that do not rise',
      histogram({
        count: '1',
        bucketCounts: ['0', '1', '0'],
        explicitBounds: [2, 1],
      }),
      'bucket-mismatch',
    ],
  ])('has %s refused', (_, metric, reason) => {
    for (const [form, request] of inBoth(requestOf(metric)))
      expect([form, reasons(foldOf(request))]).toEqual([
        form,
        [{ reason, count: 1 }],
      ]);
  });

  it.each([NaN, Infinity, -Infinity])('has the value %p refused', value => {
    const body = encodeGenerated(requestOf(sumOf({ asDouble: value })));
    const text = JSON.stringify(requestOf(sumOf({ asDouble: String(value) })));
    for (const request of [decodeProtobuf(body), decodeJson(Buffer.from(text))])
      expect(reasons(foldOf(request))).toEqual([
        { reason: 'not-finite', count: 1 },
      ]);
  });

  it('finds nothing where fields have other wire types, and loses its points with a reason', () => {
    const point = Writer.create()
      .uint32(25)
      .fixed64(1)
      .uint32(32)
      .uint64(7)
      .uint32(58)
      .string('no attribute')
      .finish();
    const data = Writer.create().uint32(10).bytes(point).finish();
    // The name is a number here.
    const metric = Writer.create()
      .uint32(8)
      .uint64(5)
      .uint32(58)
      .bytes(data)
      .finish();
    const scope = Writer.create().uint32(18).bytes(metric).finish();
    const resource = Writer.create().uint32(18).bytes(scope).finish();
    const body = Writer.create().uint32(10).bytes(resource).finish();
    expect(reasons(foldOf(decodeProtobuf(Buffer.from(body))))).toEqual([
      { reason: 'no-subject', count: 1 },
    ]);
    const group = Buffer.from([10, 2, 11, 12]);
    expect(() => decodeProtobuf(group)).toThrow(
      'not a readable OTLP metrics request: wire type 3 is not known, at byte 3 of 4',
    );
  });

  it('that says a thing twice is read as protobuf has it: the last one, and lists one after the other', () => {
    const once = encodeGenerated(requestOf(sumOf({ asDouble: 2 })));
    // Messages that stand one behind the other are one.
    const twice = Buffer.concat([once, once]);
    expect(sums(foldOf(decodeProtobuf(twice)))).toEqual([4]);
    const point = (value: number) =>
      Writer.create()
        .uint32(25)
        .fixed64(0)
        .uint32(33)
        .double(9)
        .uint32(25)
        .fixed64(nowMs * 1e6)
        .uint32(33)
        .double(value)
        .finish();
    const sum = (value: number) =>
      Writer.create()
        .uint32(10)
        .bytes(point(value))
        .uint32(16)
        .uint32(2)
        .uint32(16)
        .uint32(1)
        .finish();
    const metric = Writer.create()
      .uint32(10)
      .string('first')
      .uint32(58)
      .bytes(sum(3))
      .uint32(58)
      .bytes(sum(5))
      .uint32(10)
      .string('last')
      .finish();
    const attribute = (version: string) =>
      Writer.create()
        .uint32(10)
        .bytes(
          Writer.create()
            .uint32(10)
            .string('service.version')
            .uint32(18)
            .bytes(Writer.create().uint32(10).string(version).finish())
            .finish(),
        )
        .finish();
    const body = Writer.create()
      .uint32(10)
      .bytes(
        Writer.create()
          .uint32(10)
          .bytes(
            Writer.create()
              .uint32(10)
              .bytes(
                Writer.create()
                  .uint32(10)
                  .string(subject.key)
                  .uint32(18)
                  .bytes(
                    Writer.create()
                      .uint32(10)
                      .string(subject.value.stringValue)
                      .finish(),
                  )
                  .finish(),
              )
              .finish(),
          )
          .uint32(10)
          .bytes(attribute('1'))
          .uint32(10)
          .bytes(attribute('2'))
          .uint32(18)
          .bytes(Writer.create().uint32(18).bytes(metric).finish())
          .finish(),
      )
      .finish();
    const { windows } = foldOf(decodeProtobuf(Buffer.from(body)));
    expect(windows.map(w => [w.metric, w.version, w.value])).toEqual([
      ['last', '2', { kind: 'sum', sum: 8 }],
    ]);
  });

  const deep = (levels: number) =>
    `${'{"arrayValue":{"values":['.repeat(levels)}{}${']}}'.repeat(levels)}`;
  const withDeep = (temporality: number) =>
    JSON.stringify(
      requestOf(sumOf({ asDouble: 2, attributes: 'HERE' }, temporality)),
    ).replace('"HERE"', `[{"key":"a","value":${deep(100_000)}}]`);

  it('that nests attributes deeply is read as far as they do not matter, and refused where they name a stream', () => {
    expect(sums(foldOf(decodeJson(Buffer.from(withDeep(1)))))).toEqual([2]);
    expect(() => foldOf(decodeJson(Buffer.from(withDeep(2))))).toThrow(
      'not a readable OTLP metrics request: an attribute is nested too deeply',
    );
    let value: Uint8Array = Buffer.alloc(0);
    for (let i = 0; i < 1000; i += 1)
      value = Writer.create()
        .uint32(42)
        .bytes(Writer.create().uint32(10).bytes(value).finish())
        .finish();
    const list = Writer.create()
      .uint32(10)
      .string('a')
      .uint32(18)
      .bytes(value)
      .finish();
    const [one] = decodeProtobuf(
      Buffer.concat([
        encodeGenerated(requestOf(sumOf({ asDouble: 2 }))),
        Writer.create()
          .uint32(10)
          .bytes(
            Writer.create()
              .uint32(10)
              .bytes(Writer.create().uint32(10).bytes(list).finish())
              .uint32(18)
              .bytes(Buffer.alloc(0))
              .finish(),
          )
          .finish(),
      ]),
    ).sources;
    expect({ ...one.attributes }).toEqual({
      [subject.key]: subject.value.stringValue,
    });
  });

  it('with 100,000 attributes is read up to the 128th', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => ({
      key: `a${i}`,
      value: { stringValue: 'x' },
    }));
    const late = { key: 'error.type', value: { stringValue: 'late' } };
    const ofResource = requestOf(sumOf({ asDouble: 2 }), many);
    for (const [form, request] of inBoth(ofResource))
      expect([form, Object.keys(request.sources[0].attributes).length]).toEqual(
        [form, 128],
      );
    const ofPoint = requestOf(
      sumOf({ asDouble: 2, attributes: [...many, late] }),
    );
    for (const [form, request] of inBoth(ofPoint))
      expect([form, foldOf(request).windows.map(w => w.outcome)]).toEqual([
        form,
        ['ok'],
      ]);
  });

  it('of countless scopes is stopped', () => {
    const scopes = Buffer.from(
      Array.from({ length: 100_001 }, () => [18, 0]).flat(),
    );
    const body = Writer.create().uint32(10).bytes(scopes).finish();
    const text = `{"resourceMetrics":[{"scopeMetrics":[${'{},'.repeat(
      100_000,
    )}{}]}]}`;
    expect(() => decodeProtobuf(Buffer.from(body))).toThrow(
      /more than 100000 resources, metrics and points/,
    );
    expect(() => decodeJson(Buffer.from(text))).toThrow(
      /more than 100000 resources, metrics and points/,
    );
  });

  it('may hold negative whole numbers in attributes, and all digits of long ones', () => {
    const request = requestOf(sumOf({ asDouble: 1 }), [
      { key: 'os.version', value: { intValue: '-1' } },
      { key: 'build', value: { intValue: '9223372036854775807' } },
    ]);
    for (const [form, read] of inBoth(request))
      expect([form, { ...read.sources[0].attributes }]).toEqual([
        form,
        {
          [subject.key]: subject.value.stringValue,
          'os.version': '-1',
          build: '9223372036854775807',
        },
      ]);
  });
});
