import { judgeBudget, readBudget, windowOf } from './budget';
import { RecordedReport, settled, pointOf, summaryOf } from './reports';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const monthMs = Date.parse('2026-11-01T00:00:00Z');
const budget = readBudget('300 EUR/month', 'test')!;

/** One report for each of so many days, of so much each. */
const days = (count: number, euros: number, from = monthMs) =>
  Array.from({ length: count }, (_, i) => ({
    startMs: from + i * dayMs,
    endMs: from + (i + 1) * dayMs,
    totalMicros: euros * 1e6,
    currency: 'EUR',
  }));
const judged = (reports: ReturnType<typeof days>, atMs: number) => {
  const { spentMicros, burnRate, coverageRatio, verdict } = judgeBudget(
    budget,
    reports,
    atMs,
  );
  return [
    spentMicros / 1e6,
    burnRate,
    coverageRatio,
    verdict.status,
    verdict.reason,
  ];
};

describe('a budget', () => {
  it.each([
    ['500 EUR/month', 500_000_000, 'month'],
    ['20.5 USD/7d', 20_500_000, { days: 7 }],
  ])('is read from %j', (text, limitMicros, window) => {
    expect(readBudget(text, 'test')).toEqual({
      limitMicros,
      currency: text.split(' ')[1].slice(0, 3),
      window,
      declaredBy: 'test',
    });
  });

  it.each([
    '500',
    '500 eur/month',
    '0 EUR/month',
    '-1 EUR/month',
    '5 EUR/0d',
    '5 EUR/year',
  ])('is not %j', text => {
    expect(readBudget(text, 'test')).toBeUndefined();
  });

  it('is about the calendar month of UTC, or about the days before', () => {
    expect(windowOf(budget, monthMs + dayMs)).toEqual({
      startMs: monthMs,
      endMs: monthMs + 30 * dayMs,
    });
    expect(windowOf(readBudget('1 EUR/7d', 'x')!, monthMs)).toEqual({
      startMs: monthMs - 7 * dayMs,
      endMs: monthMs,
    });
  });

  it.each([
    ['is kept', days(10, 10), 10 * dayMs, [100, 1, 1, 'pass', 'WITHIN_BUDGET']],
    [
      'burns too fast',
      days(10, 15),
      10 * dayMs,
      [150, 1.5, 1, 'warn', 'BUDGET_BURNS_FAST'],
    ],
    [
      'is spent, though half is not reported',
      days(5, 70),
      10 * dayMs,
      [350, 7, 0.5, 'fail', 'BUDGET_SPENT'],
    ],
    [
      'is unknown without a report',
      [],
      10 * dayMs,
      [0, null, 0, 'inconclusive', 'no-data'],
    ],
    [
      'is unknown when too little is reported',
      [...days(2, 10), ...days(2, 10, monthMs + 8 * dayMs)],
      10 * dayMs,
      [40, 1, 0.4, 'inconclusive', 'insufficient-sample'],
    ],
    [
      'is unknown when reports have stopped',
      days(10, 10),
      12.5 * dayMs,
      [100, 1, 0.8, 'inconclusive', 'stale'],
    ],
    [
      'counts a day that goes on by its part',
      days(1, 10),
      dayMs / 2,
      [5, 1, 1, 'pass', 'WITHIN_BUDGET'],
    ],
  ])('%s', (_, reports, afterMs, expected) => {
    const [spent, burn, coverage, ...verdict] = judged(
      reports,
      monthMs + afterMs,
    );
    expect([spent, coverage, ...verdict]).toEqual([
      expected[0],
      expected[2],
      expected[3],
      expected[4],
    ]);
    expect(burn === null ? null : (burn as number).toFixed(9)).toBe(
      expected[1] === null ? null : (expected[1] as number).toFixed(9),
    );
  });

  it('does not take money of another currency for nothing spent', () => {
    const dollars = days(10, 10).map(one => ({ ...one, currency: 'USD' }));
    expect(judged(dollars, monthMs + 10 * dayMs).slice(3)).toEqual([
      'inconclusive',
      'source-error',
    ]);
  });
});

const report = (over: Partial<RecordedReport>): RecordedReport => ({
  evidenceId: '1',
  position: 1,
  startMs: 0,
  endMs: hourMs,
  currency: 'EUR',
  priceBasis: 'billed',
  totalMicros: 2_000_000,
  idleMicros: null,
  inferenceCount: null,
  tokenCount: null,
  acceleratorAllocatedMs: null,
  acceleratorBusyMs: null,
  ...over,
});

describe('cost reports', () => {
  it('hold by the newest where they overlap, in the currency of the newest', () => {
    const { kept, leftOutCount } = settled([
      report({ position: 1 }),
      report({ position: 2, startMs: hourMs, endMs: 2 * hourMs }),
      report({ position: 3, startMs: hourMs / 2, endMs: hourMs }),
      report({
        position: 4,
        startMs: 5 * hourMs,
        endMs: 6 * hourMs,
        currency: 'USD',
      }),
      report({ position: 5, startMs: 3 * hourMs, endMs: 4 * hourMs }),
    ]);
    expect(kept.map(({ position }) => position)).toEqual([3, 2, 5]);
    expect(leftOutCount).toBe(2);
  });

  it('tell what a thousand cost, and how busy accelerators were, only where it is known', () => {
    const known = report({
      idleMicros: 500_000,
      inferenceCount: 4000,
      tokenCount: 100_000,
      acceleratorAllocatedMs: hourMs,
      acceleratorBusyMs: hourMs / 4,
    });
    expect(pointOf(known)).toMatchObject({
      perThousandInferencesMicros: 500_000,
      perThousandTokensMicros: 20_000,
      acceleratorBusyRatio: 0.25,
    });
    expect(pointOf(report({ inferenceCount: 0 }))).toMatchObject({
      perThousandInferencesMicros: null,
      perThousandTokensMicros: null,
      acceleratorBusyRatio: null,
    });
    expect(summaryOf([known, report({ startMs: hourMs })])).toEqual({
      totalMicros: 4_000_000,
      idleRatio: 0.25,
      idleKnownForMicros: 2_000_000,
      perThousandInferencesMicros: 500_000,
      inferenceCount: 4000,
      perThousandTokensMicros: 20_000,
      tokenCount: 100_000,
      acceleratorBusyRatio: 0.25,
      acceleratorAllocatedMs: hourMs,
    });
  });
});
