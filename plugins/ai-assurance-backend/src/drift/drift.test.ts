import { ConfigReader } from '@backstage/config';
import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  dayMs,
  feature,
  minuteMs,
  openTestDrift,
  serve,
  startMs,
  steady,
  subject,
  TestDrift,
} from './__testUtils__/openTestDrift';
import { histogramDigest } from './core/histogramDigest';
import { readDriftSettings } from './settings';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(60_000);

const reportType = 'io.ai-assurance.drift-report.v2';

describe('monitors', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) => {
    const test = await openTestDrift(await databases.init(id));
    return { ...test, ...serve(test) };
  };
  const said = async ({ room }: TestDrift) =>
    (await room.answers.monitors(subject, 0)).map(
      m => `${m.currentCount} ${m.verdict.status}: ${m.verdict.reason}`,
    );

  it.each(each)(
    'fail when the outputs change and pass again when they change back, %p',
    async id => {
      const test = await open(id);
      steady(test, -10, 0);
      await test.approve();
      await test.evaluateAt(startMs + 20_000);
      expect(await said(test)).toEqual(['400 pass: within-limit']);
      for (let i = 0; i < 2; i += 1) {
        test.report(startMs + i * minuteMs, [80, 60, 40, 20]);
      }
      await test.evaluateAt(startMs + 2 * minuteMs);
      expect(await said(test)).toEqual(['400 fail: drifted']);
      steady(test, 2, 4);
      await test.evaluateAt(startMs + 4 * minuteMs);

      const [monitor] = await test.room.answers.monitors(subject, 0);
      const drifted = monitor.history[1].value!;
      expect(drifted).toBeGreaterThan(1);
      expect(monitor.history).toEqual(
        [
          { atMs: startMs, value: 0, status: 'pass' },
          {
            atMs: startMs + 2 * minuteMs,
            value: drifted,
            status: 'fail',
          },
          { atMs: startMs + 4 * minuteMs, value: 0, status: 'pass' },
        ].map(point => ({
          ...point,
          value: point.value === 0 ? monitor.value : point.value,
        })),
      );
      const { statistics, ...shown } = monitor;
      expect(statistics?.length).toBe(8);
      expect(shown).toEqual({
        feature,
        part: 'output',
        source: 'telemetry',
        pValue: monitor.pValue,
        adjustedPValue: monitor.pValue,
        comparisonCount: 1,
        enoughCount: 71,
        categories: null,
        cohorts: [],
        quality: [],
        version: null,
        statistic: 'psi',
        value: monitor.value,
        warnLimit: 0.1,
        failLimit: 0.25,
        falseAlarmRatio: 0.001,
        referenceId: 'ref_1',
        referenceApprovedBy: 'user:default/ada',
        referenceCount: 2000,
        currentCount: 400,
        minimumCount: 200,
        boundaries: [0.25, 0.5, 0.75],
        referenceBins: [100, 200, 300, 1400],
        currentBins: [20, 40, 60, 280],
        verdict: {
          status: 'pass',
          reason: 'within-limit',
          facts: {
            value: monitor.value,
            bound: 0.1,
            comparator: 'below',
            unit: 'PSI',
            sampleCount: 400,
            windowStartMs: startMs + 2 * minuteMs,
            windowEndMs: startMs + 4 * minuteMs,
            // The reference is 0, the reports are 1, 2 and 3.
            evidenceId: '3',
          },
        },
        evaluatedAtMs: startMs + 4 * minuteMs,
        history: monitor.history,
      });
      expect(monitor.value).toBeLessThan(0.0001);

      const reports = await test.ledgerAnswers.list({
        subject,
        type: reportType,
        limit: 10,
      });
      expect(reports.map(r => r.status)).toEqual(['pass', 'fail', 'pass']);
      const { statistics: told, ...payload } = reports[1].item.data
        .payload as Record<string, unknown>;
      expect((told as unknown[]).length).toBe(8);
      expect(payload).toEqual({
        feature,
        source: 'telemetry',
        chanceRatio: payload.chanceRatio,
        adjustedChanceRatio: payload.chanceRatio,
        comparisonCount: 1,
        enoughCount: payload.enoughCount,
        categories: null,
        cohorts: [],
        statistic: 'psi',
        value: drifted,
        warnLimit: 0.1,
        failLimit: 0.25,
        falseAlarmRatio: 0.001,
        referenceId: 'ref_1',
        referenceDigest: histogramDigest({
          boundaries: [0.25, 0.5, 0.75],
          bins: [100, 200, 300, 1400],
        }),
        referenceCount: 2000,
        currentCount: 400,
        minimumCount: 200,
        boundaries: [0.25, 0.5, 0.75],
        referenceBins: [100, 200, 300, 1400],
        currentBins: [160, 120, 80, 40],
        status: 'fail',
        reason: 'drifted',
      });
      expect(reports[1].expiresAtMs).toBe(startMs + 17 * minuteMs);
    },
  );

  it.each(each)(
    'without a reference know nothing and record nothing, %p',
    async id => {
      const test = await open(id);
      steady(test, -2, 0);
      await test.evaluateAt(startMs);
      const [monitor] = await test.room.answers.monitors(subject, 0);
      expect([
        monitor.verdict.status,
        monitor.verdict.reason,
        monitor.referenceId,
        monitor.value,
      ]).toEqual(['inconclusive', 'no-data', null, null]);
      expect(monitor.currentBins).toEqual([20, 40, 60, 280]);
      expect(await test.ledgerAnswers.head()).toBe(undefined);
    },
  );

  it.each(each)(
    'say no data, too little, other bins and stale for what they are, %p',
    async id => {
      const test = await open(id);
      steady(test, -10, 0);
      await test.approve();
      await test.evaluateAt(startMs + 5 * minuteMs);
      expect(await said(test)).toEqual(['0 inconclusive: no-data']);
      test.report(startMs + 5 * minuteMs, [50, 50, 50, 49]);
      await test.evaluateAt(startMs + 6 * minuteMs);
      expect(await said(test)).toEqual([
        '199 inconclusive: insufficient-sample',
      ]);
      test.report(startMs + 8 * minuteMs, [100, 100, 100], [0.4, 0.6]);
      await test.evaluateAt(startMs + 9 * minuteMs);
      expect(await said(test)).toEqual(['300 inconclusive: source-error']);
      const expiryMs = startMs + 90 * dayMs;
      test.report(expiryMs - minuteMs, [10, 20, 30, 140]);
      await test.evaluateAt(expiryMs);
      expect(await said(test)).toEqual(['200 inconclusive: stale']);
      await test.approve({ fromMs: expiryMs - minuteMs, toMs: expiryMs });
      await test.evaluateAt(expiryMs);
      expect(await said(test)).toEqual(['200 pass: within-limit']);
    },
  );

  it.each(each)(
    'record on a change and otherwise renew every five minutes, and keep one point a minute, %p',
    async id => {
      const test = await open(id);
      steady(test, -10, 10);
      await test.approve();
      for (let second = 0; second <= 320; second += 20) {
        await test.evaluateAt(startMs + second * 1000);
      }
      const reports = await test.ledgerAnswers.list({
        subject,
        type: reportType,
        limit: 10,
      });
      expect(reports.map(r => r.timeMs - startMs)).toEqual([300_000, 0]);
      const [{ history }] = await test.room.answers.monitors(subject, 0);
      expect(history.map(point => (point.atMs - startMs) / minuteMs)).toEqual([
        0, 1, 2, 3, 4, 5,
      ]);
      const [later] = await test.room.answers.monitors(
        subject,
        startMs + 4 * minuteMs,
      );
      expect(later.history.length).toBe(2);
    },
  );

  it.each(each)(
    'watch what reported within a day or has a reference, and forget the rest, %p',
    async id => {
      const test = await open(id);
      await test.evaluateAt(startMs);
      expect(await said(test)).toEqual([]);
      test.report(startMs, [10, 20, 30, 140]);
      // First seen hours after its last report, as after a restart.
      await test.evaluateAt(startMs + 23 * 60 * minuteMs);
      expect(await said(test)).toEqual(['0 inconclusive: no-data']);
      await test.evaluateAt(startMs + dayMs + minuteMs);
      expect(await said(test)).toEqual([]);
      expect(await test.db.knex('drift_result').select('at_ms')).toEqual([]);

      await test.approve({ fromMs: startMs, toMs: startMs + minuteMs });
      await test.evaluateAt(startMs + 20 * dayMs);
      expect(await said(test)).toEqual(['0 inconclusive: no-data']);
      test.records.length = 0;
      await test.evaluateAt(startMs + 20 * dayMs + minuteMs);
      expect(await said(test)).toEqual([]);
    },
  );

  it.each(each)('keep seven days of history, %p', async id => {
    const test = await open(id);
    steady(test, -10, 0);
    await test.approve();
    await test.evaluateAt(startMs);
    await test.evaluateAt(startMs + 7 * dayMs);
    await test.evaluateAt(startMs + 7 * dayMs + 10 * minuteMs);
    const [{ history }] = await test.room.answers.monitors(subject, 0);
    expect(history.map(point => point.atMs - startMs)).toEqual([
      7 * dayMs,
      7 * dayMs + 10 * minuteMs,
    ]);
  });

  it.each(each)(
    'are neither stored nor announced when their evidence cannot be appended, %p',
    async id => {
      const test = await open(id);
      steady(test, -10, 0);
      await test.approve();
      await test.outbox.relay(async () => {});
      await test.db.knex.schema.renameTable('ledger_head', 'gone');
      await test.evaluateAt(startMs);
      expect(await said(test)).toEqual([]);
      expect(await test.db.knex('drift_result').select('at_ms')).toEqual([]);
      expect(await test.db.knex('outbox').select('topic')).toEqual([]);
      expect(test.logger.error.mock.calls.map(([message]) => message)).toEqual([
        `Drift of ${feature} of ${subject} could not be judged`,
      ]);
    },
  );
});

describe('the settings of drift', () => {
  const read = (drift: object) =>
    readDriftSettings(new ConfigReader({ aiAssurance: { drift } }));

  it('have defaults', () => {
    expect(readDriftSettings(new ConfigReader({}))).toEqual({
      currentWindowMs: 15 * minuteMs,
      minimumCount: 200,
      falseAlarmRatio: 0.001,
      referenceLifetimeMs: 90 * dayMs,
      evaluateEverySeconds: 60,
    });
  });

  it.each([
    [
      { currentWindow: { seconds: 90 } },
      'aiAssurance.drift.currentWindow: must be one or more whole minutes',
    ],
    [
      { minimumCount: 0 },
      'aiAssurance.drift.minimumCount: must be a whole number of at least 1',
    ],
    [
      { falseAlarmRatio: 0 },
      'aiAssurance.drift.falseAlarmRatio: must be above 0 and at most 0.1',
    ],
  ])('refuse %j', (drift, why) => {
    expect(() => read(drift)).toThrow(why);
  });
});
