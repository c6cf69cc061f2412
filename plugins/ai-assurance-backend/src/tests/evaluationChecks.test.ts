import { z } from 'zod';
import { Fact, judge } from '../scorecards/core/judge';
import { misspeltPaths, ruleFields } from '../scorecards/core/rule';

const nowMs = Date.UTC(2026, 10, 22);
const digest = `sha256:${'a'.repeat(64)}`;
const ruleOf = (rule: object) => {
  const parsed = z.object(ruleFields).parse(rule);
  expect(misspeltPaths(parsed)).toEqual([]);
  return parsed;
};
const factOf = (payload: Record<string, unknown>): Fact => ({
  evidenceId: '7',
  position: 7,
  timeMs: nowMs - 1,
  expiresAtMs: undefined,
  envelope: {
    sourceSystem: 'tests',
    collector: { id: 'tests', version: '1' },
    collectedAt: '2026-11-22T00:00:00.000Z',
    subjectDigest: digest,
  },
  payload,
});

describe('a check or a release policy about evaluations', () => {
  it.each([
    ['pass', 'within-bound', 'pass'],
    ['fail', 'below-bound', 'fail'],
    ['inconclusive', 'dataset-changed', 'inconclusive'],
  ])(
    'sees the recorded verdict of the version that is proposed: %s %s',
    (status, reason, said) => {
      const rule = ruleOf({
        evidence: {
          kind: 'io.ai-assurance.evaluation-verdict.v1',
          version: 'proposed',
          aggregate: 'latest',
        },
        require: { status: 'pass' },
        fresh: { days: 2 },
      });
      const facts = [factOf({ status, reason })];
      const verdict = judge({ rule, facts, digests: [digest], nowMs });
      expect([verdict.status, verdict.reason]).toEqual([said, reason]);
      expect(judge({ rule, facts, digests: ['another'], nowMs }).reason).toBe(
        'no-data',
      );
    },
  );

  it.each<[number | null, string]>([
    [0.86, 'pass within-bound'],
    [0.84, 'fail below-bound'],
    // A report without an interval supports no pass.
    [null, 'inconclusive source-error'],
  ])('asks for the bound of one metric itself: %p is %s', (low, said) => {
    const rule = ruleOf({
      evidence: {
        kind: 'io.ai-assurance.evaluation.v2',
        where: { 'payload.metric': 'groundedness' },
        aggregate: 'latest',
      },
      require: { value: 'payload.intervalLow', atLeast: 0.85, unit: 'ratio' },
      fresh: { days: 90 },
    });
    const verdict = judge({
      rule,
      facts: [
        factOf({ metric: 'groundedness', intervalLow: low, unit: 'ratio' }),
      ],
      digests: [],
      nowMs,
    });
    expect(`${verdict.status} ${verdict.reason}`).toBe(said);
  });
});
