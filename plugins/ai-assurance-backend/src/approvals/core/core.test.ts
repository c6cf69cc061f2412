import { ReleaseState } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { readPolicies } from '../readPolicies';
import { mayVote, VoteQuestion } from './mayVote';
import { applicablePolicy, policyInWords, quorumFor } from './policy';
import {
  decisionOf,
  quorumReached,
  ReleaseEvent,
  stateAfter,
  Vote,
} from './state';
import { targetedCohorts } from './targetedCohorts';

const [policy] = readPolicies(undefined);
const decidedStates: ReleaseState[] = [
  'approved',
  'rejected',
  'withdrawn',
  'expired',
];

describe('the states of a release', () => {
  it.each<[ReleaseEvent, string]>([
    ['approve', 'approved'],
    ['reject', 'rejected'],
    ['withdraw', 'withdrawn'],
    ['expire', 'expired'],
  ])(
    '%s leads from review to %s, and from a decided release nowhere',
    (event, after) => {
      expect(stateAfter('in-review', event)).toBe(after);
      for (const decided of decidedStates) {
        expect(stateAfter(decided, event)).toBeUndefined();
      }
    },
  );
});

describe('quorum', () => {
  const votes = (text: string): Pick<Vote, 'votedBy' | 'vote'>[] =>
    text
      .split(' ')
      .filter(Boolean)
      .map(word => ({
        votedBy: word[0],
        vote: word[1] === '+' ? 'approve' : 'reject',
      }));

  it.each([
    ['', 1, false, undefined],
    ['a+', 1, true, 'approve'],
    ['a+', 2, false, undefined],
    ['a+ b+', 2, true, 'approve'],
    // One person twice is one person, even if a row slipped in.
    ['a+ a+', 2, false, undefined],
    ['a-', 1, false, 'reject'],
    ['a+ b-', 2, false, 'reject'],
    ['a+ b+ c-', 2, true, 'reject'],
  ])(
    'votes %p at quorum %p: reached %p, decided %p',
    (text, quorum, reached, decision) => {
      expect(quorumReached(votes(text), quorum)).toBe(reached);
      expect(decisionOf(votes(text), quorum)).toBe(decision);
    },
  );
});

describe('mayVote', () => {
  const question = (
    change: Partial<VoteQuestion['release']> = {},
    voter: Partial<VoteQuestion['voter']> = {},
    nowMs = 99,
  ) =>
    mayVote({
      release: {
        ...{
          state: 'in-review',
          proposedBy: 'user:default/mira',
          deadlineMs: 100,
          votes: [],
        },
        ...{ approverGroups: ['group:default/model-risk'], ...change },
      },
      voter: {
        ref: 'user:default/ada',
        isUser: true,
        groups: ['group:default/model-risk'],
        ...voter,
      },
      nowMs,
    });

  it('an approver who did not propose may vote until the last millisecond', () => {
    expect(question()).toEqual({ allowed: true });
  });

  it.each([
    [
      'a machine',
      question({}, { isUser: false }),
      'NOT_A_PERSON',
      'Only a person may vote, and this is a machine’s token.',
    ],
    [
      'a decided release',
      question({ state: 'approved' }),
      'NOT_OPEN',
      'This release is approved; it takes no more votes.',
    ],
    [
      'the deadline',
      question({}, {}, 100),
      'DEADLINE_PASSED',
      'The deadline of this release has passed; it has to be proposed again.',
    ],
    [
      'the proposer',
      question({ proposedBy: 'user:default/ada' }),
      'SELF_APPROVAL',
      'You proposed this release; somebody else has to decide it.',
    ],
    [
      'a stranger',
      question({}, { groups: ['group:default/marketing'] }),
      'NOT_AN_APPROVER',
      'Only members of group:default/model-risk may vote on this release.',
    ],
    [
      'a second vote',
      question({ votes: [{ votedBy: 'user:default/ada' }] }),
      'ALREADY_VOTED',
      'You have voted on this release already.',
    ],
  ])('%s is refused with a reason in words', (_name, answer, code, reason) => {
    expect(answer).toEqual({ allowed: false, code, reason });
  });
});

describe('policies', () => {
  const narrow = {
    ...policy,
    policyId: 'narrow',
    appliesTo: { kinds: ['edge-model' as const], riskTiers: ['high'] },
  };

  it.each([
    ['edge-model', 'high', 'narrow'],
    ['edge-model', 'limited', 'default'],
    ['edge-model', undefined, 'default'],
    ['ai-model', 'high', 'default'],
    ['ai-service', 'high', undefined],
  ] as const)(
    'for a %s of risk tier %p the policy is %p',
    (kind, riskTier, policyId) => {
      expect(
        applicablePolicy([narrow, policy], { kind, riskTier })?.policyId,
      ).toBe(policyId);
    },
  );

  it.each([
    ['minimal', 1],
    ['limited', 1],
    ['high', 2],
    [undefined, 2],
    ['unheard-of', 2],
    ['toString', 2],
  ])('risk tier %p needs %p', (riskTier, quorum) => {
    expect(quorumFor(policy, riskTier)).toBe(quorum);
  });

  it('says in words what it asks for', () => {
    expect(policyInWords(policy, 2)).toBe(
      'Default release policy: 2 different people of group:default/model-risk must approve within 14 days. ' +
        'The proposer may not vote, nobody votes twice, and one rejection ends the release. ' +
        'An approval needs: artifact (not older than 365 days), evaluation (not older than 90 days).',
    );
  });
});

describe('targetedCohorts', () => {
  it('joins relations and spec, each cohort once, short names in the model’s namespace', () => {
    expect(
      targetedCohorts({
        entityRef: 'resource:lab/reader',
        spec: { targetsCohorts: ['phones', 'resource:default/tablets'] },
        relations: {
          targetsCohort: ['resource:lab/phones', 'resource:lab/watches'],
        },
      }),
    ).toEqual([
      'resource:default/tablets',
      'resource:lab/phones',
      'resource:lab/watches',
    ]);
  });

  it('a model that names none targets none', () => {
    expect(
      targetedCohorts({
        entityRef: 'resource:lab/reader',
        spec: {},
        relations: {},
      }),
    ).toEqual([]);
  });
});
