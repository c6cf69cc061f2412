import {
  createTestDatabases,
  engineKinds,
  RealEngine,
} from '@ai-assurance/test-kit';
import request from 'supertest';
import {
  minuteMs,
  openTestDrift,
  serve,
  startMs,
  subject,
} from './__testUtils__/openTestDrift';

jest.setTimeout(120_000);

const declarationUrl = 'https://git.example/monitors.yaml';
const declaration = `apiVersion: ai-assurance.io/v1alpha1
kind: DriftMonitors
monitors:
  - feature: input.size
    window: 15m
    cohorts: each
    engine:
      query: sum by (le, cohort) (increase(app_input_size_bucket[$window]))
      cohort: cohort
  - feature: output.class
    part: output
    type: categorical
    window: 15m
    engine:
      query: sum by (digit) (increase(app_output_total[$window]))
      category: digit
`;
const cohort = 'resource:default/low-end-phones';

/** Requests a minute into each bucket, before and after the inputs change at the fifteenth minute. */
const sizes = { before: [40, 40, 20], after: [5, 15, 80] };
const digits = { zero: 50, one: 30, two: 20 };

/** Counters of 75 minutes around the start, once a minute, as OpenMetrics. */
function samples(): string {
  const minutes = Array.from({ length: 107 }, (_, i) => i - 76);
  const lines: string[] = ['# TYPE app_input_size histogram'];
  const total = [0, 0, 0];
  const byMinute = minutes.map(minute => {
    const add = minute <= 15 ? sizes.before : sizes.after;
    add.forEach((count, i) => {
      total[i] += count;
    });
    return { seconds: (startMs + minute * minuteMs) / 1000, bins: [...total] };
  });
  ['1', '10', '+Inf'].forEach((le, i) => {
    for (const { seconds, bins } of byMinute)
      lines.push(
        `app_input_size_bucket{le="${le}",cohort="${cohort}"} ${bins
          .slice(0, i + 1)
          .reduce((sum, count) => sum + count, 0)} ${seconds}`,
      );
  });
  lines.push('# TYPE app_output counter');
  for (const [digit, count] of Object.entries(digits))
    byMinute.forEach(({ seconds }, i) =>
      lines.push(
        `app_output_total{digit="${digit}"} ${count * (i + 1)} ${seconds}`,
      ),
    );
  return [...lines, '# EOF', ''].join('\n');
}

describe.each(engineKinds)('drift of what a real $name holds', ({ start }) => {
  const databases = createTestDatabases();
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await start(samples());
  });
  afterAll(() => engine?.stop());

  const open = async (id: 'SQLITE_3' | 'POSTGRES_18') => {
    const test = await openTestDrift(
      await databases.init(id),
      { [declarationUrl]: declaration },
      { engine: { baseUrl: engine.baseUrl, timeout: { seconds: 2 } } },
    );
    test.records[0].annotations['ai-assurance.io/monitors'] = declarationUrl;
    const served = serve(test);
    await test.evaluateAt(startMs);
    for (const feature of ['input.size', 'output.class']) {
      const { status } = await served.approve({
        feature,
        fromMs: startMs - 60 * minuteMs,
        toMs: startMs,
      });
      expect(status).toBe(201);
    }
    const drift = (asOfMs?: number) =>
      request(served.app)
        .get('/subjects/resource/default/digit-reader-edge/drift')
        .query(
          asOfMs === undefined ? {} : { asOf: new Date(asOfMs).toISOString() },
        )
        .set('authorization', served.as('mira'));
    return { ...test, ...served, drift };
  };

  it('is judged by its buckets and by its categories, and is source-error while the engine does not answer', async () => {
    const test = await open('SQLITE_3');
    const told = async (minute: number) => {
      await test.evaluateAt(startMs + minute * minuteMs);
      return (await test.room.answers.monitors(subject, 0)).map(
        m => `${m.feature} ${m.currentCount} ${m.verdict.status}`,
      );
    };
    expect(await told(15)).toEqual([
      'input.size 1500 pass',
      'output.class 1500 pass',
    ]);
    expect(await told(30)).toEqual([
      'input.size 1500 fail',
      'output.class 1500 pass',
    ]);
    const [size] = await test.room.answers.monitors(subject, 0);
    expect([
      size.source,
      size.boundaries,
      size.referenceBins,
      size.currentBins,
    ]).toEqual(['engine', [1, 10], [2400, 2400, 1200], [75, 225, 1200]]);
    // An engine does not tell how many devices a series is made of.
    expect(
      size.cohorts!.map(one => [
        one.cohort,
        one.verdict.reason,
        one.currentCount,
      ]),
    ).toEqual([[cohort, 'suppressed', null]]);

    engine.freeze();
    try {
      expect(await told(31)).toEqual([
        'input.size 0 inconclusive',
        'output.class 0 inconclusive',
      ]);
    } finally {
      engine.thaw();
    }
    const [silent] = await test.room.answers.monitors(subject, 0);
    expect(silent.verdict.reason).toBe('source-error');
    expect(silent.sourceProblem!.length).toBeGreaterThan(10);
  });

  it.each(databases.eachSupportedId())(
    'is told of an instant as it was recorded then, with every statistic and the cohorts, %p',
    async id => {
      const test = await open(id as 'SQLITE_3');
      await test.evaluateAt(startMs + 15 * minuteMs);
      const before = (await test.drift()).body;
      await test.evaluateAt(startMs + 30 * minuteMs);
      expect((await test.drift()).body.status).toBe('fail');

      const { status, body } = await test.drift(startMs + 15 * minuteMs + 1000);
      expect(status).toBe(200);
      expect(body.status).toBe('pass');
      expect(
        body.asOf.limits.map((limit: { code: string }) => limit.code),
      ).toContain('last-recorded');
      const of = (answer: any) =>
        answer.monitors.map((monitor: any) => {
          const {
            feature,
            source,
            statistic,
            value,
            statistics,
            pValue,
            adjustedPValue,
            comparisonCount,
            enoughCount,
            categories,
            referenceBins,
            currentBins,
            verdict,
          } = monitor;
          return {
            feature,
            source,
            statistic,
            value,
            statistics,
            pValue,
            adjustedPValue,
            comparisonCount,
            enoughCount,
            categories,
            referenceBins,
            currentBins,
            reason: verdict.reason,
            cohorts: monitor.cohorts.map((one: any) => [
              one.cohort,
              one.verdict.reason,
              one.currentCount,
            ]),
          };
        });
      expect(of(body)).toEqual(of(before));
      expect(body.monitors[0].cohorts[0].verdict.reason).toBe('suppressed');
    },
  );
});
