import { MonitorAnswer } from './DriftStore';
import { answerOf, answerText } from './storedAnswer';

const facts = { comparator: 'below' as const, unit: 'PSI' };
const window = { windowStartMs: 1_000, windowEndMs: 61_000 };
const answer: MonitorAnswer = {
  feature: 'input.size',
  part: 'feature',
  source: 'telemetry',
  version: null,
  statistic: 'psi',
  value: 0.3,
  warnLimit: 0.1,
  failLimit: 0.25,
  falseAlarmRatio: 0.001,
  pValue: 1e-9,
  adjustedPValue: 3e-9,
  comparisonCount: 3,
  enoughCount: 71,
  statistics: [
    {
      statistic: 'psi',
      value: 0.3,
      warnLimit: 0.1,
      failLimit: 0.25,
      pValue: 1e-9,
    },
  ],
  referenceId: 'ref_1',
  referenceApprovedBy: 'user:default/ada',
  referenceCount: 1000,
  currentCount: 500,
  minimumCount: 200,
  boundaries: [0.5],
  categories: null,
  referenceBins: [500, 500],
  currentBins: [100, 400],
  cohorts: [
    {
      cohort: 'resource:default/flagship-phones',
      value: 0,
      failLimit: 0.25,
      pValue: 1,
      adjustedPValue: 1,
      referenceCount: 1000,
      currentCount: 300,
      verdict: {
        status: 'pass',
        reason: 'within-limit',
        facts: {
          ...facts,
          ...window,
          value: 0,
          bound: 0.1,
          sampleCount: 300,
        },
      },
    },
    {
      cohort: 'resource:default/low-end-phones',
      value: null,
      failLimit: null,
      pValue: null,
      adjustedPValue: null,
      referenceCount: null,
      currentCount: null,
      verdict: {
        status: 'inconclusive',
        reason: 'suppressed',
        facts: { ...facts, ...window, bound: 0.25 },
      },
    },
    {
      cohort: 'resource:default/mid-range-phones',
      value: null,
      failLimit: null,
      pValue: null,
      adjustedPValue: null,
      referenceCount: 1000,
      currentCount: 12,
      verdict: {
        status: 'inconclusive',
        reason: 'insufficient-sample',
        facts: {
          ...facts,
          ...window,
          bound: 0.25,
          sampleCount: 12,
          sampleCountNeeded: 200,
        },
      },
    },
  ],
  quality: [],
  verdict: {
    status: 'fail',
    reason: 'drifted',
    facts: { ...facts, ...window, value: 0.3, bound: 0.25, sampleCount: 500 },
  },
  evaluatedAtMs: 61_000,
};

describe('a judgement in its row', () => {
  it('is read as it was written, cohorts and statistics included', () => {
    expect(answerOf(answerText(answer))).toEqual(answer);
  });

  it('takes less room than it would as it is', () => {
    const many = { ...answer, cohorts: Array(20).fill(answer.cohorts![0]) };
    expect(answerText(many).length < JSON.stringify(many).length / 2).toBe(
      true,
    );
  });

  it('is read as earlier versions wrote it', () => {
    expect(answerOf(JSON.stringify(answer))).toEqual(answer);
    const { cohorts: _cohorts, statistics: _statistics, ...rest } = answer;
    const short = {
      statistics: [['psi', 0.3, 0.1, 0.25, 1e-9]],
      cohorts: [
        ['flagship-phones', 0, 0.25, 1, 1, 1000, 300, 0, 0.1, 300, null],
        ['low-end-phones', ...Array(6).fill(null), 1, 0.25, null, null],
        [
          'mid-range-phones',
          ...Array(4).fill(null),
          1000,
          12,
          2,
          0.25,
          12,
          200,
        ],
      ].map(([name, ...numbers]) => [`resource:default/${name}`, ...numbers]),
      kinds: [
        ['pass', 'within-limit', 'PSI'],
        ['inconclusive', 'suppressed', 'PSI'],
        ['inconclusive', 'insufficient-sample', 'PSI'],
      ],
    };
    expect(answerOf(JSON.stringify({ ...rest, short }))).toEqual(answer);
  });

  it('keeps every digit of what was measured, of many cohorts as of few', () => {
    const [cohort] = answer.cohorts!;
    const measured = Array.from({ length: 1000 }, (_, i) => ({
      ...cohort,
      cohort: `resource:default/phones-${i}`,
      value: 1 / (i + 3),
      pValue: Number.MIN_VALUE * i,
      referenceCount: 1000 + i / 7,
      verdict: {
        ...cohort.verdict,
        facts: { ...cohort.verdict.facts, value: 1 / (i + 3) },
      },
    }));
    const many = { ...answer, cohorts: measured };
    expect(answerOf(answerText(many))).toEqual(many);
    // Each with limits of its own, and counts that differ from what was judged.
    const unlike = measured.map((one, i) => ({
      ...one,
      failLimit: 0.25 + i / 9,
      verdict: {
        ...one.verdict,
        facts: {
          ...one.verdict.facts,
          bound: 0.1 + i / 7,
          sampleCount: i,
          sampleCountNeeded: 2 * i,
        },
      },
    }));
    const others = { ...answer, cohorts: unlike };
    expect(answerOf(answerText(others))).toEqual(others);
    // What was written before leaves nothing behind.
    expect(answerOf(answerText(answer))).toEqual(answer);
    const none = { ...answer, cohorts: [], statistics: [] };
    expect(answerOf(answerText(none))).toEqual(none);
  });

  it('is one line without a control character, whatever it holds', () => {
    const text = answerText({
      ...answer,
      title: 'a\u001f\u001e\n',
      sourceProblem: '\u0000',
    });
    expect([...text].filter(letter => letter < ' ')).toEqual([]);
  });
});
