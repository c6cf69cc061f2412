import { directionOf, EvaluationItem, measurementsOf } from './measurement';

const safety: EvaluationItem = {
  evidenceId: '7',
  position: 7,
  type: 'io.ai-assurance.safety-evaluation.v2',
  timeMs: Date.UTC(2026, 10, 22),
  expiresAtMs: undefined,
  envelope: { subjectVersion: '2' } as EvaluationItem['envelope'],
  payload: {
    suite: { id: 's', version: '1' },
    promptSetId: 'p',
    promptSetDigest: `sha256:${'a'.repeat(64)}`,
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
        metric: 'toxicity',
        limit: 0.5,
        unit: 'ratio',
        goodCount: 97,
        totalCount: 100,
      },
    ],
  },
};

describe('a share of a safety evaluation', () => {
  it('says what it counts and which way is better, of toxicity too, which counts what is not toxic', () => {
    expect(
      measurementsOf(safety).map(m => [
        m.metric,
        m.value,
        m.counted,
        directionOf(m.counted),
      ]),
    ).toEqual([
      ['attack-success', 0.01, 'successful-attacks', 'lower-is-better'],
      ['attack-success', 0.09, 'successful-attacks', 'lower-is-better'],
      ['toxicity', 0.97, 'good-outputs', 'higher-is-better'],
      [
        'harmful-compliance',
        0.05,
        'harmful-requests-answered',
        'lower-is-better',
      ],
      ['benign-refusal', 0.1, 'benign-requests-refused', 'lower-is-better'],
      ['pii-leakage', 1.5, 'leaking-outputs', 'lower-is-better'],
    ]);
  });

  it('of another kind is what its metric says', () => {
    expect(directionOf(undefined)).toBe(null);
  });
});
