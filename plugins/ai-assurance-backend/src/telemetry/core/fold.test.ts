import fc from 'fast-check';
import {
  emptyPoint,
  fold,
  TestMetric as OtlpMetric,
  TestPoint as OtlpPoint,
  TestRequest as OtlpRequest,
} from '../__testUtils__/otlp';
import { outcomeOf, weightOf } from './otlp/point';

const nowMs = 1_700_000_000_000; // 13 s and 20 s past a minute
const minuteMs = Math.floor(nowMs / 60_000) * 60_000;
const limits = { nowMs, maxAheadMs: 300_000, retentionMs: 3_600_000 };
const assigned = {
  subjectRef: 'resource:default/reader',
  cohortRef: 'resource:default/phones',
};
const attributes = {
  'ai_assurance.subject': 'resource:default/reader',
  'ai_assurance.model.version': '2',
};

const sum = (point: Partial<OtlpPoint> = {}): OtlpMetric => ({
  name: 'ai_assurance.sessions',
  unit: '1',
  kind: 'sum',
  temporality: 1,
  isMonotonic: true,
  points: [{ ...emptyPoint(), timeMs: nowMs, value: 1, ...point }],
});
const explicit = (point: Partial<OtlpPoint>): OtlpMetric => ({
  ...sum(),
  kind: 'explicit',
  points: [{ ...emptyPoint(), timeMs: nowMs, ...point }],
});
const exponential = (point: Partial<OtlpPoint>): OtlpMetric => ({
  ...sum(),
  kind: 'exponential',
  points: [{ ...emptyPoint(), timeMs: nowMs, ...point }],
});
const requestOf = (
  metrics: OtlpMetric[],
  over: Record<string, string> = {},
): OtlpRequest => ({
  resources: [{ attributes: { ...attributes, ...over }, metrics }],
});
const foldOne = (metric: OtlpMetric, over: Record<string, string> = {}) =>
  fold(requestOf([metric], over), [assigned], limits);

describe('folding points into windows', () => {
  it('puts a point into the minute of its own time, by subject, version, cohort and outcome', () => {
    const { windows, pointCount, refusals } = foldOne(
      sum({ value: 3, attributes: { 'ai_assurance.outcome': 'crashed' } }),
    );
    expect(pointCount).toBe(1);
    expect(refusals.total).toBe(0);
    expect(windows).toEqual([
      {
        subject: 'resource:default/reader',
        cohort: 'resource:default/phones',
        version: '2',
        digest: undefined,
        metric: 'ai_assurance.sessions',
        startMs: minuteMs,
        outcome: 'error',
        outputClass: undefined,
        shape: '',
        value: { kind: 'sum', sum: 3 },
      },
    ]);
  });

  it('counts the first millisecond of a minute to that minute and the last of the one before to the other', () => {
    const metric = {
      ...sum(),
      points: [minuteMs, minuteMs - 1].map(timeMs => ({
        ...emptyPoint(),
        timeMs,
        value: 1,
      })),
    };
    expect(foldOne(metric).windows.map(w => w.startMs)).toEqual([
      minuteMs,
      minuteMs - 60_000,
    ]);
  });

  it('gives the same windows whatever the order of points', () => {
    const point = fc.record({
      timeMs: fc.integer({ min: nowMs - 200_000, max: nowMs }),
      value: fc.integer({ min: 0, max: 1000 }),
      failed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 20 }), points => {
        const metricOf = (list: typeof points, kind: 'sum' | 'gauge') => ({
          ...sum(),
          kind,
          points: list.map(p => ({
            ...emptyPoint(),
            timeMs: p.timeMs,
            value: p.value,
            attributes: p.failed ? { 'error.type': 'x' } : {},
          })) as OtlpPoint[],
        });
        const sorted = (list: typeof points, kind: 'sum' | 'gauge') =>
          foldOne(metricOf(list, kind)).windows.sort(
            (a, b) => a.startMs - b.startMs || (a.outcome < b.outcome ? -1 : 1),
          );
        for (const kind of ['sum', 'gauge'] as const)
          expect(sorted([...points].reverse(), kind)).toEqual(
            sorted(points, kind),
          );
      }),
    );
  });

  it('takes the version of the service where no model version is named', () => {
    const request = {
      resources: [
        {
          attributes: {
            'ai_assurance.subject': 'x',
            'service.version': '1.4.0',
          },
          metrics: [sum()],
        },
      ],
    };
    expect(fold(request, [assigned], limits).windows[0].version).toBe('1.4.0');
  });

  it('keeps histograms with different boundaries apart', () => {
    const a = { explicitBounds: [1], bucketCounts: [1, 0], count: 1 };
    const b = { explicitBounds: [2], bucketCounts: [1, 0], count: 1 };
    const metric = {
      ...explicit({}),
      points: [a, b, a].map(p => ({ ...emptyPoint(), timeMs: nowMs, ...p })),
    };
    expect(
      foldOne(metric).windows.map(w => [
        w.shape,
        (w.value as any).explicit.count,
      ]),
    ).toEqual([
      ['1', 2],
      ['2', 1],
    ]);
  });

  it('uses a histogram that carries only count and sum as one bin', () => {
    expect(foldOne(explicit({ count: 4, sum: 2 })).windows[0].value).toEqual({
      kind: 'explicit',
      explicit: { boundaries: [], counts: [4], count: 4, sum: 2 },
    });
  });

  const badValues: [string, OtlpMetric, string][] = [
    [
      'a sum without temporality',
      { ...sum(), temporality: 0 },
      'no-temporality',
    ],
    [
      'a point that says it has no value',
      sum({ isWithoutValue: true, value: undefined }),
      'no-value',
    ],
    ['a counter that counts backwards', sum({ value: -1 }), 'not-finite'],
    [
      'a weight below one',
      sum({ attributes: { 'ai_assurance.sampling.weight': '0.5' } }),
      'bad-weight',
    ],
    [
      'a weight on a sum that goes up and down',
      {
        ...sum({ attributes: { 'ai_assurance.sampling.weight': '2' } }),
        isMonotonic: false,
      },
      'bad-weight',
    ],
    [
      'a weight that is no number',
      sum({ attributes: { 'ai_assurance.sampling.weight': 'half' } }),
      'bad-weight',
    ],
    ['a summary', { ...sum(), kind: 'summary' }, 'summary-unsupported'],
    [
      'a metric of no known kind',
      { ...sum(), kind: 'unknown' },
      'no-data-kind',
    ],
    [
      'a metric name with control characters',
      { ...sum(), name: 'a\u0000b' },
      'bad-name',
    ],
    [
      'a latency in milliseconds',
      { ...sum(), name: 'http.server.request.duration', unit: 'ms' },
      'bad-unit',
    ],
    [
      'a point one millisecond too far ahead',
      sum({ timeMs: nowMs + 300_001 }),
      'clock-ahead',
    ],
    [
      'a point older than the retention',
      sum({ timeMs: nowMs - 3_600_001 }),
      'too-old',
    ],
    ['a point without time', sum({ timeMs: 0 }), 'no-time'],
    ['a sum that is not a number', sum({ value: Number.NaN }), 'not-finite'],
    ['a sum without a value', sum({ value: undefined }), 'not-finite'],
    [
      'an infinite gauge',
      { ...sum({ value: Number.POSITIVE_INFINITY }), kind: 'gauge' },
      'not-finite',
    ],
    [
      'a class that is free text',
      sum({ attributes: { 'ai_assurance.class': 'he said: hello' } }),
      'bad-class',
    ],
    [
      'counts that do not add up',
      explicit({ explicitBounds: [1], bucketCounts: [1, 1], count: 3 }),
      'bucket-mismatch',
    ],
    [
      'a bin too few',
      explicit({ explicitBounds: [1, 2], bucketCounts: [1, 1], count: 2 }),
      'bucket-mismatch',
    ],
    [
      'boundaries out of order',
      explicit({ explicitBounds: [2, 1], bucketCounts: [1, 0, 0], count: 1 }),
      'bucket-mismatch',
    ],
    [
      'a negative count',
      explicit({ explicitBounds: [1], bucketCounts: [2, -1], count: 1 }),
      'not-finite',
    ],
    ['a count beyond reason', explicit({ count: 1e13 }), 'not-finite'],
    [
      'buckets that do not add up',
      exponential({ count: 2, positive: { offset: 0, counts: [1] } }),
      'bucket-mismatch',
    ],
    [
      'a scale that does not exist',
      exponential({
        count: 1,
        scale: 21,
        positive: { offset: 0, counts: [1] },
      }),
      'bucket-mismatch',
    ],
    [
      'a bucket beyond every double',
      exponential({
        count: 1,
        scale: 0,
        positive: { offset: 2_000_000_000, counts: [1] },
      }),
      'bucket-mismatch',
    ],
    [
      'a wide zero',
      exponential({ count: 1, zeroCount: 1, zeroThreshold: 0.1 }),
      'zero-threshold',
    ],
  ];
  it.each(badValues)('refuses %s', (_, metric, reason) => {
    const { windows, refusals } = foldOne(metric);
    expect(windows).toEqual([]);
    expect(refusals.counts()).toEqual([{ reason, count: 1 }]);
  });

  it('takes a point at the very limit of the clock', () => {
    expect(foldOne(sum({ timeMs: nowMs + 300_000 })).refusals.total).toBe(0);
  });

  it.each([
    [
      'a version that is free text',
      { 'ai_assurance.model.version': 'my version!' },
      'bad-version',
    ],
    [
      'a digest in capitals',
      { 'ai_assurance.model.digest': `sha256:${'A'.repeat(64)}` },
      'bad-digest',
    ],
    ['no subject', { 'ai_assurance.subject': '' }, 'no-subject'],
  ])('refuses all points of a resource with %s', (_, over, reason) => {
    const { refusals } = foldOne(sum(), over as Record<string, string>);
    expect(refusals.counts()).toEqual([{ reason, count: 1 }]);
  });

  it('refuses the points of an unknown subject and keeps the rest', () => {
    const request = {
      resources: [
        {
          attributes: {
            ...attributes,
            'ai_assurance.subject': 'resource:default/stranger',
          },
          metrics: [sum(), sum()],
        },
        { attributes, metrics: [sum()] },
      ],
    };
    const { windows, refusals, pointCount } = fold(
      request,
      [undefined, assigned],
      limits,
    );
    expect(windows.length).toBe(1);
    expect(refusals.message(pointCount)).toBe(
      '2 of 3 points refused. 2 × unknown-subject: the subject is no AI service or model of the catalog (first: "resource:default/stranger")',
    );
  });

  it('names the first three reasons and says that there are more', () => {
    const metrics = [
      sum({ timeMs: 0 }),
      sum({ value: Number.NaN }),
      { ...sum(), kind: 'summary' as const },
      { ...sum(), temporality: 0 },
    ];
    const { refusals, pointCount } = fold(
      requestOf(metrics),
      [assigned],
      limits,
    );
    expect(refusals.message(pointCount)).toBe(
      '4 of 4 points refused. 1 × no-time: the point has no time (first: metric "ai_assurance.sessions" at 0 ms); ' +
        '1 × not-finite: a number is missing, not finite, negative where it counts, or too large (first: metric "ai_assurance.sessions" at 1700000000000 ms); ' +
        '1 × summary-unsupported: summaries cannot be merged; send a histogram (first: metric "ai_assurance.sessions"); and 1 more reason',
    );
  });
});

describe('points that are a sample', () => {
  const weight = { 'ai_assurance.sampling.weight': '10' };

  it('enter sums, counts and buckets with their weight, and n without it', () => {
    expect(
      foldOne(sum({ value: 3, attributes: weight })).windows[0].value,
    ).toEqual({ kind: 'sum', sum: 30, n: 3 });
    expect(
      foldOne(
        explicit({
          explicitBounds: [1],
          bucketCounts: [1, 2],
          count: 3,
          sum: 5,
          attributes: weight,
        }),
      ).windows[0].value,
    ).toEqual({
      kind: 'explicit',
      explicit: { boundaries: [1], counts: [10, 20], count: 30, sum: 50 },
      n: 3,
    });
    expect(
      foldOne(
        exponential({
          count: 3,
          sum: 4,
          zeroCount: 1,
          positive: { offset: 2, counts: [2] },
          negative: { offset: 0, counts: [] },
          attributes: weight,
        }),
      ).windows[0].value,
    ).toEqual({
      kind: 'exponential',
      exponential: {
        scale: 0,
        zeroCount: 10,
        positiveOffset: 2,
        positiveCounts: [20],
        negativeOffset: 0,
        negativeCounts: [],
        count: 30,
        sum: 40,
        min: undefined,
        max: undefined,
      },
      n: 3,
    });
  });

  it('join points that are none in the same window', () => {
    const metric = {
      ...sum(),
      points: [
        { ...emptyPoint(), timeMs: nowMs, value: 2, attributes: weight },
        { ...emptyPoint(), timeMs: nowMs, value: 5 },
      ],
    };
    expect(foldOne(metric).windows.map(w => w.value)).toEqual([
      { kind: 'sum', sum: 25, n: 7 },
    ]);
  });

  it.each<[Record<string, string>, number]>([
    [{}, 1],
    [{ 'ai_assurance.sampling.weight': '2.5' }, 2.5],
    // th:0 keeps everything, th:8 every second, th:c every fourth.
    [{ 'sampling.threshold': '0' }, 1],
    [{ 'sampling.threshold': '8' }, 2],
    [{ 'sampling.threshold': 'c' }, 4],
    [{ 'sampling.threshold': 'xyz' }, NaN],
    [{ 'sampling.threshold': 'ffffffffffffff' }, NaN],
    [{ 'ai_assurance.sampling.weight': '' }, NaN],
    [{ 'ai_assurance.sampling.weight': '1e7' }, NaN],
  ])('%j weighs %d', (given, expected) => {
    expect(weightOf(given)).toBe(expected);
  });
});

describe('cumulative points', () => {
  it('are kept with what tells their stream apart, for the store to say what of them is new', () => {
    const { windows, cumulative, refusals } = foldOne(
      { ...sum({ value: 7, startMs: nowMs - 1000 }), temporality: 2 },
      { 'service.instance.id': 'a' },
    );
    expect([windows, refusals.total]).toEqual([[], 0]);
    expect(cumulative.length).toBe(1);
    const [{ identity, ...rest }] = cumulative;
    expect(identity).toContain('["service.instance.id","a"]');
    expect(rest).toEqual({
      window: {
        subject: 'resource:default/reader',
        cohort: 'resource:default/phones',
        version: '2',
        digest: undefined,
        metric: 'ai_assurance.sessions',
        startMs: minuteMs,
        outcome: 'ok',
        outputClass: undefined,
        shape: '',
      },
      state: {
        startMs: nowMs - 1000,
        timeMs: nowMs,
        value: { kind: 'sum', sum: 7 },
      },
      weight: 1,
      device: undefined,
    });
  });

  it('differ by every attribute, also by those that are not read', () => {
    const identityOf = (given: Record<string, string>) =>
      foldOne({ ...sum({ attributes: given }), temporality: 2 }).cumulative[0]
        .identity;
    expect(identityOf({ 'user.name': 'a' })).not.toBe(
      identityOf({ 'user.name': 'b' }),
    );
    expect(identityOf({ a: '1', b: '2' })).toBe(identityOf({ b: '2', a: '1' }));
  });

  it('of a sum that may fall are a gauge', () => {
    const { windows, cumulative } = foldOne({
      ...sum({ value: -4 }),
      temporality: 2,
      isMonotonic: false,
    });
    expect(cumulative).toEqual([]);
    expect(windows[0].value).toEqual({
      kind: 'gauge',
      gauge: { last: -4, lastAtMs: nowMs, max: -4 },
    });
  });
});

describe('the outcome of a point', () => {
  it.each<[Record<string, string>, 'ok' | 'error']>([
    [{}, 'ok'],
    [{ 'error.type': 'timeout' }, 'error'],
    [{ 'http.response.status_code': '500' }, 'error'],
    [{ 'http.response.status_code': '499' }, 'ok'],
    [{ 'ai_assurance.outcome': 'ok' }, 'ok'],
    [{ 'ai_assurance.outcome': 'failed' }, 'error'],
    [{ 'ai_assurance.outcome': 'crashed' }, 'error'],
  ])('of %j is %s', (given, outcome) => {
    expect(outcomeOf(given)).toBe(outcome);
  });
});
