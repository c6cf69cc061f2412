import { mockCredentials } from '@backstage/backend-test-utils';
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
} from './__testUtils__/openTestDrift';
import { histogramDigest } from './core/histogramDigest';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(60_000);

const referenceType = 'io.ai-assurance.reference-window.v2';
const digest =
  'sha256:b9106526ead0a52b3d5e5df9ea31f6c92e49e5d8a0d5fbc02f56e1c899adfe6a';

describe('references', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) => {
    const test = await openTestDrift(await databases.init(id));
    return { ...test, ...serve(test) };
  };

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
        version: 1,
        origin: 'time-range',
        originUrl: null,
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
          collector: { id: 'ai-assurance.drift', version: '2' },
          collectedAt: '2026-11-22T13:00:00.000Z',
          expiresAt: '2027-02-20T13:00:00.000Z',
        },
        payload: {
          referenceId: 'ref_1',
          referenceNumber: 1,
          feature,
          origin: 'time-range',
          originUrl: null,
          boundaries: [0.25, 0.5, 0.75],
          categories: null,
          bins: [90, 180, 270, 1260],
          totalCount: 1800,
          cohorts: [],
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
      'one-minute windows with others than the newest: 1',
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
      const { status, body } = await test.approve(change);
      expect([status, body.error.name, body.error.code]).toEqual([
        400,
        'InputError',
        code,
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
