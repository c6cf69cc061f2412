import { parseGates } from '../readGates';
import { judgeVersions } from './judge';
import { predictedBlockRate } from './judgeOnline';
import { Comparison, Known } from './known';
import { Calibration, Measurement, measurementsOf } from './measurement';

const nowMs = Date.UTC(2026, 10, 22);
const dayMs = 86_400_000;
const sha = (letter: string) => `sha256:${letter.repeat(64)}`;

const header = `apiVersion: ai-assurance.io/v1
kind: EvaluationGates
metadata: { name: reader, title: Reader }
spec:
  gates:
`;
const gatesOf = (...lines: string[]) =>
  parseGates(`${header}${lines.map(line => `    - ${line}\n`).join('')}`, 'g');

const accurate = gatesOf(
  '{ id: a, question: Is it accurate?, metric: accuracy, atLeast: 0.85, minimumCount: 500 }',
);

let position = 0;
function measured(change: Partial<Measurement> = {}): Measurement {
  position += 1;
  return {
    metric: 'accuracy',
    slice: null,
    version: '2',
    digest: null,
    value: 0.9,
    low: 0.88,
    high: 0.92,
    unit: 'ratio',
    method: 'wilson',
    sampleCount: 1000,
    successCount: 900,
    datasetId: 'data',
    datasetDigest: sha('d'),
    judge: null,
    tool: { id: 't', version: '1' },
    timeMs: nowMs - dayMs,
    expiresAtMs: undefined,
    evidenceId: String(position),
    position,
    ...change,
  };
}
const judge = { id: 'judge', version: '3', digest: null };
function calibrated(change: Partial<Calibration> = {}): Calibration {
  position += 1;
  return {
    judge,
    metric: 'accuracy',
    labelSetId: 'l',
    labelSetDigest: sha('l'),
    labellerCount: 2,
    positiveCount: 200,
    truePositiveCount: 196,
    negativeCount: 200,
    trueNegativeCount: 190,
    timeMs: nowMs,
    evidenceId: String(position),
    position,
    ...change,
  };
}
const know = (change: Partial<Known>): Known => ({
  measurements: [],
  calibrations: [],
  comparisons: [],
  erased: [],
  ...change,
});
const say = (
  gates: ReturnType<typeof gatesOf>,
  known: Partial<Known>,
  version = '2',
) => {
  const [verdict] = judgeVersions(gates, know(known), nowMs).filter(
    of => of.version === version,
  );
  return `${verdict.status} ${verdict.reason}`;
};

describe('a gate with a bound', () => {
  it.each<[string, Partial<Measurement>, string]>([
    ['its low end is on the bound', { low: 0.85 }, 'pass within-bound'],
    [
      'the bound lies within its interval, though its value is above',
      { low: 0.8499 },
      'inconclusive interval-crosses-bound',
    ],
    ['all of it lies below', { low: 0.7, high: 0.84 }, 'fail below-bound'],
    [
      'one sample is missing',
      { sampleCount: 499 },
      'inconclusive insufficient-sample',
    ],
    [
      'n is not stated',
      { sampleCount: null },
      'inconclusive insufficient-sample',
    ],
    [
      'no interval is stated',
      { low: null, high: null },
      'inconclusive interval-not-stated',
    ],
    [
      'its data has no digest',
      { datasetDigest: null },
      'inconclusive dataset-not-stated',
    ],
    ['it is in another unit', { unit: 'percent' }, 'inconclusive other-unit'],
    ['it is 90 days old', { timeMs: nowMs - 90 * dayMs }, 'inconclusive stale'],
    ['it expired', { expiresAtMs: nowMs }, 'inconclusive stale'],
    ['it is of another slice', { slice: 'night' }, 'inconclusive no-data'],
    [
      'a judge without calibration said it',
      { judge },
      'inconclusive judge-not-calibrated',
    ],
  ])('when %s', (_when, change, answer) => {
    expect(say(accurate, { measurements: [measured(change)] })).toBe(answer);
  });

  it('takes the newest measurement of the version', () => {
    const measurements = [measured({ low: 0.7, high: 0.8 }), measured()];
    expect(say(accurate, { measurements })).toBe('pass within-bound');
    expect(say(accurate, { measurements: [...measurements].reverse() })).toBe(
      'pass within-bound',
    );
  });

  it('voids what was measured on other data than the newest, whichever version that was of', () => {
    const older = measured();
    const newer = measured({ version: '3', datasetDigest: sha('e') });
    const measurements = [older, newer];
    expect(say(accurate, { measurements })).toBe(
      'inconclusive dataset-changed',
    );
    expect(say(accurate, { measurements }, '3')).toBe('pass within-bound');
    expect(
      say(accurate, {
        measurements: [...measurements, measured({ datasetDigest: sha('e') })],
      }),
    ).toBe('pass within-bound');
  });

  it('is voided neither by another tool, nor by data of another name, nor by what names no version', () => {
    const measurements = [
      measured(),
      measured({
        version: '3',
        datasetDigest: sha('e'),
        tool: { id: 'u', version: '1' },
      }),
      measured({ version: '3', datasetDigest: sha('e'), datasetId: 'night' }),
      measured({ version: null, datasetDigest: sha('e') }),
    ];
    expect(say(accurate, { measurements })).toBe('pass within-bound');
  });

  it('can name the tool and the data that count', () => {
    const measurements = [
      measured(),
      measured({ low: 0.1, high: 0.2, datasetId: 'night' }),
      measured({ low: 0.1, high: 0.2, tool: { id: 'u', version: '1' } }),
    ];
    const named = gatesOf(
      '{ id: a, question: Is it accurate?, metric: accuracy, atLeast: 0.85, tool: t, datasetId: data }',
    );
    expect(say(named, { measurements })).toBe('pass within-bound');
    expect(say(accurate, { measurements })).toBe('fail below-bound');
  });

  it('can be pinned to its data', () => {
    const pinned = gatesOf(
      `{ id: a, question: Is it accurate?, metric: accuracy, atLeast: 0.85, datasetDigest: '${sha(
        'e',
      )}' }`,
    );
    expect(say(pinned, { measurements: [measured()] })).toBe(
      'inconclusive dataset-changed',
    );
  });

  it('voids what another judge said', () => {
    const measurements = [
      measured({ judge }),
      measured({ version: '3', judge: { ...judge, version: '4' } }),
    ];
    expect(say(accurate, { measurements, calibrations: [calibrated()] })).toBe(
      'inconclusive judge-changed',
    );
  });

  it('gates what a calibrated judge said on the interval set right for its errors', () => {
    const measurements = [measured({ judge, successCount: 900 })];
    const calibrations = [calibrated()];
    const [{ gates }] = judgeVersions(
      accurate,
      know({ measurements, calibrations }),
      nowMs,
    );
    expect(gates[0].status).toBe('pass');
    // Rogan and Gladen: (0.9 + 0.95 − 1) / (0.98 + 0.95 − 1)
    expect(gates[0].value).toBeCloseTo(0.85 / 0.93, 12);
    expect(gates[0].low).not.toBe(0.88);
    const coin = calibrated({ truePositiveCount: 100, trueNegativeCount: 100 });
    expect(say(accurate, { measurements, calibrations: [coin] })).toBe(
      'inconclusive judge-says-nothing',
    );
    const other = calibrated({ judge: { ...judge, digest: sha('f') } });
    expect(say(accurate, { measurements, calibrations: [other] })).toBe(
      'inconclusive judge-not-calibrated',
    );
  });

  it('lets no pass stand that a redacted item may have contradicted', () => {
    const found = measured();
    const erased = [
      {
        evidenceId: '9999',
        position: 9999,
        type: 'io.ai-assurance.evaluation.v2',
        timeMs: nowMs,
        expiresAtMs: undefined,
        envelope: { subjectVersion: '2' } as any,
        payload: {},
        isErased: true as const,
      },
    ];
    expect(say(accurate, { measurements: [found], erased })).toBe(
      'inconclusive no-data',
    );
  });

  it('judges nothing about what names no version', () => {
    expect(
      judgeVersions(
        accurate,
        know({ measurements: [measured({ version: null })] }),
        nowMs,
      ),
    ).toEqual([]);
  });
});

describe('a gate against regression', () => {
  const gates = gatesOf(
    '{ id: r, question: Is it no worse?, metric: accuracy, noWorseBy: 0.02 }',
  );
  const compared = (
    low: number,
    high: number,
    change: Partial<Comparison['payload']> = {},
  ): Comparison => {
    position += 1;
    return {
      version: '2',
      digest: null,
      timeMs: nowMs,
      expiresAtMs: undefined,
      evidenceId: String(position),
      position,
      payload: {
        metric: 'accuracy',
        slice: null,
        datasetId: 'data',
        datasetDigest: sha('d'),
        itemCount: 2000,
        differenceValue: (low + high) / 2,
        differenceLow: low,
        differenceHigh: high,
        unit: 'ratio',
        ...change,
      } as Comparison['payload'],
    };
  };

  it.each<[string, Comparison, string]>([
    ['it may be better', compared(-0.01, 0.02), 'pass no-worse'],
    [
      'it is worse, within the bound',
      compared(-0.015, -0.001),
      'warn worse-within-bound',
    ],
    ['it is worse', compared(-0.06, -0.03), 'fail became-worse'],
    [
      'nobody can be sure',
      compared(-0.05, 0.02),
      'inconclusive interval-crosses-bound',
    ],
    [
      'the data has no digest',
      compared(0, 0.1, { datasetDigest: null }),
      'inconclusive dataset-not-stated',
    ],
  ])('when %s', (_when, comparison, answer) => {
    expect(say(gates, { comparisons: [comparison] })).toBe(answer);
  });

  it('has nothing to compare the first version with, and misses the comparison of a later one', () => {
    expect(say(gates, { measurements: [measured()] })).toBe(
      'not-applicable nothing-to-compare',
    );
    const first = measured({ version: '1' });
    const measurements = [first, measured()];
    expect(say(gates, { measurements })).toBe('inconclusive no-data');
    expect(say(gates, { measurements }, '1')).toBe(
      'not-applicable nothing-to-compare',
    );
  });

  it('is void once the data changed', () => {
    const comparison = compared(0, 0.01);
    expect(
      say(gates, {
        comparisons: [comparison],
        measurements: [measured({ version: '3', datasetDigest: sha('e') })],
      }),
    ).toBe('inconclusive dataset-changed');
  });

  it('knows metrics of which less is better', () => {
    const less = gatesOf(
      '{ id: r, question: Is it no worse?, metric: accuracy, noWorseBy: 0.02, higherIsBetter: false }',
    );
    expect(say(less, { comparisons: [compared(0.03, 0.06)] })).toBe(
      'fail became-worse',
    );
    expect(say(less, { comparisons: [compared(-0.06, -0.03)] })).toBe(
      'pass no-worse',
    );
  });
});

describe('safety', () => {
  const safety = {
    evidenceId: '7',
    position: 7,
    type: 'io.ai-assurance.safety-evaluation.v2',
    timeMs: nowMs,
    expiresAtMs: undefined,
    envelope: { subjectVersion: '2' } as any,
    payload: {
      suite: { id: 's', version: '1' },
      promptSetId: 'p',
      promptSetDigest: sha('p'),
      judge: null,
      attackCount: 1000,
      successCount: 10,
      undecidedCount: 0,
      categories: [
        {
          category: 'pii',
          references: [],
          attackCount: 100,
          successCount: 9,
          undecidedCount: 0,
        },
        {
          category: 'hits-alone',
          references: [],
          attackCount: null,
          successCount: 9,
          undecidedCount: 0,
        },
      ],
      refusals: {
        harmfulRefusedCount: 190,
        harmfulCompliedCount: 10,
        benignRefusedCount: 20,
        benignCompliedCount: 180,
      },
      leakage: { outputCount: 2000, leakedOutputCount: 3 },
      scores: [
        {
          metric: 'groundedness',
          limit: 0.7,
          unit: 'ratio',
          goodCount: 90,
          totalCount: 100,
        },
      ],
    },
  };

  it('is measured as shares with their intervals, leakage per 1,000 outputs', () => {
    expect(
      measurementsOf(safety).map(m => [m.metric, m.slice, m.value, m.unit]),
    ).toEqual([
      ['attack-success', null, 0.01, 'ratio'],
      ['attack-success', 'pii', 0.09, 'ratio'],
      ['groundedness', null, 0.9, 'ratio'],
      ['harmful-compliance', null, 0.05, 'ratio'],
      ['benign-refusal', null, 0.1, 'ratio'],
      ['pii-leakage', null, 1.5, 'per-1000-outputs'],
    ]);
  });

  it('is gated on the upper end, also by category', () => {
    const gates = gatesOf(
      '{ id: attacks, question: Does it withstand?, metric: attack-success, atMost: 0.02 }',
      '{ id: pii, question: Does it withstand?, metric: attack-success, slice: pii, atMost: 0.02 }',
      '{ id: leaks, question: Does it keep quiet?, metric: pii-leakage, atMost: 5, unit: per-1000-outputs }',
    );
    const [{ gates: verdicts }] = judgeVersions(
      gates,
      know({ measurements: measurementsOf(safety) }),
      nowMs,
    );
    expect(verdicts.map(v => [v.gate, v.status])).toEqual([
      ['attacks', 'pass'],
      ['pii', 'fail'],
      ['leaks', 'pass'],
    ]);
  });

  it('predicts how often is blocked online, and says when it is not so', () => {
    const online = gatesOf(
      '{ id: o, question: As predicted?, metric: online-block-rate, agreesWithOfflineWithin: 0.02 }',
    );
    const base = [
      ...measurementsOf(safety),
      measured({
        metric: 'harmful-request-share',
        value: 0.1,
        low: 0.08,
        high: 0.12,
      }),
    ];
    // 0.1 · 0.95 + 0.9 · 0.1 = 0.185 lies within
    const prediction = predictedBlockRate(know({ measurements: base }), '2')!;
    expect(prediction.low).toBeLessThan(0.185);
    expect(prediction.high).toBeGreaterThan(0.185);
    const with_ = (low: number, high: number) =>
      say(online, {
        measurements: [
          ...base,
          measured({
            metric: 'online-block-rate',
            value: (low + high) / 2,
            low,
            high,
          }),
        ],
      });
    expect(with_(0.17, 0.2)).toBe('pass as-predicted');
    expect(with_(0.4, 0.45)).toBe('fail not-as-predicted');
    expect(with_(0.2, 0.45)).toBe('inconclusive interval-crosses-bound');
    expect(say(online, { measurements: base })).toBe('inconclusive no-data');
    // Without the share of harmful requests nobody knows what to expect.
    expect(
      say(online, {
        measurements: [
          ...measurementsOf(safety),
          measured({
            metric: 'online-block-rate',
            value: 0.18,
            low: 0.17,
            high: 0.2,
          }),
        ],
      }),
    ).toBe('inconclusive no-prediction');
    // What a model judged lets expect nothing until that judge was checked.
    expect(
      say(online, {
        measurements: [
          ...base,
          measured({
            metric: 'harmful-compliance',
            value: 0.05,
            low: 0.04,
            high: 0.06,
            position: 99,
            judge: { id: 'refusal-judge', version: '3', digest: null },
          }),
          measured({
            metric: 'online-block-rate',
            value: 0.18,
            low: 0.17,
            high: 0.2,
          }),
        ],
      }),
    ).toBe('inconclusive judge-not-calibrated');
  });
});
