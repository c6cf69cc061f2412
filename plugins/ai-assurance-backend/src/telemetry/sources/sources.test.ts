import { ConfigReader } from '@backstage/config';
import { JsonValue } from '@backstage/types';
import {
  StandIn,
  StandInAnswer,
  startStandIn,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { engineKinds, fixedClock, RealEngine } from '@ai-assurance/test-kit';
import { readSources } from './readSources';

jest.setTimeout(60_000);

const startMs = Date.parse('2026-01-10T12:00:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const entityRef = 'component:default/digit-api';
const subject = { entityRef, annotations: {} };
const flagship = 'resource:default/flagship-phones';

const queries = {
  latency:
    'increase(request_duration_seconds_bucket{service="${subject}"}[${window}])',
  errors: 'increase(request_errors_total{service="${subject}"}[${window}])',
};
const labels = { version: 'version', cohort: 'cohort' };

const sourceAt = (baseUrl: string, more: object = {}) => {
  const clock = fixedClock(startMs + 2 * hourMs);
  const [{ source }] = readSources(
    new ConfigReader({
      aiAssurance: {
        telemetry: {
          sources: [
            {
              name: 'prod',
              type: 'prometheus',
              baseUrl,
              queries,
              labels,
              cache: { seconds: 15 },
              timeout: { seconds: 10 },
              ...more,
            },
          ],
        },
      },
    }),
    clock,
  );
  return { source, clock };
};

/** Two hours of a service, scraped every 15 s: version 6 is fast for an hour, then version 7 is slow and fails at times. */
function samples(): string {
  const buckets: string[] = ['# TYPE request_duration_seconds histogram'];
  const errors: string[] = ['# TYPE request_errors counter'];
  for (const [version, from, index] of [
    ['6', 0, 0],
    ['7', 240, 2],
  ] as const) {
    const own = `service="${entityRef}",version="${version}",cohort="${flagship}"`;
    for (let i = from; i <= from + 240; i += 1) {
      const at = startMs / 1000 + i * 15;
      const count = (i - from) * 10;
      ['0.1', '0.2', '0.4', '+Inf'].forEach((le, place) =>
        buckets.push(
          `request_duration_seconds_bucket{${own},le="${le}"} ${
            place >= index ? count : 0
          } ${at}`,
        ),
      );
      if (version === '7')
        errors.push(`request_errors_total{${own}} ${count / 10} ${at}`);
    }
  }
  const sessions = ['# TYPE app_sessions counter'];
  for (let device = 0; device < 6; device += 1)
    for (let i = 0; i <= 480; i += 1)
      sessions.push(
        `app_sessions_total{service="${entityRef}",version="7",cohort="${flagship}",device="${device}"} ${i} ${
          startMs / 1000 + i * 15
        }`,
      );
  return `${[...buckets, ...errors, ...sessions].join('\n')}\n# EOF\n`;
}

describe.each(engineKinds)('telemetry from a real $name', ({ start }) => {
  let real: RealEngine;
  beforeAll(async () => {
    real = await start(samples());
  });
  afterAll(() => real.stop());

  it('answers as the embedded windows do: traffic, errors and percentiles, by version too', async () => {
    const { source } = sourceAt(real.baseUrl);
    const answer = await source.series(
      subject,
      { fromMs: startMs, toMs: startMs + 2 * hourMs, stepMs: hourMs },
      { by: 'version' },
    );
    if (answer.state !== 'ready') throw new Error(answer.failure.message);
    expect(answer).toMatchObject({
      source: 'prod',
      level: 'engine',
      stepMs: hourMs,
    });
    // Engines count an increase at the edges of a window in their own ways.
    const near = (value: number | null, expected: number) =>
      expect(Math.abs(value! / expected - 1)).toBeLessThan(0.02);
    near(answer.points[0].count, 2400);
    expect(answer.points[0].errorCount).toBe(0);
    // In the bucket up to 0.1 s, and in that from 0.2 to 0.4 s.
    expect(answer.points[0].p95Ms).toBe(100);
    expect(answer.points[1].p95Ms).toBeCloseTo(800 / 3, 6);
    near(answer.points[1].count, 2400);
    near(answer.points[1].errorCount, 240);
    const groups = new Map(answer.groups.map(group => [group.key, group]));
    expect([...groups.keys()].sort()).toEqual(['6', '7']);
    expect(groups.get('6')!.points[1].count).toBe(0);

    const bands = await source.versionBands(subject, {
      fromMs: startMs,
      toMs: startMs + 2 * hourMs,
      stepMs: hourMs,
    });
    expect(
      bands.state === 'ready' &&
        bands.bands.map(band => [band.version, band.fromMs, band.shares]),
    ).toEqual([
      ['6', startMs, [1, 0]],
      ['7', startMs + hourMs, [0, 1]],
    ]);
    const table = await source.breakdown(subject, {
      fromMs: startMs + hourMs,
      toMs: startMs + 2 * hourMs,
    });
    expect(
      table.state === 'ready' &&
        table.rows.map(row => [row.version, row.cohort, row.p95Ms]),
    ).toEqual([['7', null, expect.closeTo(800 / 3, 6)]]);
  });

  it('tells no cohort apart while nobody can say how many devices it is made of', async () => {
    const { source } = sourceAt(real.baseUrl);
    const range = { fromMs: startMs + hourMs, toMs: startMs + 2 * hourMs };
    const table = await source.breakdown(subject, range);
    expect(
      table.state === 'ready' &&
        table.rows.map(row => [row.cohort, row.isSizeUnknown]),
    ).toEqual([[null, true]]);
    const own = await source.breakdown(subject, range, flagship);
    expect(
      own.state === 'ready' &&
        own.rows.map(row => [row.cohort, row.count, row.isSuppressed]),
    ).toEqual([[flagship, 0, true]]);
    const chart = await source.series(
      subject,
      { ...range, stepMs: hourMs },
      { cohort: flagship },
    );
    expect(
      chart.state === 'ready' &&
        chart.points.map(point => [point.count, point.p95Ms]),
    ).toEqual([[null, null]]);
  });

  it('tells of cohorts of enough devices, where the engine knows devices', async () => {
    const devices =
      'count by (version, cohort) (count by (version, cohort, device) (increase(app_sessions_total{service="${subject}"}[${window}]) > 0))';
    const { source } = sourceAt(real.baseUrl, {
      queries: { ...queries, devices },
    });
    const range = { fromMs: startMs + hourMs, toMs: startMs + 2 * hourMs };
    const table = await source.breakdown(subject, range);
    expect(
      table.state === 'ready' &&
        table.rows.map(row => [row.version, row.cohort, row.isSuppressed]),
    ).toEqual([['7', flagship, undefined]]);
    const chart = await source.series(
      subject,
      { ...range, stepMs: hourMs },
      { cohort: flagship },
    );
    expect(chart.state === 'ready' && chart.points[0].p95Ms).toBeCloseTo(
      800 / 3,
      6,
    );
    const six = await sourceAt(real.baseUrl, {
      queries: {
        ...queries,
        devices: devices.replace('> 0', '> 1e9'),
      },
    }).source.breakdown(subject, range);
    expect(
      six.state === 'ready' &&
        six.rows.map(row => [row.cohort, row.count, row.isSuppressed]),
    ).toEqual([[flagship, 0, true]]);
  });

  it('looks no further than the range, though more is known by now', async () => {
    const { source } = sourceAt(real.baseUrl);
    const answer = await source.series(subject, {
      fromMs: startMs,
      toMs: startMs + hourMs + 10 * minuteMs,
      stepMs: hourMs,
    });
    if (answer.state !== 'ready') throw new Error(answer.failure.message);
    expect(Math.abs(answer.points[1].count! / 400 - 1)).toBeLessThan(0.05);
  });

  it('knows nothing of a subject that sends nothing there', async () => {
    const { source } = sourceAt(real.baseUrl);
    const answer = await source.series(
      { ...subject, entityRef: 'component:default/other' },
      { fromMs: startMs, toMs: startMs + hourMs, stepMs: hourMs },
    );
    expect(answer.state === 'ready' && answer.points).toEqual([
      expect.objectContaining({ count: 0, p95Ms: null }),
    ]);
  });

  it('says that the engine is slow and since when, and recovers by itself', async () => {
    const { source, clock } = sourceAt(real.baseUrl, {
      timeout: { milliseconds: 300 },
      cache: { seconds: 1 },
    });
    const range = { fromMs: startMs, toMs: startMs + hourMs, stepMs: hourMs };
    real.freeze();
    try {
      const sinceMs = clock.nowMs();
      expect(await source.series(subject, range)).toMatchObject({
        state: 'failed',
        failure: { source: 'prod', code: 'timeout', sinceMs },
      });
      clock.advance(hourMs);
      expect(await source.series(subject, range)).toMatchObject({
        failure: { code: 'timeout', sinceMs },
      });
      expect(source.failingSinceMs).toBe(sinceMs);
    } finally {
      real.thaw();
    }
    clock.advance(hourMs);
    // What the engine had been asked before it stood still it answers now; it may take a moment.
    let answer = await source.series(subject, range);
    for (let i = 0; i < 20 && answer.state === 'failed'; i += 1) {
      clock.advance(hourMs);
      answer = await source.series(subject, range);
    }
    expect(answer.state).toBe('ready');
    expect(source.failingSinceMs).toBeUndefined();
  });
});

describe('telemetry from an engine that lies', () => {
  let answer: StandInAnswer;
  let standIn: StandIn;
  let release: (() => void) | undefined;
  beforeAll(async () => {
    standIn = await startStandIn(async () => {
      if (release) {
        await new Promise<void>(resolve => {
          release = resolve;
        });
      }
      return answer;
    });
  });
  afterAll(() => standIn.close());

  const at = (minutes: number) => (startMs + minutes * minuteMs) / 1000;
  const matrix = (
    series: [Record<string, string>, [number, string][]][],
    more: Record<string, JsonValue> = {},
  ): StandInAnswer => ({
    json: {
      status: 'success',
      data: {
        resultType: 'matrix',
        result: series.map(([metric, values]) => ({
          metric: { ai_assurance_part: 'latency', ...metric },
          values,
        })),
      },
      ...more,
    },
  });
  const range = {
    fromMs: startMs,
    toMs: startMs + 2 * minuteMs,
    stepMs: minuteMs,
  };
  const honest = matrix([
    [
      { le: '0.1' },
      [
        [at(1), '8'],
        [at(2), '10'],
      ],
    ],
    [
      { le: '+Inf' },
      [
        [at(1), '10'],
        [at(2), '10'],
      ],
    ],
  ]);

  it.each<[string, StandInAnswer, string, string]>([
    [
      'NaN',
      matrix([[{ le: '+Inf' }, [[at(1), 'NaN']]]]),
      'malformed-answer',
      'a count is NaN',
    ],
    [
      'an infinite count',
      matrix([[{ le: '+Inf' }, [[at(1), '+Inf']]]]),
      'malformed-answer',
      'a count is infinite',
    ],
    [
      'a negative count',
      matrix([[{ le: '+Inf' }, [[at(1), '-1']]]]),
      'malformed-answer',
      'a count is below zero',
    ],
    [
      'samples out of order',
      matrix([
        [
          { le: '+Inf' },
          [
            [at(2), '1'],
            [at(1), '1'],
          ],
        ],
      ]),
      'malformed-answer',
      'out of order',
    ],
    [
      'a series twice',
      matrix([
        [{ le: '+Inf' }, [[at(1), '1']]],
        [{ le: '+Inf' }, [[at(1), '1']]],
      ]),
      'malformed-answer',
      'the same series is in the answer twice',
    ],
    [
      'a moment that was not asked for',
      matrix([[{ le: '+Inf' }, [[at(1.5), '1']]]]),
      'malformed-answer',
      'a moment that was not asked for',
    ],
    [
      'a histogram that counts backwards',
      matrix([
        [{ le: '0.1' }, [[at(1), '10']]],
        [{ le: '+Inf' }, [[at(1), '5']]],
      ]),
      'malformed-answer',
      'counts less below a larger bound',
    ],
    [
      'no bucket +Inf',
      matrix([[{ le: '0.1' }, [[at(1), '10']]]]),
      'malformed-answer',
      'no bucket +Inf',
    ],
    [
      'no le',
      matrix([[{}, [[at(1), '10']]]]),
      'malformed-answer',
      'has no label le',
    ],
    [
      'more failures than requests',
      matrix([
        [{ le: '+Inf' }, [[at(1), '10']]],
        [{ ai_assurance_part: 'errors' }, [[at(1), '20']]],
      ]),
      'malformed-answer',
      'more requests failed than were counted',
    ],
    [
      'a part of the answer',
      matrix([[{ le: '+Inf' }, [[at(1), '1']]]], { isPartial: true }),
      'partial-answer',
      'partial',
    ],
    [
      'an answer with warnings',
      matrix([[{ le: '+Inf' }, [[at(1), '1']]]], { warnings: ['gone'] }),
      'partial-answer',
      'warnings',
    ],
    ['no JSON', { text: '<html>' }, 'malformed-answer', 'no JSON'],
    ['an error of its own', { status: 503 }, 'server-error', '503'],
  ])(
    'says so of %s, and is believed again once it is honest',
    async (_, lie, code, message) => {
      const { source, clock } = sourceAt(standIn.baseUrl);
      answer = lie;
      const failed = await source.series(subject, range);
      if (failed.state !== 'failed') throw new Error('believed');
      expect([failed.failure.code, failed.failure.source]).toEqual([
        code,
        'prod',
      ]);
      expect(failed.failure.message).toContain(message);
      answer = honest;
      // A lie is kept no longer than an answer is.
      clock.advance(15_000);
      const believed = await source.series(subject, range);
      expect(
        believed.state === 'ready' &&
          believed.points.map(point => [point.count, point.p50Ms]),
      ).toEqual([
        [10, 100],
        [10, 100],
      ]);
      expect(source.failingSinceMs).toBeUndefined();
    },
  );

  it('is asked once by many at a time, and again when the answer is old', async () => {
    const { source, clock } = sourceAt(standIn.baseUrl);
    answer = honest;
    const before = standIn.requests.length;
    await Promise.all([1, 2, 3].map(() => source.series(subject, range)));
    expect(standIn.requests.length - before).toBe(1);
    await source.series(subject, range);
    expect(standIn.requests.length - before).toBe(1);
    clock.advance(15_000);
    await source.series(subject, range);
    expect(standIn.requests.length - before).toBe(2);
  });

  it('is asked no more at once than the config allows, and never too many wait', async () => {
    const { source } = sourceAt(standIn.baseUrl, { maxConcurrent: 2 });
    answer = honest;
    release = () => {};
    const before = standIn.requests.length;
    const asked = Array.from({ length: 103 }, (_, i) =>
      source.series(
        { ...subject, entityRef: `component:default/s${i}` },
        range,
      ),
    );
    const last = await asked[102];
    expect(last).toMatchObject({
      state: 'failed',
      failure: { code: 'rate-limited' },
    });
    while (standIn.requests.length - before < 2)
      await new Promise(resolve => setImmediate(resolve));
    expect(standIn.requests.length - before).toBe(2);
    const go = release;
    release = undefined;
    go();
    // The first of the two stands still for ever; its own limit of time ends it.
    const rest = await Promise.all(asked.slice(1, 102));
    expect(rest.filter(one => one.state === 'ready').length).toBeGreaterThan(
      99,
    );
  });
});
