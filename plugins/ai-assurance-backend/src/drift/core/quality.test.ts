import { judgeQuality, QualityRules } from './quality';
import { suppressedCohorts } from './suppress';
import { byRiskTier, coverageInWords, coverageOf } from './coverage';

const nowMs = 1_700_000_000_000;

describe('data quality', () => {
  const judge = (
    rules: QualityRules,
    told: Partial<Parameters<typeof judgeQuality>[0]> = {},
  ) =>
    judgeQuality({
      rules,
      reference: undefined,
      current: { boundaries: [0, 1, 2], bins: [10, 40, 40, 10] },
      nullCount: 0,
      outOfRangeCount: 0,
      newestMs: nowMs - 60_000,
      nowMs,
      ...told,
    }).map(
      ({ aspect, value, verdict }) =>
        `${aspect} ${value} ${verdict.status}: ${verdict.reason}`,
    );

  it('checks only what the monitor asks for', () => {
    expect(judge({})).toEqual([]);
  });

  it.each<[string, QualityRules, object, string]>([
    ['no nulls', { nullLimitRatio: 0 }, {}, 'null-share 0 pass: within-limit'],
    [
      'half nulls',
      { nullLimitRatio: 0.01 },
      { nullCount: 100 },
      'null-share 0.5 fail: above-limit',
    ],
    [
      'two nulls of 102 where one is allowed',
      { nullLimitRatio: 0.01 },
      { nullCount: 2 },
      `null-share ${2 / 102} warn: above-limit-by-chance`,
    ],
    [
      'a source that does not count nulls',
      { nullLimitRatio: 0.01 },
      { nullCount: undefined },
      'null-share null inconclusive: no-data',
    ],
    [
      'values below the range',
      { minimum: 0 },
      {},
      'range 0.1 fail: above-limit',
    ],
    [
      'values in a bin that the range cuts',
      { minimum: -5, maximum: 2.5 },
      {},
      'range 0 pass: within-limit',
    ],
    [
      'too few rows',
      { minimumRows: 101 },
      {},
      'row-count 100 fail: too-few-rows',
    ],
    [
      'data of a minute ago',
      { maximumAgeMs: 60_000 },
      {},
      'freshness 60 pass: fresh',
    ],
    [
      'data of a minute ago where less is asked',
      { maximumAgeMs: 59_000 },
      {},
      'freshness 60 fail: too-old',
    ],
    [
      'no data ever',
      { maximumAgeMs: 59_000 },
      { newestMs: undefined },
      'freshness null inconclusive: no-data',
    ],
    [
      'a category nobody knows',
      {},
      {
        reference: { boundaries: [], categories: ['a'], bins: [10] },
        current: { boundaries: [], categories: ['a', 'b'], bins: [90, 10] },
      },
      'unseen-category 0.1 fail: above-limit',
    ],
  ])('of %s', (_, rules, told, expected) => {
    expect(judge(rules, told)).toEqual([expected]);
  });
});

describe('suppression', () => {
  const group = (cohort: string, isSmall: boolean, count: number) => ({
    cohort,
    isSmall,
    count,
  });

  it('hides the next smallest beside a single small cohort, which the whole would give away', () => {
    expect([
      ...suppressedCohorts([
        group('a', false, 10),
        group('b', true, 3),
        group('c', false, 7),
      ]),
    ]).toEqual(['b', 'c']);
  });

  it('hides only the small ones where they are two, and nothing where there is none', () => {
    expect([
      ...suppressedCohorts([
        group('a', true, 1),
        group('b', true, 1),
        group('c', false, 7),
      ]),
    ]).toEqual(['a', 'b']);
    expect(suppressedCohorts([group('a', false, 1)]).size).toBe(0);
  });
});

describe('coverage', () => {
  const monitor = (
    feature: string,
    status: string,
    currentCount: number,
    referenceId: string | null = 'ref_1',
  ) =>
    ({
      feature,
      currentCount,
      referenceId,
      verdict: { status, reason: status === 'inconclusive' ? 'stale' : 'x' },
    } as never);
  const coverage = coverageOf({
    subject: 'resource:default/reader',
    title: 'Reader',
    riskTier: 'high',
    tier: undefined,
    features: ['a', 'b', 'c'],
    monitors: [
      monitor('a', 'fail', 920),
      monitor('b', 'inconclusive', 1_000),
      monitor('d', 'inconclusive', 1_000, null),
    ],
    trafficCount: 1_000,
    windowMs: 120_000,
  });

  it('counts monitors that can judge, and the traffic that they saw', () => {
    expect(coverage.liveCount).toBe(1);
    expect(coverage.watchedTrafficCount).toBe(920);
    expect(coverage.unwatched).toEqual([
      { feature: 'b', why: 'stale' },
      { feature: 'c', why: 'not-monitored' },
      { feature: 'd', why: 'no-reference' },
    ]);
    expect(coverageInWords([coverage])).toBe(
      'Watching 1 of 4 features, 92 % of traffic (920 of 1,000)',
    );
  });

  it('compares monitors of other windows by their pace', () => {
    const ofWindow = (windowMs: number, currentCount: number) =>
      coverageOf({
        subject: 'resource:default/reader',
        title: 'Reader',
        riskTier: 'high',
        tier: undefined,
        features: [],
        monitors: [
          {
            feature: 'a',
            currentCount,
            referenceId: 'ref_1',
            verdict: {
              status: 'pass',
              reason: 'x',
              facts: { windowStartMs: 60_000, windowEndMs: 60_000 + windowMs },
            },
          },
        ],
        trafficCount: 1_000,
        windowMs: 120_000,
      }).watchedTrafficCount;
    expect(ofWindow(60_000, 450)).toBe(900);
    expect(ofWindow(120_000, 450)).toBe(450);
    expect(ofWindow(3_600_000, 27_000)).toBe(900);
  });

  it('adds up by risk tier, no tier last', () => {
    const untold = { ...coverage, riskTier: null, trafficCount: null };
    expect(
      byRiskTier([untold, coverage]).map(row => [
        row.riskTier,
        row.liveCount,
        row.featureCount,
        row.trafficCount,
      ]),
    ).toEqual([
      ['high', 1, 4, 1_000],
      [null, 1, 4, 0],
    ]);
  });
});
