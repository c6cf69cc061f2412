import express from 'express';
import Router from 'express-promise-router';
import request from 'supertest';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { ConfigReader } from '@backstage/config';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { createAccess, createBinder } from '../platform';
import {
  feature,
  minuteMs,
  openTestDrift,
  startMs,
  subject,
} from './__testUtils__/openTestDrift';
import { histogramDigest } from './ReferenceService';
import { readDriftSettings } from './settings';

const dayMs = 24 * 60 * minuteMs;
const reportType = 'io.ai-assurance.drift-report.v1';
const referenceType = 'io.ai-assurance.reference-window.v1';
const digest =
  'sha256:b9106526ead0a52b3d5e5df9ea31f6c92e49e5d8a0d5fbc02f56e1c899adfe6a';

type Test = Awaited<ReturnType<typeof openTestDrift>>;

/** Ada reads and approves, Mira only reads, Sam may do nothing; machines hold every permission. */
function serve(test: Test) {
  const rights: Record<string, string[]> = {
    'user:default/ada': [
      'ai-assurance.assurance.read',
      'ai-assurance.reference.approve',
    ],
    'user:default/mira': ['ai-assurance.assurance.read'],
  };
  const permissions = mockServices.permissions.mock({
    authorize: async (queries, options) =>
      queries.map(({ permission }) => {
        const { principal } = (options as any).credentials;
        const isAllowed =
          principal.type === 'service' ||
          rights[principal.userEntityRef]?.includes(permission.name);
        return {
          result: isAllowed ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
        };
      }),
  });
  const router = Router();
  test.room.registerRoutes(
    createBinder(router, mockServices.httpAuth({ pluginId: 'ai-assurance' })),
    createAccess(permissions),
  );
  const app = express().use(router).use(mockErrorHandler());
  const as = (name: string) =>
    mockCredentials.user.header(`user:default/${name}`);
  const body = (change: object = {}) => ({
    subject,
    feature,
    fromMs: startMs - 10 * minuteMs,
    toMs: startMs,
    reason: 'Two quiet days after the release',
    ...change,
  });
  return {
    as,
    approve: (change: object = {}, authorization = as('ada')) =>
      request(app)
        .post('/references')
        .set('authorization', authorization)
        .send(body(change)),
    list: (authorization = as('mira'), of = subject) =>
      request(app)
        .get('/references')
        .query({ subject: of })
        .set('authorization', authorization),
  };
}

describe('drift', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) => {
    const test = await openTestDrift(await databases.init(id));
    return { ...test, ...serve(test) };
  };
  const steady = (test: Test, from: number, to: number) => {
    for (let i = from; i < to; i += 1) {
      test.report(startMs + i * minuteMs, [10, 20, 30, 140]);
    }
  };
  const said = async ({ room }: Test) =>
    (await room.answers.monitors(subject, 0)).map(
      m => `${m.currentCount} ${m.verdict.status}: ${m.verdict.reason}`,
    );

  describe('references', () => {
    it.each(each)(
      'are approved over a past range, stored, listed and recorded, %p',
      async id => {
        const test = await open(id);
        steady(test, -10, 0);
        const answer = await test.approve({
          fromMs: startMs - 10 * minuteMs - 1,
          toMs: startMs - 1,
        });
        const reference = {
          referenceId: 'ref_1',
          subject,
          feature,
          // Shrunk to the whole minutes in the range.
          fromMs: startMs - 10 * minuteMs,
          toMs: startMs - minuteMs,
          totalCount: 1800,
          histogramDigest: histogramDigest({
            boundaries: [0.25, 0.5, 0.75],
            bins: [90, 180, 270, 1260],
          }),
          approvedBy: 'user:default/ada',
          approvedAtMs: startMs,
          expiresAtMs: startMs + 90 * dayMs,
        };
        expect([answer.status, answer.body]).toEqual([201, reference]);
        expect((await test.list()).body).toEqual({ references: [reference] });

        const evidence = (await test.ledgerAnswers.latest(
          subject,
          referenceType,
        ))!;
        expect(evidence.item.data).toEqual({
          envelope: {
            sourceSystem: 'ai-assurance.drift',
            asked: 'histogram of ai_assurance.output.confidence',
            windowStart: '2026-11-22T12:50:00.000Z',
            windowEnd: '2026-11-22T12:59:00.000Z',
            sampleCount: 1800,
            collector: { id: 'ai-assurance.drift', version: '1' },
            collectedAt: '2026-11-22T13:00:00.000Z',
            expiresAt: '2027-02-20T13:00:00.000Z',
          },
          payload: {
            referenceId: 'ref_1',
            feature,
            boundaries: [0.25, 0.5, 0.75],
            bins: [90, 180, 270, 1260],
            totalCount: 1800,
            histogramDigest: reference.histogramDigest,
            approvedBy: 'user:default/ada',
            reason: 'Two quiet days after the release',
          },
        });
        const told: unknown[] = [];
        await test.outbox.relay(async messages => void told.push(...messages));
        expect(told).toEqual([
          { topic: 'drift.reference-approved', subjects: [subject] },
        ]);
      },
    );

    it('have a digest that anyone can recompute', () => {
      // printf '{"bins":[1,2],"boundaries":[0.5]}' | sha256sum
      expect(histogramDigest({ boundaries: [0.5], bins: [1, 2] })).toBe(digest);
    });

    it('are listed newest first', async () => {
      const test = await open('SQLITE_3');
      steady(test, -10, 0);
      await test.approve();
      await test.approve();
      test.clock.advance(1);
      await test.approve();
      expect(
        (await test.list()).body.references.map((r: any) => r.referenceId),
      ).toEqual(['ref_3', 'ref_2', 'ref_1']);
    });

    it.each([
      [{ toMs: startMs + 1 }, 'BAD_RANGE', 'lies in the future'],
      [
        { fromMs: startMs - minuteMs + 1 },
        'BAD_RANGE',
        'the range holds no whole minute',
      ],
      [{ fromMs: startMs }, 'BAD_RANGE', 'the range holds no whole minute'],
      [
        { fromMs: startMs - 7 * dayMs - minuteMs },
        'BAD_RANGE',
        'the range is longer than 7 days',
      ],
      [
        { feature: 'input.brightness' },
        'UNKNOWN_FEATURE',
        'input.brightness is not watched; choose one of output.confidence',
      ],
      [
        { toMs: startMs - 11 * minuteMs, fromMs: startMs - 20 * minuteMs },
        'INSUFFICIENT_SAMPLE',
        'reported 0 outputs',
      ],
      [
        { fromMs: startMs - 30 * minuteMs, toMs: startMs - 20 * minuteMs },
        'INSUFFICIENT_SAMPLE',
        'reported 199 outputs (ai_assurance.output.confidence) in the range; a reference needs at least 200',
      ],
      [
        { fromMs: startMs - 30 * minuteMs },
        'MIXED_BINS',
        '199 outputs lie in others',
      ],
      [{ reason: ' ' }, 'INVALID_INPUT', 'body.reason'],
      [{ colour: 'green' }, 'INVALID_INPUT', 'colour'],
      [{ fromMs: 'yesterday' }, 'INVALID_INPUT', 'body.fromMs'],
    ])(
      'with %j are refused as %s, and nothing is stored',
      async (change, code, why) => {
        const test = await open('SQLITE_3');
        test.report(startMs - 25 * minuteMs, [199, 0, 0], [0.4, 0.6]);
        steady(test, -10, 0);
        // The handler of these tests leaves the code out; the class and the message tell.
        const { status, body } = await test.approve(change);
        expect([code, status, body.error.name]).toEqual([
          code,
          400,
          'InputError',
        ]);
        expect(body.error.message).toContain(why);
        expect((await test.list()).body).toEqual({ references: [] });
        expect(await test.ledgerAnswers.head()).toBe(undefined);
      },
    );

    it('are refused for an unknown subject, without the permission, for a machine, and without credentials', async () => {
      const test = await open('SQLITE_3');
      steady(test, -10, 0);
      expect(
        (await test.approve({ subject: 'resource:default/nobody' })).status,
      ).toBe(404);
      expect((await test.approve({}, test.as('mira'))).status).toBe(403);
      expect((await test.approve({}, test.as('sam'))).status).toBe(403);
      const machine = await test.approve({}, mockCredentials.service.header());
      expect([machine.status, machine.body.error.message]).toEqual([
        403,
        'A reference is approved by a person, who answers for it; a machine cannot.',
      ]);
      const none = mockCredentials.none.header();
      expect((await test.approve({}, none)).status).toBe(401);
      expect((await test.list(none)).status).toBe(401);
      expect((await test.list(test.as('sam'))).status).toBe(403);
      expect((await test.list(test.as('mira'), 'not a ref')).status).toBe(400);
      expect((await test.list()).body).toEqual({ references: [] });
    });

    it.each(each)(
      'are not stored when their evidence cannot be appended, %p',
      async id => {
        const test = await open(id);
        steady(test, -10, 0);
        await test.db.knex.schema.renameTable('ledger_head', 'gone');
        expect((await test.approve()).status).toBe(500);
        expect((await test.list()).body).toEqual({ references: [] });
        expect(await test.db.knex('outbox').select('topic')).toEqual([]);
      },
    );
  });

  describe('monitors', () => {
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
        expect(monitor).toEqual({
          feature,
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
              unit: 'psi',
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
        expect(reports[1].item.data.payload).toEqual({
          feature,
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
        expect(history.map(point => (point.atMs - startMs) / minuteMs)).toEqual(
          [0, 1, 2, 3, 4, 5],
        );
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
      await test.evaluateAt(startMs + 7 * dayMs + minuteMs);
      const [{ history }] = await test.room.answers.monitors(subject, 0);
      expect(history.map(point => point.atMs - startMs)).toEqual([
        7 * dayMs,
        7 * dayMs + minuteMs,
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
        expect(
          test.logger.error.mock.calls.map(([message]) => message),
        ).toEqual([`Drift of ${feature} of ${subject} could not be judged`]);
      },
    );
  });
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
