import {
  CheckVerdict,
  SubjectKind,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Applicant, applies } from './applies';
import { isChanged, withSince } from './changed';
import { Fact } from './judge';
import { liveDigests } from './liveDigests';
import { Check } from './scorecard';

describe('applies', () => {
  const appliesTo: Check['appliesTo'] = [
    { kinds: ['ai-service'], tiers: [1] },
    { kinds: ['ai-service', 'edge-model'], annotation: 'ai-assurance.io/slo' },
  ];
  it.each<[SubjectKind, number | undefined, boolean, boolean]>([
    ['ai-service', 1, false, true],
    ['ai-service', 2, false, false],
    ['ai-service', undefined, false, false],
    ['ai-service', 3, true, true],
    ['edge-model', undefined, true, true],
    ['edge-model', 1, false, false],
    ['ai-model', 1, true, false],
    ['device-cohort', undefined, true, false],
  ])(
    '%s of tier %p with objectives declared: %p, so it is asked: %p',
    (kind, tier, isDeclared, answer) => {
      const subject: Applicant = {
        kind,
        tier,
        annotations: isDeclared ? { 'ai-assurance.io/slo': './slo.yaml' } : {},
      };
      expect(applies({ appliesTo }, subject)).toBe(answer);
    },
  );
});

describe('liveDigests', () => {
  const envelope = {
    sourceSystem: 't',
    collector: { id: 't', version: '1' },
    collectedAt: '2026-11-22T13:00:00.000Z',
  };
  const fact = (position: number, payload: Record<string, unknown>): Fact => ({
    ...{
      evidenceId: String(position),
      position,
      timeMs: 0,
      expiresAtMs: undefined,
      envelope,
      payload,
    },
  });
  const observed = (position: number, ...versions: [string | null, number][]) =>
    fact(position, {
      cohorts: [
        {
          versions: versions.map(([digest, sessionCount]) => ({
            digest,
            sessionCount,
          })),
        },
      ],
    });
  const artifacts = [fact(1, { digest: 'old' }), fact(2, { digest: 'new' })];

  it.each<[string, Fact[], Fact[], string[]]>([
    ['nothing is known', [], [], []],
    ['nothing is live: the newest artifact', [], artifacts, ['new']],
    ['two are live', [observed(3, ['b', 5], ['a', 1])], artifacts, ['a', 'b']],
    [
      'one is named without sessions',
      [observed(3, ['b', 0], ['a', 1])],
      [],
      ['a'],
    ],
    [
      'the newest observation counts',
      [observed(3, ['a', 1]), observed(4, ['b', 1])],
      [],
      ['b'],
    ],
    [
      'the newest observation is empty',
      [observed(3, ['a', 1]), observed(4)],
      artifacts,
      ['new'],
    ],
    [
      'a live version has no digest',
      [observed(3, ['a', 1], [null, 1])],
      [],
      ['a', 'unnamed'],
    ],
  ])('%s', (_name, observations, known, digests) => {
    expect(liveDigests(observations, known)).toEqual(digests);
  });
});

describe('a changed score', () => {
  const check = (
    status: 'pass' | 'fail',
    reason: string,
    sinceMs?: number,
  ): CheckVerdict => ({
    ...{
      checkId: 'a',
      question: 'Is it?',
      level: 'bronze',
      fixHint: 'Do it.',
      judgedAtMs: 10,
      sinceMs,
    },
    verdict: { status, reason, facts: { value: Math.PI } },
  });
  const score = (change: object = {}) => ({
    ...{ digest: 'd', level: 'bronze', checks: [check('pass', 'ok')] },
    rollUp: {
      status: 'pass' as const,
      measuredCount: 1,
      inScopeCount: 1,
      unknownCount: 0,
    },
    ...change,
  });

  it.each([
    ['the first one', undefined, score(), true],
    ['the same again', score(), score(), false],
    [
      'other facts only',
      score(),
      score({ checks: [{ ...check('pass', 'ok'), judgedAtMs: 99 }] }),
      false,
    ],
    ['another level', score(), score({ level: null }), true],
    [
      'another reason',
      score(),
      score({ checks: [check('pass', 'barely')] }),
      true,
    ],
    ['other rules', score(), score({ digest: 'e' }), true],
  ])('%s', (_name, before, after, answer) => {
    expect(isChanged(before, after)).toBe(answer);
  });

  it('knows since when a check has had its status', () => {
    expect(
      withSince([check('pass', 'ok', 5)], [check('pass', 'barely')], 20)[0]
        .sinceMs,
    ).toBe(5);
    expect(
      withSince([check('pass', 'ok', 5)], [check('fail', 'bad')], 20)[0]
        .sinceMs,
    ).toBe(20);
    expect(withSince([], [check('fail', 'bad')], 20)[0].sinceMs).toBe(20);
  });
});
