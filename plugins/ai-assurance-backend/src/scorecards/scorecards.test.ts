import { createTestDatabases } from '@ai-assurance/test-kit';
import { createScorecards } from './createScorecards';
import {
  cloudModel,
  dayMs,
  digestA,
  digestB,
  edgeModel,
  flagship,
  House,
  minuteMs,
  openHouse,
  recordVersion,
  service,
  startMs,
} from '../tests/__testUtils__/house';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const ids = databases.eachSupportedId();

async function open(
  id: (typeof ids)[number][0],
  options: Parameters<typeof openHouse>[1] = {},
) {
  const house = await openHouse(await databases.init(id), options);
  return { house, scorecards: createScorecards(house) };
}

async function recordSlo(
  house: House,
  status: 'pass' | 'fail',
  sloName = 'latency',
) {
  const nowMs = house.clock.nowMs();
  return house.record(
    'io.ai-assurance.slo-status.v1',
    service,
    {
      ...{
        sloName,
        objectiveName: 'p95',
        objectiveRatio: 0.95,
        budgetingMethod: 'Occurrences',
      },
      ...{
        goodCount: 970,
        totalCount: 1000,
        attainmentRatio: 0.97,
        budgetRemainingRatio: 0.4,
        burnRates: [],
      },
      ...{ status, reason: status === 'pass' ? 'within-budget' : 'page-burn' },
    },
    {
      sampleCount: 1000,
      expiresAt: new Date(nowMs + 15 * minuteMs).toISOString(),
    },
  );
}

async function recordDrift(house: House, subject: string) {
  return house.record('io.ai-assurance.drift-report.v2', subject, {
    source: 'telemetry',
    comparisonCount: 1,
    chanceRatio: 0.5,
    adjustedChanceRatio: 0.5,
    statistics: [],
    enoughCount: 90,
    categories: null,
    cohorts: [],
    ...{
      feature: 'output.confidence',
      statistic: 'psi',
      value: 0.02,
      warnLimit: 0.1,
      failLimit: 0.25,
    },
    ...{
      falseAlarmRatio: 0.001,
      referenceId: 'ref_1',
      referenceDigest: digestA,
      referenceCount: 900,
    },
    ...{
      currentCount: 800,
      minimumCount: 200,
      boundaries: [0.5],
      referenceBins: [400, 500],
      currentBins: [390, 410],
    },
    ...{ status: 'pass', reason: 'within-limit' },
  });
}

const statuses = (
  score:
    | {
        checks: {
          checkId: string;
          verdict: { status: string; reason: string };
        }[];
      }
    | undefined,
) =>
  Object.fromEntries(
    (score?.checks ?? []).map(({ checkId, verdict }) => [
      checkId,
      `${verdict.status} ${verdict.reason}`,
    ]),
  );

describe('scorecards', () => {
  it.each(ids)(
    'without evidence every applicable check is inconclusive, and nothing is held, %p',
    async id => {
      const { house, scorecards } = await open(id);
      expect(await scorecards.answers.score(service)).toBeUndefined();

      await scorecards.judge();

      const score = await scorecards.answers.score(service);
      expect(statuses(score)).toEqual({
        'evaluated-on-pinned-data': 'not-applicable out-of-scope',
        'latency-objective-met': 'inconclusive no-data',
        'outputs-not-drifted': 'inconclusive no-data',
        'rollout-healthy': 'not-applicable out-of-scope',
        'release-approved': 'not-applicable out-of-scope',
      });
      expect(score?.rollUp).toEqual({
        status: 'inconclusive',
        measuredCount: 0,
        inScopeCount: 2,
        unknownCount: 2,
      });
      expect(score?.level).toBeNull();
      const cohort = await scorecards.answers.score(flagship);
      expect(cohort?.rollUp).toEqual({
        status: 'not-applicable',
        measuredCount: 0,
        inScopeCount: 0,
        unknownCount: 0,
      });
      expect(cohort?.level).toBeNull();
      expect(await house.recorded(service)).toEqual(['scorecard-verdict']);
    },
  );

  it.each(ids)(
    'a service that meets its objectives and has not drifted holds its levels, with value beside limit, %p',
    async id => {
      const { house, scorecards } = await open(id);
      const evidenceId = await recordSlo(house, 'pass');
      await recordDrift(house, service);

      await scorecards.judge([service]);

      const score = await scorecards.answers.score(service);
      expect(score?.level).toBe('gold');
      expect(score?.rollUp).toEqual({
        status: 'pass',
        measuredCount: 2,
        inScopeCount: 2,
        unknownCount: 0,
      });
      expect(score?.checks[1]).toEqual({
        checkId: 'latency-objective-met',
        question:
          'Are all latency objectives met, with budget left and no alert firing?',
        level: 'silver',
        fixHint: score?.checks[1].fixHint,
        judgedAtMs: startMs,
        sinceMs: startMs,
        verdict: {
          status: 'pass',
          reason: 'within-budget',
          facts: {
            evidenceId,
            sampleCount: 1000,
            value: 0.97,
            bound: 0.95,
            comparator: 'at-least',
            unit: 'ratio',
          },
        },
      });
      expect(await scorecards.answers.score(cloudModel)).toBeUndefined();
    },
  );

  it.each(ids)(
    'a level falls by itself when the evidence ages, and the change is evidence, %p',
    async id => {
      const { house, scorecards } = await open(id);
      await recordSlo(house, 'pass');
      await recordDrift(house, service);
      await scorecards.judge([service]);
      house.clock.advance(15 * minuteMs);

      await scorecards.judge([service]);

      const score = await scorecards.answers.score(service);
      expect(statuses(score)['latency-objective-met']).toBe(
        'inconclusive stale',
      );
      expect(score?.level).toBeNull();
      const [newest] = await house.ledgerAnswers.list({
        subject: service,
        limit: 1,
      });
      expect(newest.item.data.payload).toEqual({
        scorecardId: 'production-readiness',
        scorecardDigest: (await scorecards.answers.boards({ limit: 100 }))[0]
          .digest,
        level: null,
        status: 'inconclusive',
        measuredCount: 0,
        inScopeCount: 2,
        unknownCount: 2,
        checks: [
          {
            question: 'evaluated-on-pinned-data',
            level: 'bronze',
            status: 'not-applicable',
            reason: 'out-of-scope',
            evidenceId: null,
          },
          {
            question: 'latency-objective-met',
            level: 'silver',
            status: 'inconclusive',
            reason: 'stale',
            evidenceId: '0',
          },
          {
            question: 'outputs-not-drifted',
            level: 'silver',
            status: 'inconclusive',
            reason: 'stale',
            evidenceId: '1',
          },
          {
            question: 'rollout-healthy',
            level: 'gold',
            status: 'not-applicable',
            reason: 'out-of-scope',
            evidenceId: null,
          },
          {
            question: 'release-approved',
            level: 'gold',
            status: 'not-applicable',
            reason: 'out-of-scope',
            evidenceId: null,
          },
        ],
      });
      expect(await house.queued()).toEqual([
        'scorecard.verdict',
        'scorecard.verdict',
      ]);
      expect(
        await house
          .knex('scorecard_history')
          .where({ subject: service })
          .orderBy('seq')
          .pluck('level'),
      ).toEqual(['gold', null]);
    },
  );

  it.each(ids)(
    'an unchanged verdict is recorded once a day, not at every judgement, %p',
    async id => {
      const { house, scorecards } = await open(id);
      await scorecards.judge([service]);
      house.clock.advance(dayMs - 1);
      await scorecards.judge([service]);
      expect(await house.recorded(service)).toEqual(['scorecard-verdict']);

      house.clock.advance(1);
      await scorecards.judge([service]);

      expect(await house.recorded(service)).toEqual([
        'scorecard-verdict',
        'scorecard-verdict',
      ]);
      const score = await scorecards.answers.score(service);
      expect(score?.judgedAtMs).toBe(startMs + dayMs);
      expect(score?.checks[1].sinceMs).toBe(startMs);
    },
  );

  it.each(ids)('of two objectives the worse one counts, %p', async id => {
    const { house, scorecards } = await open(id);
    await recordSlo(house, 'fail', 'latency-strict');
    await recordSlo(house, 'pass', 'latency');
    await scorecards.judge([service]);
    expect(
      statuses(await scorecards.answers.score(service))[
        'latency-objective-met'
      ],
    ).toBe('fail page-burn');
  });

  it.each(ids)(
    'a model is asked about every version in use, not about the newest only, %p',
    async id => {
      const { house, scorecards } = await open(id);
      await recordVersion(house, edgeModel, '1', digestA, 0.84);
      await recordVersion(house, edgeModel, '2', digestB, 0.9);
      await scorecards.judge([edgeModel]);
      expect(
        statuses(await scorecards.answers.score(edgeModel))[
          'evaluated-on-pinned-data'
        ],
      ).toBe('pass within-bound');

      await house.record('io.ai-assurance.rollout-observation.v1', edgeModel, {
        unit: 'sessions',
        cohorts: [
          {
            cohort: flagship,
            totalCount: 100,
            versions: [digestA, digestB].map((digest, index) => ({
              ...{
                version: String(index + 1),
                digest,
                sessionCount: 50,
                crashedCount: 0,
              },
              ...{ loadAttemptCount: 50, loadFailureCount: 0 },
            })),
          },
        ],
        status: 'pass',
        reason: 'healthy',
      });
      house.clock.advance(1);
      await scorecards.judge([edgeModel]);

      const score = await scorecards.answers.score(edgeModel);
      expect(score?.checks[0].verdict.status).toBe('fail');
      expect(score?.checks[0].verdict.facts.value).toBe(0.84);
      expect(statuses(score)['rollout-healthy']).toBe('pass healthy');
      expect(statuses(score)['release-approved']).toBe('inconclusive no-data');
    },
  );

  it.each(ids)(
    'two replicas that judge at once leave one verdict and one item of evidence, %p',
    async id => {
      const { house, scorecards } = await open(id);
      const later = createScorecards({
        ...house,
        clock: { nowMs: () => house.clock.nowMs() + 1 },
      });
      await Promise.all([scorecards.judge(), later.judge()]);
      expect(await house.recorded(service)).toEqual(['scorecard-verdict']);

      house.clock.advance(minuteMs);
      await recordSlo(house, 'fail');
      await Promise.all([scorecards.judge(), later.judge()]);
      expect(await house.recorded(service)).toEqual([
        'scorecard-verdict',
        'slo-status',
        'scorecard-verdict',
      ]);
      expect((await house.fsck()).ok).toBe(true);
    },
  );

  it.each(ids)(
    'a ledger that refuses the evidence refuses the verdict too, %p',
    async id => {
      const { house } = await open(id);
      const ledger = {
        append: async () => Promise.reject(new Error('disk full')),
      };
      const scorecards = createScorecards({ ...house, ledger });
      await expect(scorecards.judge()).rejects.toThrow('disk full');
      expect(await scorecards.answers.score(service)).toBeUndefined();
      expect(await house.queued()).toEqual([]);
    },
  );

  it.each(ids)(
    'history keeps the newest 200 changes of a subject, %p',
    async id => {
      const { house, scorecards } = await open(id);
      const score = {
        ...{
          scorecard_id: 'production-readiness',
          subject: service,
          scorecard_digest: 'x',
          level: null,
        },
        ...{ status: 'pass', checks: '[]' },
      };
      for (let batch = 0; batch < 5; batch++) {
        await house.knex('scorecard_history').insert(
          Array.from({ length: 50 }, (_, i) => ({
            ...score,
            judged_at_ms: batch * 50 + i,
          })),
        );
      }
      await scorecards.judge([service]);
      const [{ count }] = await house
        .knex('scorecard_history')
        .where({ subject: service })
        .count({ count: '*' });
      expect(Number(count)).toBe(200);
    },
  );

  it.each(ids)(
    'what left the catalog leaves the board at once, and the tables after a month, %p',
    async id => {
      const { house, scorecards } = await open(id);
      await scorecards.judge();
      const left = createScorecards({
        ...house,
        subjects: {
          ...house.subjects,
          list: async () => [],
          get: async () => undefined,
        },
      });
      expect((await left.answers.boards({ limit: 100 }))[0].rows).toEqual([]);

      house.clock.advance(31 * dayMs);
      await left.tasks[1].run();

      expect(
        await house
          .knex('scorecard_verdict')
          .count({ count: '*' })
          .then(([row]) => Number(row.count)),
      ).toBe(0);
      expect(
        await house
          .knex('scorecard_history')
          .count({ count: '*' })
          .then(([row]) => Number(row.count)),
      ).toBe(0);
    },
  );

  it('an edge model without an objective is not asked about latency', async () => {
    const { scorecards } = await open('SQLITE_3');
    await scorecards.judge();
    expect(
      statuses(await scorecards.answers.score(edgeModel))[
        'latency-objective-met'
      ],
    ).toBe('not-applicable out-of-scope');
  });
});
