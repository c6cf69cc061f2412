import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  minuteMs,
  openTestSlo,
  sloDocument,
  startMs,
  subject,
} from './__testUtils__/openTestSlo';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(60_000);

const type = 'io.ai-assurance.slo-status.v1';
const dayMs = 24 * 60 * minuteMs;

describe('objectives', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) =>
    openTestSlo(await databases.init(id));
  const said = async ({ room }: Awaited<ReturnType<typeof open>>) =>
    (await room.answers.objectives(subject)).map(
      o =>
        `${o.goodCount}/${o.totalCount} ${o.verdict.status}: ${o.verdict.reason}`,
    );

  it.each(each)(
    'are judged over telemetry and recorded with their facts, %p',
    async id => {
      const test = await open(id);
      for (let i = 1; i <= 10; i += 1) {
        test.count(startMs - i * minuteMs, 98, 2);
      }
      await test.evaluateAt(startMs + 30_000);

      const [objective] = await test.room.answers.objectives(subject);
      expect(objective).toEqual({
        sloName: 'latency',
        objectiveName: 'fast',
        description:
          'Fast: at least 95 % of requests succeed within 150 ms, over 1 day',
        objectiveRatio: 0.95,
        thresholdMs: 150,
        windowMs: 86_400_000,
        goodCount: 980,
        totalCount: 1000,
        attainmentRatio: 0.98,
        budgetRemainingRatio: 1 - 20 / ((1 - 0.95) * 1000),
        burnRates: [
          [12, 1, 6, 'page'],
          [48, 4, 3, 'ticket'],
          [144, 12, 1, 'ticket'],
        ].map(([long, short, factor, severity]) => ({
          severity,
          longWindowMs: Number(long) * minuteMs,
          shortWindowMs: Number(short) * minuteMs,
          factor,
          longBurn: 0.02 / (1 - 0.95),
          shortBurn: 0.02 / (1 - 0.95),
          firing: false,
        })),
        verdict: {
          status: 'pass',
          reason: 'within-budget',
          facts: {
            value: 0.98,
            bound: 0.95,
            comparator: 'at-least',
            unit: 'ratio',
            sampleCount: 1000,
            windowStartMs: startMs - 86_400_000,
            windowEndMs: startMs,
            evidenceId: '0',
          },
        },
        evaluatedAtMs: startMs + 30_000,
        budgetingMethod: 'Occurrences',
        windowKind: 'rolling',
        windowStartMs: startMs - 86_400_000,
        windowEndMs: startMs,
        correctedGoodCount: 980,
        correctedTotalCount: 1000,
        correctedBudgetRemainingRatio: 1 - 20 / ((1 - 0.95) * 1000),
        correctionCount: 0,
        intervalLow: 0.9693099947702822,
        intervalHigh: 0.987016317083585,
        burnNow: 0.02 / (1 - 0.95),
        exhaustsInMs: null,
        alerts: [],
        segments: [
          {
            version: '1.0.0',
            cohort: null,
            environment: null,
            goodCount: 980,
            totalCount: 1000,
            attainmentRatio: 0.98,
            intervalLow: 0.9693099947702822,
            intervalHigh: 0.987016317083585,
            budgetRemainingRatio: 1 - 20 / ((1 - 0.95) * 1000),
            burn: 0.02 / (1 - 0.95),
          },
        ],
        sources: [
          {
            sourceId: 'telemetry',
            title: 'Telemetry',
            failingSinceMs: null,
            problem: null,
          },
        ],
        budgetPolicy: {
          policyId: 'default',
          title: 'No further rollout without budget',
          blocks: ['rollout-promotion'],
          isInForce: false,
        },
      });

      const evidence = (await test.ledgerAnswers.latest(subject, type))!;
      expect(evidence.evidenceId).toBe('0');
      expect(evidence.status).toBe('pass');
      expect(evidence.expiresAtMs).toBe(startMs + 30_000 + 15 * minuteMs);
      expect(evidence.item.id).toBe(
        `slo-status:${subject}:latency:fast:${startMs + 30_000}`,
      );
      expect(evidence.item.data.envelope).toEqual({
        sourceSystem: 'ai-assurance.slo',
        asked:
          'share of http.server.request.duration that is successful within 150 ms, over 1 day',
        windowStart: '2026-11-21T13:00:00.000Z',
        windowEnd: '2026-11-22T13:00:00.000Z',
        sampleCount: 1000,
        collector: { id: 'ai-assurance.slo', version: '1' },
        collectedAt: '2026-11-22T13:00:30.000Z',
        expiresAt: '2026-11-22T13:15:30.000Z',
      });
      const told: unknown[] = [];
      await test.outbox.relay(async messages => void told.push(...messages));
      expect(told).toEqual([{ topic: 'slo.evaluated', subjects: [subject] }]);
    },
  );

  it.each(each)(
    'turn when requests get slow, and back when the slow ones leave the window, %p',
    async id => {
      const test = await open(id);
      const minutes = (from: number, to: number, slowCount: number) => {
        for (let i = from; i < to; i += 1) {
          test.count(startMs + i * minuteMs, 100 - slowCount, slowCount);
        }
      };
      minutes(0, 300, 0);
      await test.evaluateAt(startMs + 300 * minuteMs);
      expect(await said(test)).toEqual(['30000/30000 pass: within-budget']);
      // Half of all requests slow for 8 of 12 minutes: burn rate 6.7, above the factor of 6 that pages.
      minutes(300, 308, 50);
      await test.evaluateAt(startMs + 307 * minuteMs);
      expect(await said(test)).toEqual(['30350/30700 pass: within-budget']);
      await test.evaluateAt(startMs + 308 * minuteMs);
      expect(await said(test)).toEqual(['30400/30800 fail: burning-fast']);
      // One good minute: the short window no longer burns, and the alert ends.
      minutes(308, 320, 0);
      await test.evaluateAt(startMs + 309 * minuteMs);
      expect(await said(test)).toEqual(['30500/30900 pass: within-budget']);
      // 18 in 100 slow for most of 48 minutes: burn rate above 3, which makes a ticket.
      minutes(320, 365, 18);
      await test.evaluateAt(startMs + 365 * minuteMs);
      expect(await said(test)).toEqual(['35290/36500 warn: burning-slowly']);
      minutes(365, 640, 0);
      await test.evaluateAt(startMs + 640 * minuteMs);
      expect(await said(test)).toEqual(['62790/64000 pass: within-budget']);
    },
  );

  it.each(each)(
    'without telemetry are inconclusive, and with little too, %p',
    async id => {
      const test = await open(id);
      await test.evaluateAt(startMs);
      expect(await said(test)).toEqual(['0/0 inconclusive: no-data']);
      test.count(startMs, 29, 0);
      await test.evaluateAt(startMs + minuteMs);
      expect(await said(test)).toEqual([
        '29/29 inconclusive: insufficient-sample',
      ]);
      const [{ verdict }] = await test.room.answers.objectives(subject);
      expect(verdict.facts.sampleCountNeeded).toBe(30);
    },
  );

  it.each(each)(
    'become stale when the signal is lost, and are a source error while telemetry cannot be read, %p',
    async id => {
      const test = await open(id);
      test.count(startMs - minuteMs, 1000, 0);
      await test.evaluateAt(startMs);
      test.source.isBroken = true;
      await test.evaluateAt(startMs + minuteMs);
      expect(await said(test)).toEqual([
        '1000/1000 inconclusive: source-error',
      ]);
      test.source.isBroken = false;
      await test.evaluateAt(startMs + 14 * minuteMs);
      expect(await said(test)).toEqual(['1000/1000 pass: within-budget']);
      await test.evaluateAt(startMs + 15 * minuteMs);
      expect(await said(test)).toEqual(['1000/1000 inconclusive: stale']);
    },
  );

  it.each(each)(
    'are recorded on a change and otherwise renewed every five minutes, %p',
    async id => {
      const test = await open(id);
      const recorded = async () =>
        (await test.ledgerAnswers.list({ subject, type, limit: 50 })).map(e =>
          [e.timeMs - startMs, e.status].join(' '),
        );
      test.count(startMs - minuteMs, 1000, 0);
      for (let second = 0; second < 300; second += 30) {
        await test.evaluateAt(startMs + second * 1000);
      }
      expect(await recorded()).toEqual(['0 pass']);
      await test.evaluateAt(startMs + 300_000);
      expect(await recorded()).toEqual(['300000 pass', '0 pass']);
      test.count(startMs + 5 * minuteMs, 0, 500);
      await test.evaluateAt(startMs + 360_000);
      expect(await recorded()).toEqual([
        '360000 fail',
        '300000 pass',
        '0 pass',
      ]);
      const [{ verdict }] = await test.room.answers.objectives(subject);
      expect(verdict.facts.evidenceId).toBe('2');
    },
  );

  it.each(each)(
    'of more than a thousand are renewed a thousand at a time, %p',
    async id => {
      const test = await open(id);
      const objectives = Array.from(
        { length: 20 },
        (_, i) => `    - { displayName: Fast ${i}, target: 0.${900 + i} }`,
      ).join('\n');
      test.files['https://example.com/repo/objectives/latency.yaml'] =
        Array.from({ length: 30 }, (_, i) =>
          sloDocument(text =>
            text
              .replace('name: latency', `name: latency-${i}`)
              .replace(/ {4}- \{ displayName: Fast.*/, objectives),
          ),
        ).join('---\n');
      test.records.push({
        ...test.record,
        entityRef: 'component:default/other-api',
      });
      const recordedBy = async (minute: number) => {
        test.count(startMs + (minute - 1) * minuteMs, 1000, 0);
        await test.evaluateAt(startMs + minute * minuteMs);
        return (await test.ledgerAnswers.head())!.size;
      };
      expect(await recordedBy(0)).toBe(1_200);
      expect(await recordedBy(5)).toBe(2_200);
      expect(await recordedBy(6)).toBe(2_400);
    },
  );

  it.each(each)(
    'read the last minutes again each time, the last hour in every tenth and the last day once a day, so that late points count, %p',
    async id => {
      const test = await open(id);
      const hourMs = 60 * minuteMs;
      const readAt = async (nowMs: number) => {
        test.reads.length = 0;
        await test.evaluateAt(nowMs);
        return test.reads.map(read => [
          (nowMs - read.fromMs) / minuteMs,
          (nowMs - read.toMs) / minuteMs,
        ]);
      };
      expect(await readAt(startMs)).toEqual([
        [1440, 1080],
        [1080, 720],
        [720, 360],
        [360, 0],
      ]);
      test.count(startMs - 30 * minuteMs, 40, 0);
      const depths: number[] = [];
      for (let minute = 1; minute <= 10; minute += 1) {
        const [[depth], ...others] = await readAt(startMs + minute * minuteMs);
        expect(others).toEqual([]);
        depths.push(depth);
      }
      expect(depths.filter(depth => depth === 61)).toEqual([61]);
      expect(depths.filter(depth => depth === 6).length).toBe(9);
      expect(await said(test)).toEqual(['40/40 inconclusive: stale']);
      expect(await readAt(startMs + 24 * hourMs)).toEqual([
        [1440, 1080],
        [1080, 720],
        [720, 360],
        [360, 0],
      ]);
    },
  );

  it.each(each)(
    'over one metric with several thresholds and windows share one read, %p',
    async id => {
      const test = await open(id);
      const [url] = Object.keys(test.files);
      test.files[url] = `${sloDocument()}---\n${sloDocument(text =>
        text
          .replace('name: latency', 'name: latency-strict')
          .replace('thresholdMs: 150', 'thresholdMs: 100')
          .replace('duration: 1d', 'duration: 1h'),
      )}`;
      test.count(startMs - 2 * 60 * minuteMs, 60, 0);
      test.count(startMs - minuteMs, 60, 0);
      await test.evaluateAt(startMs);
      expect(test.reads.length).toBe(4);
      expect(await said(test)).toEqual([
        '120/120 pass: within-budget',
        '0/60 fail: budget-exhausted',
      ]);
    },
  );

  it.each(each)(
    'keep only the hours that a window still needs, and the sum of all before, %p',
    async id => {
      const test = await open(id);
      const hours = async () =>
        (
          await test.db
            .knex('slo_hour')
            .join('slo_series', 'slo_series.series_id', 'slo_hour.series_id')
            .where('slo_series.segment', '')
            .orderBy('slo_hour.start_ms')
            .select('slo_hour.start_ms', 'slo_hour.before_total')
        ).map(row => [
          (Number(row.start_ms) - startMs) / (60 * minuteMs),
          Number(row.before_total),
        ]);
      test.count(startMs - minuteMs, 60, 0);
      await test.evaluateAt(startMs);
      await test.evaluateAt(startMs + 23 * 60 * minuteMs);
      expect(await said(test)).toEqual(['60/60 inconclusive: stale']);
      test.count(startMs + 24 * 60 * minuteMs - minuteMs, 50, 0);
      await test.evaluateAt(startMs + 24 * 60 * minuteMs);
      expect(await said(test)).toEqual(['50/50 pass: within-budget']);
      expect(await hours()).toEqual([
        [-1, 0],
        [23, 60],
      ]);
      test.count(startMs + 72 * 60 * minuteMs - minuteMs, 40, 0);
      await test.evaluateAt(startMs + 72 * 60 * minuteMs);
      expect(await said(test)).toEqual(['40/40 pass: within-budget']);
      expect(await hours()).toEqual([
        [23, 60],
        [71, 110],
      ]);
    },
  );

  it.each(each)(
    'come from documents that are read at most once a minute, %p',
    async id => {
      const test = await open(id);
      const url = 'https://example.com/repo/objectives/latency.yaml';
      await test.evaluateAt(startMs);
      await test.evaluateAt(startMs + 59_999);
      expect(test.readUrls).toEqual([url]);
      test.files[url] = sloDocument(text => text.replace('0.95', '0.9'));
      await test.evaluateAt(startMs + minuteMs);
      expect(test.readUrls).toEqual([url, url]);
      const [objective] = await test.room.answers.objectives(subject);
      expect(objective.objectiveRatio).toBe(0.9);
    },
  );

  it.each(each)(
    'keep the last good documents while their source fails, and say so, %p',
    async id => {
      const test = await open(id);
      const url = 'https://example.com/repo/objectives/latency.yaml';
      await test.evaluateAt(startMs);
      expect(await test.room.answers.problems(subject)).toEqual([]);
      delete test.files[url];
      await test.evaluateAt(startMs + minuteMs);
      expect(await test.room.answers.problems(subject)).toEqual([
        `${url}: ${url}: 404 Not Found; the version read at 2026-11-22T13:00:00.000Z is still in use`,
      ]);
      expect((await test.room.answers.objectives(subject)).length).toBe(1);
      test.files[url] = sloDocument();
      await test.evaluateAt(startMs + 2 * minuteMs);
      expect(await test.room.answers.problems(subject)).toEqual([]);
    },
  );

  it.each(each)(
    'with a problem in their document show it, and the good documents go on, %p',
    async id => {
      const test = await open(id);
      const url = 'https://example.com/repo/objectives/latency.yaml';
      test.files[url] = `${sloDocument()}---\n${sloDocument(text =>
        text
          .replace('name: latency', 'name: other')
          .replace('Occurrences', 'Timeslices'),
      )}`;
      await test.evaluateAt(startMs);
      expect(await test.room.answers.problems(subject)).toEqual([
        'latency.yaml:45: spec.objectives[0]: needs timeSliceWindow with budgetingMethod Timeslices',
        'latency.yaml:45: spec.objectives[0]: needs timeSliceTarget with budgetingMethod Timeslices',
      ]);
      expect(
        (await test.room.answers.objectives(subject)).map(o => o.sloName),
      ).toEqual(['latency']);
    },
  );

  it.each(each)(
    'over more than telemetry kept are inconclusive and say so, until enough was counted, %p',
    async id => {
      const test = await open(id);
      const url = 'https://example.com/repo/objectives/latency.yaml';
      test.files[url] = sloDocument(text => text.replace('1d', '31d'));
      const judged = async (nowMs: number) => {
        test.count(nowMs - minuteMs, 1000, 0);
        await test.evaluateAt(nowMs);
        const [{ alerts, verdict }] = await test.room.answers.objectives(
          subject,
        );
        return [
          `${verdict.status}: ${verdict.reason}`,
          ...(alerts ?? []).map(alert => alert.cause),
        ];
      };
      const beyond = ['inconclusive: source-error', 'data-quality'];
      expect(await judged(startMs)).toEqual(beyond);
      expect(await judged(startMs + dayMs - minuteMs)).toEqual(beyond);
      expect(await judged(startMs + dayMs)).toEqual(['pass: within-budget']);
    },
  );

  it.each(each)(
    'go when their document, annotation or entity goes, %p',
    async id => {
      const test = await open(id);
      const url = 'https://example.com/repo/objectives/latency.yaml';
      await test.evaluateAt(startMs);
      test.files[url] = sloDocument(text =>
        text.replace('name: latency', 'name: renamed'),
      );
      await test.evaluateAt(startMs + minuteMs);
      expect(
        (await test.room.answers.objectives(subject)).map(o => o.sloName),
      ).toEqual(['renamed']);
      test.records.length = 0;
      await test.evaluateAt(startMs + 2 * minuteMs);
      expect(await test.room.answers.objectives(subject)).toEqual([]);
      for (const table of ['slo_document', 'slo_series', 'slo_progress']) {
        expect(await test.db.knex(table).select('subject')).toEqual([]);
      }
      // What was said stays in the ledger.
      expect(
        (await test.ledgerAnswers.list({ subject, type, limit: 50 })).length,
      ).toBe(2);
    },
  );

  it.each(each)(
    'are neither stored nor announced when their evidence cannot be appended, %p',
    async id => {
      const test = await open(id);
      test.count(startMs - minuteMs, 1000, 0);
      await test.db.knex.schema.renameTable('ledger_head', 'ledger_head_gone');
      await test.evaluateAt(startMs);
      expect(await test.room.answers.objectives(subject)).toEqual([]);
      expect(await test.db.knex('outbox').select('topic')).toEqual([]);
      expect(test.logger.error.mock.calls.map(([message]) => message)).toEqual([
        `Objectives of ${subject} could not be evaluated`,
      ]);
    },
  );
});
