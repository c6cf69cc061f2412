import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { budget } from './budget';
import { burnRate } from './burnRate';
import { BurnPair, burnPairs, burnWindowFileSchema } from './burnWindows';
import { countEvents } from './countEvents';
import { parseDuration } from './duration';
import { judgeObjective, ObjectiveInput } from './judgeObjective';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const files = ['28d', '30d'].map(name =>
  burnWindowFileSchema.parse(
    parse(
      readFileSync(
        resolve(__dirname, '../../../data/burn-rate-windows', `${name}.yaml`),
        'utf8',
      ),
    ),
  ),
);

describe('burn rate', () => {
  it.each([
    // Objective 99.9 %: the Workbook's table of error rate against burn rate and time to exhaustion.
    [1, 1000, 0.999, 1],
    [2, 1000, 0.999, 2],
    [10, 1000, 0.999, 10],
    [1000, 1000, 0.999, 1000],
    [0, 1000, 0.999, 0],
    [5, 100, 0.95, 1],
  ])(
    'of %p bad in %p at objective %p is %p',
    (badCount, totalCount, objectiveRatio, expected) => {
      expect(burnRate({ badCount, totalCount, objectiveRatio })).toBeCloseTo(
        expected,
        9,
      );
    },
  );

  it('of nothing is unknown', () => {
    expect(burnRate({ badCount: 0, totalCount: 0, objectiveRatio: 0.9 })).toBe(
      undefined,
    );
  });
});

describe('error budget', () => {
  it.each([
    [1000, 1000, 0.99, 1, false],
    [995, 1000, 0.99, 0.5, false],
    [990, 1000, 0.99, 0, true],
    [980, 1000, 0.99, -1, true],
    [95, 100, 0.95, 0, true],
    [1, 2, 0, 0.5, false],
  ])(
    'after %p good of %p at objective %p has %p left, exhausted: %p',
    (goodCount, totalCount, objectiveRatio, remaining, isExhausted) => {
      const left = budget({ goodCount, totalCount }, objectiveRatio);
      expect(left.remainingRatio).toBeCloseTo(remaining, 9);
      expect(left.attainmentRatio).toBe(goodCount / totalCount);
      expect(left.isExhausted).toBe(isExhausted);
    },
  );

  it('without events is unknown, not untouched', () => {
    expect(budget({ goodCount: 0, totalCount: 0 }, 0.99)).toEqual({
      attainmentRatio: undefined,
      remainingRatio: undefined,
      isExhausted: false,
    });
  });
});

describe('burn-rate windows', () => {
  const inWords = (pair: BurnPair) => [
    pair.severity,
    pair.longMs / minuteMs,
    pair.shortMs / minuteMs,
    Number(pair.factor.toPrecision(4)),
  ];

  it.each([
    [
      30,
      [
        ['page', 60, 5, 14.4],
        ['page', 360, 30, 6],
        ['ticket', 1440, 120, 3],
        ['ticket', 4320, 360, 1],
      ],
    ],
    [
      28,
      [
        ['page', 60, 5, 13.44],
        ['page', 360, 30, 5.6],
        ['ticket', 1440, 120, 2.8],
        ['ticket', 4320, 360, 0.9333],
      ],
    ],
    // Scaled: the pair of one hour would be two minutes long.
    [
      1,
      [
        ['page', 12, 1, 6],
        ['ticket', 48, 4, 3],
        ['ticket', 144, 12, 1],
      ],
    ],
    [1 / 24, [['ticket', 6, 1, 1]]],
  ])('of %p days are the cited ones or scaled from them', (days, expected) => {
    expect(burnPairs(days * dayMs, files).pairs.map(inWords)).toEqual(expected);
  });

  it('spend their share of the budget when they burn at their factor', () => {
    for (const file of files) {
      burnPairs(file.periodMs, files).pairs.forEach((pair, i) => {
        expect((pair.factor * pair.longMs) / file.periodMs).toBeCloseTo(
          file.pairs[i].budgetSharePercent / 100,
          12,
        );
      });
    }
  });

  it('that are wrong are refused by field', () => {
    expect(() =>
      burnWindowFileSchema.parse({
        periodDays: 30,
        windows: [
          { severity: 'page', budgetSharePercent: 2, long: '5m', short: '1h' },
        ],
        lowTrafficGuard: { minimumEventCount: 1, minimumBadCount: 1 },
      }),
    ).toThrow('short must be below long');
  });
});

describe('a duration', () => {
  it.each([
    ['5m', 5 * minuteMs],
    ['1h', hourMs],
    ['28d', 28 * dayMs],
    ['4w', 28 * dayMs],
  ])('%p has fixed length', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ms });
  });

  it.each(['1M', '1Q', '1Y', '0d', '1.5h', '', '-1d'])(
    '%p is refused with a reason',
    text => {
      expect(Object.keys(parseDuration(text))).toEqual(['why']);
    },
  );
});

describe('events of a window', () => {
  const segment = {
    sum: 0,
    exponential: undefined,
    explicit: undefined,
  };
  const neverAsked = () => {
    throw new Error('no exponential histogram here');
  };
  const explicit = {
    ...segment,
    outcome: 'ok' as const,
    kind: 'explicit' as const,
    explicit: {
      boundaries: [0.1, 0.15, 0.25],
      counts: [10, 5, 3, 2],
      count: 20,
      sum: 2,
    },
  };

  it.each([
    [150, 15],
    [100, 10],
    // Between two boundaries only the bins that surely qualify are good.
    [200, 15],
    [50, 0],
    [250, 18],
  ])(
    'within %p ms are those of the bins that lie below it',
    (thresholdMs, goodCount) => {
      expect(countEvents(explicit, { thresholdMs }, neverAsked)).toEqual({
        goodCount,
        totalCount: 20,
      });
    },
  );

  it('that failed are never good', () => {
    expect(
      countEvents(
        { ...explicit, outcome: 'error' },
        { thresholdMs: 250 },
        neverAsked,
      ),
    ).toEqual({ goodCount: 0, totalCount: 20 });
  });

  it('are never more good than there are, whatever the histogram answers', () => {
    const exponential = {
      scale: 0,
      zeroCount: 0,
      positiveOffset: 0,
      positiveCounts: [7],
      negativeOffset: 0,
      negativeCounts: [],
      count: 7,
      sum: 7,
      min: 1,
      max: 2,
    };
    const window = {
      ...segment,
      outcome: 'ok' as const,
      kind: 'exponential' as const,
      exponential,
    };
    const asked: number[] = [];
    const counts = (answer: number) =>
      countEvents(window, { thresholdMs: 150 }, (_, threshold) => {
        asked.push(threshold);
        return answer;
      });
    expect(counts(3.9)).toEqual({ goodCount: 3, totalCount: 7 });
    expect(counts(9)).toEqual({ goodCount: 7, totalCount: 7 });
    expect(asked).toEqual([0.15, 0.15]);
  });

  it('come from counters as they are, and never from gauges', () => {
    const counted = (kind: 'sum' | 'gauge') =>
      countEvents(
        { ...segment, outcome: 'ok', kind, sum: 12 },
        { thresholdMs: undefined },
        neverAsked,
      );
    expect(counted('sum')).toEqual({ goodCount: 12, totalCount: 12 });
    expect(counted('gauge')).toEqual({ goodCount: 0, totalCount: 0 });
  });
});

describe('an objective', () => {
  const endMs = 1_700_000_000_000;
  const counts = (goodCount: number, totalCount: number) => ({
    goodCount,
    totalCount,
  });
  const calm = counts(1000, 1000);
  const pair = (
    severity: 'page' | 'ticket',
    long = calm,
    short = calm,
  ): ObjectiveInput['pairs'][number] => ({
    severity,
    longMs: severity === 'page' ? hourMs : dayMs,
    shortMs: severity === 'page' ? 5 * minuteMs : 2 * hourMs,
    factor: severity === 'page' ? 14.4 : 3,
    long,
    short,
  });
  const judge = (changes: Partial<ObjectiveInput>) =>
    judgeObjective({
      objectiveRatio: 0.999,
      windowStartMs: endMs - 30 * dayMs,
      windowEndMs: endMs,
      counts: counts(99_990, 100_000),
      lastCountedMs: endMs - minuteMs,
      pairs: [pair('page'), pair('ticket')],
      guard: { minimumEventCount: 30, minimumBadCount: 5 },
      ...changes,
    }).verdict;
  const said = (changes: Partial<ObjectiveInput>) => {
    const { status, reason } = judge(changes);
    return `${status}: ${reason}`;
  };
  const burning = counts(980, 1000);

  it('passes within its budget, with the facts it rests on', () => {
    expect(judge({})).toEqual({
      status: 'pass',
      reason: 'within-budget',
      facts: {
        value: 0.9999,
        bound: 0.999,
        comparator: 'at-least',
        unit: 'ratio',
        sampleCount: 100_000,
        windowStartMs: endMs - 30 * dayMs,
        windowEndMs: endMs,
      },
    });
  });

  it.each<[string, Partial<ObjectiveInput>, string]>([
    ['nothing was counted', { counts: counts(0, 0) }, 'inconclusive: no-data'],
    [
      'fewer events than the guard asks for were counted, even when all failed',
      { counts: counts(0, 29) },
      'inconclusive: insufficient-sample',
    ],
    [
      'the budget is spent to the last event',
      { counts: counts(99_900, 100_000) },
      'fail: budget-exhausted',
    ],
    [
      'both windows of a page burn',
      { pairs: [pair('page', burning, burning), pair('ticket')] },
      'fail: burning-fast',
    ],
    [
      'only the long window of a page burns: it is over',
      { pairs: [pair('page', burning, calm)] },
      'pass: within-budget',
    ],
    [
      'only the short window of a page burns: it is a blip',
      { pairs: [pair('page', calm, burning)] },
      'pass: within-budget',
    ],
    [
      'the burn rate is exactly the factor',
      {
        pairs: [pair('page', counts(85_600, 100_000), counts(85_600, 100_000))],
        objectiveRatio: 0.99,
      },
      'pass: within-budget',
    ],
    [
      'a ticket window burns',
      { pairs: [pair('page'), pair('ticket', burning, burning)] },
      'warn: burning-slowly',
    ],
    [
      'a page burns on fewer bad events than the guard asks for',
      { pairs: [pair('page', counts(96, 100), counts(6, 10))] },
      'inconclusive: insufficient-sample',
    ],
    [
      'a page burns on fewer events than the guard asks for',
      { pairs: [pair('page', counts(9, 29), counts(6, 10))] },
      'inconclusive: insufficient-sample',
    ],
    [
      'the signal was lost an hour ago',
      { lastCountedMs: endMs - hourMs - minuteMs },
      'inconclusive: stale',
    ],
    [
      'the signal was lost less than an hour ago',
      { lastCountedMs: endMs - hourMs },
      'pass: within-budget',
    ],
    [
      'the signal was lost after the budget was spent',
      {
        counts: counts(99_000, 100_000),
        lastCountedMs: endMs - 5 * hourMs,
      },
      'fail: budget-exhausted',
    ],
    [
      'no pair fits its window and a quarter of an hour was silent',
      { pairs: [], lastCountedMs: endMs - 16 * minuteMs },
      'inconclusive: stale',
    ],
  ])('when %s', (_, changes, expected) => {
    expect(said(changes)).toBe(expected);
  });

  it('shows unknown burn rates as unknown and does not fire on them', () => {
    const { burns } = judgeObjective({
      objectiveRatio: 0.999,
      windowStartMs: endMs - 30 * dayMs,
      windowEndMs: endMs,
      counts: counts(99_990, 100_000),
      lastCountedMs: endMs - minuteMs,
      pairs: [pair('page', burning, counts(0, 0))],
      guard: { minimumEventCount: 30, minimumBadCount: 5 },
    });
    expect(burns[0].shortBurn).toBe(undefined);
    expect(burns[0].isFiring).toBe(false);
  });
});
