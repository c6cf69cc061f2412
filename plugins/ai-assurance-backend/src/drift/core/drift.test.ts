import { jStat } from 'jstat';
import { chiSquareUpperQuantile, normalQuantile } from './chiSquare';
import { judgeDrift, judgeTogether } from './judgeDrift';
import { DriftInput } from './judgements';
import { occupiedBinCount, psi } from './psi';
import { HistoryPoint, thinHistory } from './thin';

describe('the population stability index', () => {
  it.each([
    [[10, 20, 30, 40], [10, 20, 30, 40], 0],
    // Shares decide, not counts.
    [[10, 20, 30, 40], [1000, 2000, 3000, 4000], 0],
    // 2 · (0.3 · ln 4 + 0.1 · ln 1.5)
    [[100, 200, 300, 400], [400, 300, 200, 100], 0.9128696382935673],
    [[5], [9], 0],
  ])('of %p and %p without smoothing is %p', (reference, current, expected) => {
    expect(psi(reference, current, 0)).toBeCloseTo(expected, 12);
    expect(psi(current, reference, 0)).toBeCloseTo(expected, 12);
  });

  it('adds half an event to each occupied bin, so that an empty bin is finite', () => {
    // (2.5, 0.5, 1.5) of 4.5 against (0.5, 2.5, 1.5) of 4.5; the last bin is empty in both and left out.
    const expected = 2 * (2 / 4.5) * Math.log(5);
    expect(psi([2, 0, 1, 0], [0, 2, 1, 0])).toBeCloseTo(expected, 12);
    expect(psi([2, 0, 1, 0], [0, 2, 1, 0], 0)).toBe(Infinity);
    expect(occupiedBinCount([2, 0, 1, 0], [0, 2, 1, 0])).toBe(3);
  });

  it('refuses histograms of different length', () => {
    expect(() => psi([1, 2], [1])).toThrow(
      'Histograms of 2 and 1 bins cannot be compared',
    );
  });
});

describe('the chi-square quantile', () => {
  it.each([1, 2, 3, 9, 19, 49])('with %p degrees is jStat’s', degrees => {
    for (const tail of [0.1, 0.05, 0.01, 0.001, 0.0001]) {
      const exact = jStat.chisquare.inv(1 - tail, degrees);
      expect(chiSquareUpperQuantile(degrees, tail) / exact).toBeCloseTo(1, 8);
    }
  });

  it('is exact where it has a closed form: −2 ln p at two degrees', () => {
    for (const tail of [0.9, 0.5, 1e-3, 1e-12, 1e-200]) {
      expect(
        chiSquareUpperQuantile(2, tail) / (-2 * Math.log(tail)),
      ).toBeCloseTo(1, 11);
    }
  });

  it('begins from a normal quantile that agrees with jStat', () => {
    for (const p of [0.0001, 0.001, 0.01, 0.02425, 0.1, 0.5, 0.9, 0.9999]) {
      expect(normalQuantile(p)).toBeCloseTo(jStat.normal.inv(p, 0, 1), 6);
    }
  });
});

describe('drift', () => {
  const nowMs = 1_700_000_000_000;
  const boundaries = [0.25, 0.5, 0.75];
  const judge = (changes: Partial<DriftInput>) =>
    judgeDrift({
      reference: {
        boundaries,
        bins: [100, 200, 300, 400],
        expiresAtMs: nowMs + 1,
      },
      current: { boundaries, bins: [100, 200, 300, 400] },
      windowStartMs: nowMs - 900_000,
      windowEndMs: nowMs,
      nowMs,
      minimumCount: 200,
      falseAlarmRatio: 0.001,
      ...changes,
    });
  const said = (changes: Partial<DriftInput>) => {
    const { verdict } = judge(changes);
    return `${verdict.status}: ${verdict.reason}`;
  };
  const current = (...bins: number[]) => ({ current: { boundaries, bins } });
  const reference = { boundaries, bins: [100, 200, 300, 400] };

  it('passes on the same shares, with the facts it rests on', () => {
    const { statistics, aligned, ...judged } = judge({});
    expect(aligned?.current.bins).toEqual([100, 200, 300, 400]);
    expect(statistics.map(({ pValue }) => pValue)).toEqual(Array(8).fill(1));
    expect(statistics.map(({ statistic }) => statistic)).toEqual([
      'psi',
      'jensen-shannon',
      'kullback-leibler',
      'hellinger',
      'total-variation',
      'chi-square',
      'kolmogorov-smirnov',
      'wasserstein',
    ]);
    expect(statistics.map(({ value }) => value)).toEqual(Array(8).fill(0));
    expect(judged).toEqual({
      statistic: 'psi',
      value: 0,
      warnLimit: 0.1,
      failLimit: 0.25,
      referenceCount: 1000,
      currentCount: 1000,
      pValue: 1,
      adjustedPValue: 1,
      comparisonCount: 1,
      enoughCount: 71,
      verdict: {
        status: 'pass',
        reason: 'within-limit',
        facts: {
          value: 0,
          bound: 0.1,
          comparator: 'below',
          unit: 'PSI',
          sampleCount: 1000,
          windowStartMs: nowMs - 900_000,
          windowEndMs: nowMs,
        },
      },
    });
  });

  it.each<[string, Partial<DriftInput>, [string, number, number]]>([
    ['of numbers', {}, ['psi', 0.1, 0.25]],
    [
      'of categories',
      { isCategorical: true },
      ['jensen-shannon', 0.1343, 0.2123],
    ],
    [
      'that names its statistic',
      { isCategorical: true, statistic: 'chi-square' },
      ['chi-square', 0.1, 0.25],
    ],
    [
      'that reports categories without saying so',
      { current: { boundaries: [], bins: [40, 60], categories: ['a', 'b'] } },
      ['jensen-shannon', 0.1343, 0.2123],
    ],
  ])(
    'of a signal %s says before anything is compared what will decide, with the least of its limits',
    (_, changes, expected) => {
      const judged = judge({
        reference: undefined,
        current: undefined,
        ...changes,
      });
      const { statistic, warnLimit, failLimit, value, verdict } = judged;
      const rounded = (limit: number) => Math.round(limit * 1e4) / 1e4;
      expect([statistic, rounded(warnLimit), rounded(failLimit)]).toEqual(
        expected,
      );
      expect([value, verdict.reason]).toEqual([undefined, 'no-data']);
    },
  );

  it.each<[string, Partial<DriftInput>, string]>([
    ['the shares are reversed', current(400, 300, 200, 100), 'fail: drifted'],
    [
      'the shares moved a little',
      current(200, 250, 250, 300),
      'warn: drifting',
    ],
    [
      'no reference was approved',
      { reference: undefined },
      'inconclusive: no-data',
    ],
    [
      'the reference expires at this moment',
      { reference: { ...reference, expiresAtMs: nowMs } },
      'inconclusive: stale',
    ],
    [
      'the reference expired, however far the outputs drifted',
      {
        reference: { ...reference, expiresAtMs: nowMs - 1 },
        ...current(400, 300, 200, 100),
      },
      'inconclusive: stale',
    ],
    ['nothing was reported', { current: undefined }, 'inconclusive: no-data'],
    [
      'the outputs are too few, however far they drifted',
      current(199, 0, 0, 0),
      'inconclusive: insufficient-sample',
    ],
    [
      'the bins are others than the reference’s',
      { current: { boundaries: [0.2, 0.5, 0.75], bins: [100, 200, 300, 400] } },
      'inconclusive: source-error',
    ],
    [
      'just enough outputs agree',
      current(20, 40, 60, 80),
      'pass: within-limit',
    ],
  ])('when %s', (_, changes, expected) => {
    expect(said(changes)).toBe(expected);
  });

  it('judged beside many others needs more to alarm, and says beside how many', () => {
    const one = (bins: number[]): DriftInput => ({
      reference: { boundaries, bins: [60, 60, 60, 60], expiresAtMs: nowMs + 1 },
      current: { boundaries, bins },
      windowStartMs: nowMs - 900_000,
      windowEndMs: nowMs,
      nowMs,
      minimumCount: 50,
    });
    // Its p-value is about 0.0003: enough alone, not enough as the one of a hundred.
    const shifted = one([40, 45, 75, 100]);
    const calm = one([60, 60, 60, 60]);
    const [alone] = judgeTogether([shifted], 0.001);
    const [among] = judgeTogether([shifted, ...Array(99).fill(calm)], 0.001);
    expect([alone.verdict.status, alone.comparisonCount]).toEqual(['warn', 1]);
    expect([among.comparisonCount, among.verdict.reason]).toEqual([
      100,
      'within-limit',
    ]);
    expect(among.warnLimit > alone.warnLimit).toBe(true);
    expect(among.adjustedPValue! / alone.pValue!).toBeCloseTo(100, 6);
  });

  it('of categories counts one that the reference never saw', () => {
    const [judged] = judgeTogether(
      [
        {
          reference: {
            boundaries: [],
            categories: ['a', 'b'],
            bins: [500, 500],
            expiresAtMs: nowMs + 1,
          },
          current: {
            boundaries: [],
            categories: ['b', 'new'],
            bins: [500, 500],
          },
          windowStartMs: nowMs - 900_000,
          windowEndMs: nowMs,
          nowMs,
          minimumCount: 200,
        },
      ],
      0.001,
    );
    expect(judged.aligned?.current).toEqual({
      boundaries: [],
      categories: ['a', 'b', 'new'],
      bins: [0, 500, 500],
    });
    expect([judged.statistic, judged.verdict.status]).toEqual([
      'jensen-shannon',
      'fail',
    ]);
  });

  it('says nothing of a group that is too small', () => {
    const { verdict } = judge({ isSuppressed: true });
    expect(`${verdict.status}: ${verdict.reason}`).toBe(
      'inconclusive: suppressed',
    );
    expect(verdict.facts.sampleCount).toBe(undefined);
  });

  it('says how many outputs would be enough', () => {
    const { verdict, value } = judge(current(1, 2, 3, 4));
    expect(value).toBe(undefined);
    expect(verdict.facts.sampleCount).toBe(10);
    expect(verdict.facts.sampleCountNeeded).toBe(200);
  });
});

describe('a history', () => {
  const point = (atMs: number, value: number | null): HistoryPoint => ({
    atMs,
    value,
    status: value === null ? 'inconclusive' : 'pass',
  });

  it('that is short enough stays as it is', () => {
    const points = [point(1, 0.1), point(2, null)];
    expect(thinHistory(points, 2)).toEqual(points);
  });

  it('that is too long keeps its spikes, its gaps and its newest point', () => {
    const points = [
      ...[0.1, 0.9, 0.1, 0.2].map((value, i) => point(i, value)),
      ...[null, null, 0, null].map((value, i) => point(4 + i, value)),
      ...[null, null, null, null].map((value, i) => point(8 + i, value)),
      point(12, 0.3),
    ];
    expect(thinHistory(points, 4).map(p => [p.atMs, p.value])).toEqual([
      [1, 0.9],
      [6, 0],
      [8, null],
      [12, 0.3],
    ]);
  });
});
