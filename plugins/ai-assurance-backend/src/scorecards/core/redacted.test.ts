import { Fact, judge } from './judge';
import { liveDigests, UNNAMED_DIGEST } from './liveDigests';
import { Rule } from './rule';

const nowMs = 1_000_000_000;
const digest = `sha256:${'ab'.repeat(32)}`;
const other = `sha256:${'cd'.repeat(32)}`;

const accuracy: Rule = {
  evidence: {
    kind: 'io.ai-assurance.evaluation.v1',
    where: { 'payload.metric': 'accuracy', 'envelope.sourceSystem': 't' },
    version: 'any',
    each: [],
    aggregate: 'latest',
  },
  require: { value: 'payload.value', atLeast: 0.85, unit: 'ratio' },
  fresh: 1000,
};
const perDigest: Rule = {
  ...accuracy,
  evidence: { ...accuracy.evidence, version: 'proposed' },
};
const perObjective: Rule = {
  ...accuracy,
  evidence: {
    ...accuracy.evidence,
    kind: 'io.ai-assurance.slo-status.v1',
    where: {},
    each: ['payload.sloName'],
  },
  require: { status: 'pass' },
};

function fact(
  position: number,
  payload: Record<string, unknown>,
  envelope: Partial<Fact['envelope']> = {},
  change: Partial<Fact> = {},
): Fact {
  return {
    evidenceId: String(position),
    position,
    timeMs: nowMs - 1,
    expiresAtMs: undefined,
    envelope: {
      sourceSystem: 't',
      collector: { id: 't', version: '1' },
      collectedAt: '2026-11-22T13:00:00.000Z',
      subjectDigest: digest,
      ...envelope,
    },
    payload,
    ...change,
  };
}
const erased = (
  position: number,
  envelope: Partial<Fact['envelope']> = {},
  change: Partial<Fact> = {},
) => fact(position, {}, envelope, { isErased: true, ...change });
const good = (position: number) =>
  fact(position, { metric: 'accuracy', value: 0.9 });

const verdictOn = (rule: Rule, facts: Fact[]) => {
  const { status, reason } = judge({ rule, facts, digests: [digest], nowMs });
  return `${status}: ${reason}`;
};

describe('redacted evidence', () => {
  it('never brings an older pass back', () => {
    for (const rule of [accuracy, perDigest]) {
      expect(verdictOn(rule, [good(1)])).toBe('pass: within-bound');
      expect(verdictOn(rule, [good(1), erased(2)])).toBe(
        'inconclusive: no-data',
      );
    }
  });

  it('names itself as what cannot be read', () => {
    const { facts } = judge({
      rule: accuracy,
      facts: [good(1), erased(2)],
      digests: [],
      nowMs,
    });
    expect(facts.evidenceId).toBe('2');
  });

  it('counts no more once newer evidence speaks', () => {
    expect(verdictOn(accuracy, [erased(1), good(2)])).toBe(
      'pass: within-bound',
    );
  });

  it('leaves a failure a failure', () => {
    const bad = fact(1, { metric: 'accuracy', value: 0.1 });
    expect(verdictOn(accuracy, [bad, erased(2)])).toBe('fail: below-bound');
  });

  it('is of no concern where what is left of it says that it was about something else', () => {
    expect(
      verdictOn(perDigest, [good(1), erased(2, { subjectDigest: other })]),
    ).toBe('pass: within-bound');
    expect(
      verdictOn(accuracy, [good(1), erased(2, { sourceSystem: 'another' })]),
    ).toBe('pass: within-bound');
    expect(
      verdictOn(perDigest, [good(1), erased(2, { subjectDigest: undefined })]),
    ).toBe('inconclusive: no-data');
  });

  it('may be of a group that nobody else speaks for, while it would count', () => {
    const a = fact(5, { sloName: 'a', status: 'pass', reason: 'OK' });
    expect(verdictOn(perObjective, [a])).toBe('pass: OK');
    expect(verdictOn(perObjective, [a, erased(2)])).toBe(
      'inconclusive: no-data',
    );
    expect(
      verdictOn(perObjective, [a, erased(2, {}, { expiresAtMs: nowMs })]),
    ).toBe('pass: OK');
    expect(
      verdictOn(perObjective, [a, erased(2, {}, { timeMs: nowMs - 1000 })]),
    ).toBe('pass: OK');
  });

  it('passes no check that asks only for what is left of it', () => {
    const envelopeOnly: Rule = {
      ...accuracy,
      evidence: { ...accuracy.evidence, where: {} },
      require: { value: 'envelope.sourceSystem', equals: 't' },
    };
    expect(verdictOn(envelopeOnly, [erased(1)])).toBe('inconclusive: no-data');
  });

  it('leaves nothing known about which versions are live', () => {
    const observed = (position: number) =>
      fact(position, {
        cohorts: [{ versions: [{ digest: other, sessionCount: 3 }] }],
      });
    const artifact = fact(1, { digest });
    expect(liveDigests([observed(2)], [artifact])).toEqual([other]);
    expect(liveDigests([observed(2), erased(3)], [artifact])).toEqual([
      UNNAMED_DIGEST,
    ]);
    expect(
      liveDigests([], [artifact, erased(3, { subjectDigest: undefined })]),
    ).toEqual([UNNAMED_DIGEST]);
  });
});
