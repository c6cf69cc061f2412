import { createTestDatabases, fixedClock } from '@ai-assurance/test-kit';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { NotificationSendOptions } from '@backstage/plugin-notifications-node';
import migration from '../../migrations/20261122003302_judge_cost_budgets';
import { SubjectRecord } from '../cohorts';
import { openTestLedger } from '../ledger/__testUtils__/openTestLedger';
import { createOutbox, instantOf } from '../platform';
import { createCosts } from './createCosts';

jest.setTimeout(60_000);
const databases = createTestDatabases();
const subject = 'component:default/digit-api';
const dayMs = 86_400_000;
const monthMs = Date.parse('2026-11-01T00:00:00Z');

const report = (day: number, euros: number) => ({
  type: 'io.ai-assurance.cost-report.v1' as const,
  source: '/opencost',
  id: `day-${day}`,
  subject,
  timeMs: monthMs + (day + 1) * dayMs,
  envelope: {
    sourceSystem: 'opencost',
    collector: { id: 'ai-assurance.push', version: '1' },
    collectedAt: instantOf(monthMs + (day + 1) * dayMs),
    windowStart: instantOf(monthMs + day * dayMs),
    windowEnd: instantOf(monthMs + (day + 1) * dayMs),
    sampleCount: 1000,
  },
  payload: {
    periodStart: instantOf(monthMs + day * dayMs),
    periodEnd: instantOf(monthMs + (day + 1) * dayMs),
    currency: 'EUR',
    totalCostMicros: euros * 1e6,
    idleCostMicros: null,
    inferenceCount: 1000,
    inputTokenCount: null,
    outputTokenCount: null,
    acceleratorAllocatedMs: null,
    acceleratorBusyMs: null,
    byResource: [],
    priceBasis: 'billed' as const,
  },
});

async function open(id: Parameters<typeof databases.init>[0]) {
  const { db, room } = await openTestLedger(await databases.init(id));
  const clock = fixedClock(monthMs + dayMs);
  const record: SubjectRecord = {
    entityRef: subject,
    kind: 'ai-service',
    title: 'Digits',
    ownerRef: 'group:default/vision-team',
    tier: 1,
    riskTier: undefined,
    annotations: { 'ai-assurance.io/cost-budget': '300 EUR/month' },
    location: undefined,
    spec: {},
    relations: {},
  };
  const records = [record];
  const sent: NotificationSendOptions[] = [];
  const deps = {
    db,
    clock,
    outbox: createOutbox(db, clock),
    ledger: room.ledger,
    logger: mockServices.logger.mock(),
    config: new ConfigReader({}),
    subjects: {
      list: async () => records,
      assign: async () => undefined,
      get: async () => records[0],
    },
    ledgerAnswers: room.answers,
    notifications: {
      send: async (options: NotificationSendOptions) => {
        sent.push(options);
      },
    },
  };
  const { tasks } = createCosts(deps);
  /** Reports of these days, then what the tasks do on the day after the last. */
  const told = async (...days: [number, number][]) => {
    await db.transaction(tx =>
      room.ledger.append(
        tx,
        days.map(([day, euros]) => report(day, euros)),
      ),
    );
    clock.set(monthMs + (days[days.length - 1][0] + 1) * dayMs);
    for (const task of tasks) await task.run();
  };
  const recorded = async () =>
    (
      await room.answers.list({
        subject,
        type: 'io.ai-assurance.cost-budget.v1',
        limit: 50,
      })
    )
      .map(({ item }) => item.data)
      .reverse();
  const statuses = async () =>
    (await recorded()).map(({ payload }) => [payload.status, payload.reason]);
  return {
    ...deps,
    tasks,
    sent,
    records,
    report: told,
    recorded,
    statuses,
    run: async () => {
      for (const task of tasks) await task.run();
    },
  };
}

describe.each(databases.eachSupportedId())('a cost budget, %p', id => {
  it('is evidence and told once at each turn: it burns, it is spent, it is well again', async () => {
    const test = await open(id);
    await test.report([0, 9]);
    expect(test.sent).toEqual([]);
    await test.report([1, 20]);
    // A repeat, and a report that turns nothing.
    await test.run();
    await test.report([2, 15]);
    await test.report([3, 300]);
    // December begins, and nothing is reported of it yet; then little is.
    test.clock.set(monthMs + 30 * dayMs + 1);
    await test.run();
    await test.report([30, 1]);
    expect(await test.statuses()).toEqual([
      ['pass', 'WITHIN_BUDGET'],
      ['warn', 'BUDGET_BURNS_FAST'],
      ['fail', 'BUDGET_SPENT'],
      ['inconclusive', 'no-data'],
      ['pass', 'WITHIN_BUDGET'],
    ]);
    expect(
      test.sent.map(({ payload }) => [payload.title, payload.description]),
    ).toEqual([
      [
        'Digits: the cost budget burns 1.45 times as fast as it may',
        '29 of 300 EUR are spent.',
      ],
      ['Digits: the cost budget is spent', '344 of 300 EUR are spent.'],
      [
        'Digits: costs are within their budget again',
        '1 of 300 EUR are spent.',
      ],
    ]);
    expect(test.sent[1]).toEqual({
      recipients: { type: 'entity', entityRef: ['group:default/vision-team'] },
      payload: {
        title: 'Digits: the cost budget is spent',
        description: '344 of 300 EUR are spent.',
        severity: 'high',
        topic: 'ai-assurance.costs',
        scope: `ai-assurance.costs.${subject}`,
        link: '/catalog/default/component/digit-api/assurance',
      },
    });
    const [, warned] = await test.recorded();
    expect(warned.envelope).toMatchObject({
      windowStart: '2026-11-01T00:00:00.000Z',
      windowEnd: '2026-11-03T00:00:00.000Z',
      sampleCount: 2,
    });
    expect(warned.payload).toEqual({
      currency: 'EUR',
      limitMicros: 300_000_000,
      spentMicros: 29_000_000,
      budgetStart: '2026-11-01T00:00:00.000Z',
      budgetEnd: '2026-12-01T00:00:00.000Z',
      budgetBurn: expect.closeTo(1.45, 12),
      coverageRatio: 1,
      declaredIn: 'annotation',
      status: 'warn',
      reason: 'BUDGET_BURNS_FAST',
    });
  });

  it('is judged once by two replicas, and forgotten when nobody declares it', async () => {
    const test = await open(id);
    await test.report([0, 9]);
    const other = createCosts({
      ...test,
      clock: { nowMs: () => test.clock.nowMs() + 1 },
    });
    test.records[0].annotations['ai-assurance.io/cost-budget'] =
      '100 EUR/month';
    await Promise.all([test.tasks[0].run(), other.tasks[0].run()]);
    expect(await test.statuses()).toEqual([
      ['pass', 'WITHIN_BUDGET'],
      ['warn', 'BUDGET_BURNS_FAST'],
    ]);
    test.records[0].annotations = {};
    await test.run();
    expect(await test.db.knex('cost_budget')).toEqual([]);
  });

  it('without an owner is said in the log, and told to nobody', async () => {
    const test = await open(id);
    test.records[0] = { ...test.records[0], ownerRef: undefined };
    await test.report([0, 400]);
    expect(test.sent).toEqual([]);
    expect(test.logger.warn.mock.calls).toEqual([
      [
        `Nobody to tell, it has no owner or recipient: Digits: the cost budget is spent (ai-assurance.costs.${subject})`,
      ],
    ]);
  });

  it('loses its tables and no evidence on the way down', async () => {
    const test = await open(id);
    await test.report([0, 400]);
    await migration.down(test.db.knex);
    expect(await test.db.knex.schema.hasTable('cost_notice')).toBe(false);
    await migration.up(test.db.knex);
    expect(await test.statuses()).toEqual([['fail', 'BUDGET_SPENT']]);
  });
});
