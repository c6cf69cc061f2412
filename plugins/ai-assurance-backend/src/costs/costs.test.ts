import { ConfigReader } from '@backstage/config';
import { createTestDatabases, fixedClock } from '@ai-assurance/test-kit';
import { openTestLedger } from '../ledger/__testUtils__/openTestLedger';
import { instantOf } from '../platform';
import { createCosts, CostsDeps } from './createCosts';

jest.setTimeout(60_000);
const databases = createTestDatabases();
const subject = 'component:default/digit-api';
const dayMs = 86_400_000;
const monthMs = Date.parse('2026-11-01T00:00:00Z');

const draft = (day: number, euros: number, id = `day-${day}`) => ({
  type: 'io.ai-assurance.cost-report.v1' as const,
  source: '/opencost',
  id,
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
    outputTokenCount: 500,
    acceleratorAllocatedMs: null,
    acceleratorBusyMs: null,
    byResource: [],
    priceBasis: 'billed' as const,
  },
});

const costsOn = (
  ledgerAnswers: any,
  options: { annotation?: string; budgets?: object[] },
) =>
  createCosts({
    clock: fixedClock(monthMs + 3 * dayMs),
    config: new ConfigReader({
      aiAssurance: { costs: { budgets: options.budgets ?? [] } },
    }),
    subjects: {
      list: async () => [],
      assign: async () => undefined,
      get: async () => ({
        entityRef: subject,
        kind: 'ai-service',
        title: 'Digits',
        ownerRef: undefined,
        tier: 1,
        riskTier: undefined,
        annotations: Object.fromEntries(
          options.annotation
            ? [['ai-assurance.io/cost-budget', options.annotation]]
            : [],
        ),
        location: undefined,
        spec: {},
        relations: {},
      }),
    },
    ledgerAnswers,
  } as unknown as CostsDeps).answers;

it.each(databases.eachSupportedId())(
  'costs come from the reports in the ledger, with the budget that was declared, %p',
  async id => {
    const { db, room } = await openTestLedger(await databases.init(id));
    await db.transaction(tx =>
      room.ledger.append(tx, [draft(0, 10), draft(1, 20), draft(2, 12)]),
    );
    const costs = costsOn(room.answers, { annotation: '300 EUR/month' });
    const answer = await costs.costs(subject, {
      fromMs: monthMs,
      toMs: monthMs + 4 * dayMs,
    });
    expect(answer.points.map(point => point.totalMicros)).toEqual([
      10_000_000, 20_000_000, 12_000_000,
    ]);
    expect(answer).toMatchObject({
      currency: 'EUR',
      priceBasis: 'billed',
      coverageRatio: 0.75,
      leftOutCount: 0,
      summary: {
        totalMicros: 42_000_000,
        perThousandInferencesMicros: 14_000_000,
        perThousandTokensMicros: 28_000_000,
      },
      budget: {
        spentMicros: 42_000_000,
        coverageRatio: 1,
        declaredBy: 'annotation ai-assurance.io/cost-budget',
        verdict: { status: 'warn', reason: 'BUDGET_BURNS_FAST' },
      },
    });
    expect(answer.budget!.burnRate).toBeCloseTo(1.4, 12);

    // A corrected report about the same day holds instead of the first.
    await db.transaction(tx =>
      room.ledger.append(tx, [draft(1, 5, 'day-1-corrected')]),
    );
    const corrected = await costs.costs(subject, {
      fromMs: monthMs,
      toMs: monthMs + 4 * dayMs,
    });
    expect(corrected.points.map(point => point.totalMicros)).toEqual([
      10_000_000, 5_000_000, 12_000_000,
    ]);
    expect(corrected.leftOutCount).toBe(1);
    expect(corrected.budget!.verdict.status).toBe('pass');
  },
);

it('lets a team tighten the budget of the config, and not loosen it', async () => {
  const none: any = { list: async () => [] };
  const range = { fromMs: monthMs, toMs: monthMs + dayMs };
  const limitWith = async (annotation: string) =>
    (
      await costsOn(none, {
        annotation,
        budgets: [{ subject, budget: '300 EUR/month' }],
      }).costs(subject, range)
    ).budget!.limitMicros;
  expect(await limitWith('200 EUR/month')).toBe(200_000_000);
  expect(await limitWith('900 EUR/month')).toBe(300_000_000);
  expect(await limitWith('1 EUR/7d')).toBe(300_000_000);
});

it('says of a declared budget why it is not in force', async () => {
  const problem = (annotation: string | undefined, central?: string) =>
    costsOn({ list: async () => [] } as any, {
      annotation,
      budgets: central ? [{ subject, budget: central }] : [],
    }).budgetProblem(subject);
  expect(await problem('a lot')).toBe(
    'Annotation ai-assurance.io/cost-budget: “a lot” is no budget. Write an amount, a currency and a window, for example “500 EUR/month” or “120 USD/7d”. No budget is in force.',
  );
  expect(await problem('0 EUR/month', '300 EUR/month')).toContain(
    'The budget of config aiAssurance.costs.budgets[0] is in force.',
  );
  expect(await problem('400 EUR/month', '300 EUR/month')).toBe(
    'Annotation ai-assurance.io/cost-budget: it may only be lower than the budget of the configuration, in the same currency and window. The budget of config aiAssurance.costs.budgets[0] is in force.',
  );
  expect(
    await Promise.all([
      problem('200 EUR/month', '300 EUR/month'),
      problem('200 EUR/month'),
      problem(undefined, '300 EUR/month'),
    ]),
  ).toEqual([undefined, undefined, undefined]);
});

it('refuses a budget that cannot be read', () => {
  expect(() =>
    costsOn({}, { budgets: [{ subject, budget: 'a lot' }] }),
  ).toThrow('aiAssurance.costs.budgets[0].budget: an amount, a currency');
});
