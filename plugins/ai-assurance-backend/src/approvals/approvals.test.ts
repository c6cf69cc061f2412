import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  callerOf,
  cloudModel,
  dayMs,
  digestA,
  digestB,
  edgeModel,
  entities,
  flagship,
  House,
  lowEnd,
  machine,
  openHouse,
  recordVersion,
  service,
  startMs,
} from '../scorecards/testing/house';
import { Ledger } from '../ledger';
import { createScorecards } from '../scorecards';
import { StoredApprovalAnswers } from './ApprovalAnswers';
import { ApprovalService } from './ApprovalService';
import { ApprovalStore } from './ApprovalStore';
import { parsePolicies, readPolicies } from './readPolicies';
import { ReleaseReader } from './ReleaseReader';

const databases = createTestDatabases();
const ids = databases.eachSupportedId();

const mira = callerOf('user:default/mira');
const ada = callerOf('user:default/ada');
const tomas = callerOf('user:default/tomas');
const sam = callerOf('user:default/sam');

const proposal = {
  ...{
    modelRef: edgeModel,
    version: '2',
    digest: digestB,
    cohorts: [flagship],
    reason: 'Smaller and faster',
  },
};

function roomsOf(house: House, policies = readPolicies(undefined)) {
  const scorecards = createScorecards(house);
  const reader = new ReleaseReader(house.db);
  const answers = new StoredApprovalAnswers({
    ...house,
    scorecards: scorecards.answers,
    policies,
    reader,
  });
  const store = new ApprovalStore();
  const deps = {
    ...house,
    scorecards: scorecards.answers,
    policies,
    reader,
    answers,
    store,
  };
  return {
    scorecards,
    answers,
    service: new ApprovalService(deps),
    withLedger: (ledger: Ledger) =>
      new ApprovalService({ ...deps, ledger }),
  };
}

async function open(
  id: (typeof ids)[number][0],
  change: { riskTier?: string } = {},
) {
  const house = await openHouse(await databases.init(id), {
    entities: entities(change),
  });
  await recordVersion(house, edgeModel, '2', digestB);
  return { house, ...roomsOf(house) };
}

const ballot = (
  vote: 'approve' | 'reject' = 'approve',
  rowVersion = 1,
  digest = digestB,
) => ({
  ...{ vote, rowVersion, digest, reason: 'Looked at the evidence' },
});

/** Code of the error that a call is refused with. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return `${(error as Error).name} ${(error as { code?: string }).code}`;
  }
  return 'accepted';
}

describe('proposing a release', () => {
  it.each(ids)(
    'freezes what is known, with its evidence, and says who has to act, %p',
    async id => {
      const { house, scorecards, answers, service: approvals } = await open(id);
      await scorecards.judge([edgeModel]);

      const releaseId = await approvals.propose(
        { ...proposal, cohorts: [lowEnd, flagship, lowEnd] },
        mira,
      );

      const release = await answers.get(releaseId, mira);
      const frozen = [
        [
          'Are the bytes of this version known, by digest and size?',
          'pass',
          'within-bound',
          '0',
        ],
        [
          'Was this version evaluated on pinned data, and is it accurate enough even at the low end of the interval?',
          'pass',
          'within-bound',
          '1',
        ],
        [
          'Was every version in use evaluated on pinned data, and is it accurate enough even at the low end of the interval?',
          'pass',
          'within-bound',
          '1',
        ],
        [
          'Do the outputs still look like the approved reference?',
          'inconclusive',
          'no-data',
          null,
        ],
        [
          'Does every targeted cohort load the model and run it without crashes?',
          'inconclusive',
          'no-data',
          null,
        ],
      ].map(([question, status, reason, evidenceId]) => ({
        question,
        status,
        reason,
        evidenceId,
      }));
      expect(release).toEqual({
        releaseId: 'rel_1',
        ...{
          modelRef: edgeModel,
          version: '2',
          digest: digestB,
          cohorts: [flagship, lowEnd],
          state: 'in-review',
          rowVersion: 1,
        },
        ...{
          proposedBy: 'user:default/mira',
          proposedAtMs: startMs,
          reason: 'Smaller and faster',
        },
        ...{
          deadlineMs: startMs + 14 * dayMs,
          policyId: 'default',
          policyDigest: readPolicies(undefined)[0].digest,
        },
        policyText: release.policyText,
        ...{
          quorum: 1,
          approverGroups: ['group:default/model-risk'],
          votes: [],
        },
        ...{ frozenVerdicts: frozen, currentVerdicts: frozen },
        mayVote: {
          allowed: false,
          reason: 'You proposed this release; somebody else has to decide it.',
        },
        mayWithdraw: true,
      });
      const [request] = await house.ledgerAnswers.list({
        subject: edgeModel,
        type: 'io.ai-assurance.approval-request.v1',
        limit: 9,
      });
      expect(request.item.data.payload).toEqual({
        ...{
          releaseId,
          modelRef: edgeModel,
          version: '2',
          digest: digestB,
          cohorts: [flagship, lowEnd],
          quorum: 1,
        },
        ...{
          proposedBy: 'user:default/mira',
          reason: 'Smaller and faster',
          policyId: 'default',
        },
        ...{
          policyDigest: release.policyDigest,
          deadline: new Date(startMs + 14 * dayMs).toISOString(),
        },
        frozenVerdicts: [
          {
            question: 'artifact',
            status: 'pass',
            reason: 'within-bound',
            evidenceId: '0',
          },
          {
            question: 'evaluation',
            status: 'pass',
            reason: 'within-bound',
            evidenceId: '1',
          },
          {
            question: 'evaluated-on-pinned-data',
            status: 'pass',
            reason: 'within-bound',
            evidenceId: '1',
          },
          {
            question: 'outputs-not-drifted',
            status: 'inconclusive',
            reason: 'no-data',
            evidenceId: null,
          },
          {
            question: 'rollout-healthy',
            status: 'inconclusive',
            reason: 'no-data',
            evidenceId: null,
          },
        ],
      });
    },
  );

  it.each(ids)('frozen verdicts stay while current ones move, %p', async id => {
    const { house, answers, service: approvals } = await open(id);
    const releaseId = await approvals.propose(proposal, mira);
    house.clock.advance(91 * dayMs);
    const release = await answers.get(releaseId, ada);
    expect(release.frozenVerdicts[1].status).toBe('pass');
    expect(release.currentVerdicts[1]).toEqual({
      ...release.frozenVerdicts[1],
      status: 'inconclusive',
      reason: 'stale',
    });
  });

  it.each([
    [
      'an unknown model',
      { modelRef: 'resource:default/nobody' },
      'NotFoundError UNKNOWN_MODEL',
    ],
    ['a service', { modelRef: service }, 'InputError NOT_A_MODEL'],
    [
      'a cohort that is not targeted',
      { cohorts: ['resource:default/watches'] },
      'InputError NOT_TARGETED',
    ],
    ['no cohort', { cohorts: [] }, 'InputError NO_COHORT'],
    [
      'a digest without artifact evidence',
      { digest: digestA },
      'InputError UNKNOWN_VERSION',
    ],
    [
      'a label that stands for other bytes',
      { version: '3' },
      'InputError UNKNOWN_VERSION',
    ],
    [
      'a cohort for a cloud model',
      { modelRef: cloudModel },
      'InputError NOT_TARGETED',
    ],
  ])('%s is refused and leaves nothing behind', async (_name, change, code) => {
    const { house, service: approvals } = await open('SQLITE_3');
    expect(
      await codeOf(approvals.propose({ ...proposal, ...change }, mira)),
    ).toBe(code);
    expect(await house.knex('approval_release').select('release_id')).toEqual(
      [],
    );
    expect(await house.queued()).toEqual([]);
    expect(await house.recorded(edgeModel)).toEqual(['artifact', 'evaluation']);
  });

  it('a machine may not propose', async () => {
    const { service: approvals } = await open('SQLITE_3');
    expect(await codeOf(approvals.propose(proposal, machine))).toBe(
      'NotAllowedError NOT_A_PERSON',
    );
  });

  it.each(ids)(
    'a digest is open only once, until it is decided, %p',
    async id => {
      const { service: approvals } = await open(id);
      const both = await Promise.all([
        codeOf(approvals.propose(proposal, mira)),
        codeOf(approvals.propose(proposal, mira)),
      ]);
      expect(both.sort()).toEqual(['ConflictError ALREADY_OPEN', 'accepted']);
      const releaseId = both[0] === 'accepted' ? 'rel_1' : 'rel_2';
      expect([
        releaseId,
        await codeOf(approvals.propose(proposal, mira)),
      ]).toEqual([releaseId, 'ConflictError ALREADY_OPEN']);
    },
  );

  it.each(ids)(
    'a ledger that refuses the evidence refuses the release, %p',
    async id => {
      const { house, withLedger } = await open(id);
      const broken = withLedger({
        append: async () => Promise.reject(new Error('disk full')),
      });
      await expect(broken.propose(proposal, mira)).rejects.toThrow('disk full');
      expect(await house.knex('approval_release').select('release_id')).toEqual(
        [],
      );
      expect(await house.queued()).toEqual([]);
    },
  );
});

describe('voting', () => {
  it.each(ids)(
    'one approval decides a release of limited risk, %p',
    async id => {
      const { house, answers, service: approvals, scorecards } = await open(id);
      const releaseId = await approvals.propose(proposal, mira);
      house.clock.advance(1000);

      await approvals.vote(releaseId, ballot(), ada);

      const release = await answers.get(releaseId, tomas);
      expect([release.state, release.rowVersion, release.decidedAtMs]).toEqual([
        'approved',
        2,
        startMs + 1000,
      ]);
      expect(release.votes).toEqual([
        {
          votedBy: 'user:default/ada',
          vote: 'approve',
          reason: 'Looked at the evidence',
          votedAtMs: startMs + 1000,
        },
      ]);
      expect(release.mayVote).toEqual({
        allowed: false,
        reason: 'This release is approved; it takes no more votes.',
      });
      expect(await house.recorded(edgeModel)).toEqual([
        'artifact',
        'evaluation',
        'approval-request',
        'approval-vote',
        'approval-decision',
      ]);
      expect(await house.queued()).toEqual([
        'release.proposed',
        'release.approved',
      ]);
      const [decision] = await house.ledgerAnswers.list({
        subject: edgeModel,
        limit: 1,
      });
      expect(decision.item.data.payload).toEqual({
        ...{
          releaseId,
          modelRef: edgeModel,
          version: '2',
          digest: digestB,
          decision: 'approved',
          quorum: 1,
        },
        ...{
          approvedBy: ['user:default/ada'],
          rejectedBy: [],
          policyId: 'default',
          policyDigest: release.policyDigest,
        },
      });
      expect(decision.item.data.envelope.subjectDigest).toBe(digestB);
      expect(await answers.stateOf(edgeModel, digestB)).toEqual({
        releaseId,
        state: 'approved',
      });
      await scorecards.judge([edgeModel]);
      const score = await scorecards.answers.score(edgeModel);
      expect(score?.checks[4].verdict).toEqual({
        status: 'pass',
        reason: 'as-required',
        facts: { evidenceId: decision.evidenceId },
      });
      expect((await house.fsck()).ok).toBe(true);
    },
  );

  it.each(ids)('high risk needs two different people, %p', async id => {
    const {
      house,
      answers,
      service: approvals,
    } = await open(id, { riskTier: 'high' });
    const releaseId = await approvals.propose(proposal, mira);
    await approvals.vote(releaseId, ballot(), ada);
    expect((await answers.get(releaseId, ada)).state).toBe('in-review');
    expect((await answers.get(releaseId, ada)).mayVote.reason).toBe(
      'You have voted on this release already.',
    );
    expect(
      await codeOf(approvals.vote(releaseId, ballot('approve', 2), ada)),
    ).toBe('ConflictError ALREADY_VOTED');

    await approvals.vote(releaseId, ballot('approve', 2), tomas);

    expect((await answers.get(releaseId, ada)).state).toBe('approved');
    expect(await house.queued()).toEqual([
      'release.proposed',
      'release.voted',
      'release.approved',
    ]);
  });

  it.each(ids)(
    'one rejection ends the release, whatever came before, %p',
    async id => {
      const { answers, service: approvals } = await open(id, {
        riskTier: 'high',
      });
      const releaseId = await approvals.propose(proposal, mira);
      await approvals.vote(releaseId, ballot(), ada);
      await approvals.vote(releaseId, ballot('reject', 2), tomas);
      expect((await answers.get(releaseId, ada)).state).toBe('rejected');
    },
  );

  it.each(ids)('of two votes at once one has to look again, %p', async id => {
    const {
      house,
      answers,
      service: approvals,
    } = await open(id, { riskTier: 'high' });
    const releaseId = await approvals.propose(proposal, mira);
    const codes = await Promise.all([
      codeOf(approvals.vote(releaseId, ballot(), ada)),
      codeOf(approvals.vote(releaseId, ballot('reject'), tomas)),
    ]);
    expect(codes.sort()).toEqual(['ConflictError STALE_VERSION', 'accepted']);
    const release = await answers.get(releaseId, ada);
    expect([release.rowVersion, release.votes.length]).toEqual([2, 1]);
    expect(
      (await house.recorded(edgeModel)).filter(
        kind => kind === 'approval-vote',
      ),
    ).toEqual(['approval-vote']);
    expect((await house.fsck()).ok).toBe(true);
  });

  it.each([
    [
      'the proposer',
      callerOf('user:default/mira'),
      {},
      'NotAllowedError SELF_APPROVAL',
    ],
    ['somebody of another group', sam, {}, 'NotAllowedError NOT_AN_APPROVER'],
    ['a machine', machine, {}, 'NotAllowedError NOT_A_PERSON'],
    [
      'a vote on another digest',
      ada,
      { digest: digestA },
      'ConflictError DIGEST_CHANGED',
    ],
    [
      'a vote on an older state',
      ada,
      { rowVersion: 0 },
      'ConflictError STALE_VERSION',
    ],
  ])(
    '%s is refused and leaves nothing behind',
    async (_name, caller, change, code) => {
      const { house, service: approvals } = await open('SQLITE_3');
      const releaseId = await approvals.propose(proposal, mira);
      expect(
        await codeOf(
          approvals.vote(releaseId, { ...ballot(), ...change }, caller),
        ),
      ).toBe(code);
      expect(await house.knex('approval_vote').select('voted_by')).toEqual([]);
      expect(await house.queued()).toEqual(['release.proposed']);
    },
  );

  it('a proposer who is also an approver may not decide their own release', async () => {
    const { service: approvals } = await open('SQLITE_3');
    const both = callerOf('user:default/both');
    const releaseId = await approvals.propose(proposal, both);
    expect(await codeOf(approvals.vote(releaseId, ballot(), both))).toBe(
      'NotAllowedError SELF_APPROVAL',
    );
  });

  it('a vote on a release that does not exist is answered so', async () => {
    const { service: approvals } = await open('SQLITE_3');
    expect(await codeOf(approvals.vote('rel_9', ballot(), ada))).toBe(
      'NotFoundError UNKNOWN_RELEASE',
    );
  });

  it('a vote at the deadline is refused', async () => {
    const { house, service: approvals } = await open('SQLITE_3');
    const releaseId = await approvals.propose(proposal, mira);
    house.clock.advance(14 * dayMs);
    expect(await codeOf(approvals.vote(releaseId, ballot(), ada))).toBe(
      'ConflictError DEADLINE_PASSED',
    );
  });

  it('without the required evidence nobody can approve, but anybody entitled can reject', async () => {
    const { house, answers, service: approvals } = await open('SQLITE_3');
    await house.record('io.ai-assurance.artifact.v1', edgeModel, {
      version: '1',
      digest: digestA,
      sizeBytes: 10,
      format: 'onnx',
    });
    const releaseId = await approvals.propose(
      { ...proposal, version: '1', digest: digestA },
      mira,
    );
    const approve = approvals.vote(
      releaseId,
      ballot('approve', 1, digestA),
      ada,
    );
    await expect(approve).rejects.toThrow(
      'The policy requires evidence that is not there: evaluation is inconclusive (no-data).',
    );
    expect(await codeOf(approve)).toBe('ConflictError EVIDENCE_MISSING');
    await approvals.vote(releaseId, ballot('reject', 1, digestA), ada);
    expect((await answers.get(releaseId, ada)).state).toBe('rejected');
  });

  it('a release proposed under another policy cannot be approved any more', async () => {
    const { house, service: approvals } = await open('SQLITE_3');
    const releaseId = await approvals.propose(proposal, mira);
    const [policy] = readPolicies(undefined);
    const later = roomsOf(house, [{ ...policy, digest: digestA }]).service;
    expect(await codeOf(later.vote(releaseId, ballot(), ada))).toBe(
      'ConflictError POLICY_CHANGED',
    );
    expect(await codeOf(later.vote(releaseId, ballot('reject'), ada))).toBe(
      'accepted',
    );
  });

  it.each(ids)(
    'a ledger that refuses the evidence refuses the vote, %p',
    async id => {
      const { house, answers, service: approvals, withLedger } = await open(id);
      const releaseId = await approvals.propose(proposal, mira);
      const broken = withLedger({
        append: async () => Promise.reject(new Error('disk full')),
      });
      await expect(broken.vote(releaseId, ballot(), ada)).rejects.toThrow(
        'disk full',
      );
      const release = await answers.get(releaseId, ada);
      expect([release.state, release.rowVersion, release.votes]).toEqual([
        'in-review',
        1,
        [],
      ]);
      expect(await house.queued()).toEqual(['release.proposed']);
    },
  );
});

describe('ending without a vote', () => {
  it.each(ids)(
    'the proposer takes a release back, and may propose it again, %p',
    async id => {
      const { house, answers, service: approvals } = await open(id);
      const releaseId = await approvals.propose(proposal, mira);
      expect(await codeOf(approvals.withdraw(releaseId, 1, ada))).toBe(
        'NotAllowedError NOT_PROPOSER',
      );
      expect(await codeOf(approvals.withdraw(releaseId, 0, mira))).toBe(
        'ConflictError STALE_VERSION',
      );

      await approvals.withdraw(releaseId, 1, mira);

      expect((await answers.get(releaseId, mira)).state).toBe('withdrawn');
      expect((await answers.get(releaseId, mira)).mayWithdraw).toBe(false);
      expect(await codeOf(approvals.withdraw(releaseId, 2, mira))).toBe(
        'ConflictError NOT_OPEN',
      );
      expect(await house.recorded(edgeModel)).toEqual([
        'artifact',
        'evaluation',
        'approval-request',
        'approval-decision',
      ]);
      expect(await codeOf(approvals.propose(proposal, mira))).toBe('accepted');
    },
  );

  it.each(ids)(
    'a release expires at its deadline, once, with evidence, %p',
    async id => {
      const { house, answers, service: approvals } = await open(id);
      const releaseId = await approvals.propose(proposal, mira);
      house.clock.advance(14 * dayMs - 1);
      await approvals.expireOverdue();
      expect((await answers.get(releaseId, mira)).state).toBe('in-review');
      house.clock.advance(1);

      await Promise.all([approvals.expireOverdue(), approvals.expireOverdue()]);
      await approvals.expireOverdue();

      expect((await answers.get(releaseId, mira)).state).toBe('expired');
      expect(await house.recorded(edgeModel)).toEqual([
        'artifact',
        'evaluation',
        'approval-request',
        'approval-decision',
      ]);
      expect(await house.queued()).toEqual([
        'release.proposed',
        'release.expired',
      ]);
    },
  );
});

describe('lists', () => {
  it.each(ids)(
    'pages by key, newest first, each release once, %p',
    async id => {
      const { house, answers, service: approvals } = await open(id);
      for (let version = 1; version <= 5; version++) {
        const digest = `sha256:${String(version).repeat(64)}`;
        await recordVersion(house, edgeModel, `v${version}`, digest);
        await approvals.propose(
          { ...proposal, version: `v${version}`, digest },
          mira,
        );
        if (version !== 3) house.clock.advance(1000);
      }
      const first = await answers.page({ limit: 2 }, ada);
      const second = await answers.page(
        { limit: 2, cursor: first.nextCursor },
        ada,
      );
      const third = await answers.page(
        { limit: 2, cursor: second.nextCursor },
        ada,
      );
      const versions = [first, second, third].map(({ releases }) =>
        releases.map(({ version }) => version),
      );
      expect(versions).toEqual([['v5', 'v4'], ['v3', 'v2'], ['v1']]);
      expect(third.nextCursor).toBeUndefined();
      expect((await answers.open(ada)).length).toBe(5);
      expect(await answers.releasesOf(cloudModel, ada)).toEqual([]);
      expect(
        (await answers.page({ state: 'approved', limit: 9 }, ada)).releases,
      ).toEqual([]);
    },
  );

  it('a made-up cursor is refused', async () => {
    const { answers } = await open('SQLITE_3');
    expect(
      await codeOf(answers.page({ limit: 2, cursor: "1' or 1=1" }, ada)),
    ).toBe('InputError INVALID_INPUT');
  });
});

describe('policy files', () => {
  const ours = `
apiVersion: ai-assurance.io/v1
kind: ApprovalPolicy
metadata: { name: team, title: Team policy }
spec:
  appliesTo: { kinds: [ai-model] }
  approverGroups: [group:default/model-risk]
  quorum: { minimal: 1, limited: 1, high: 2 }
  excluded: [requester, repeat-voter]
  deadline: { days: 2 }
  requiredEvidence:
    - id: artifact
      question: Are the bytes known?
      evidence: { kind: io.ai-assurance.artifact.v1, version: proposed, aggregate: latest }
      require: { value: payload.sizeBytes, atLeast: 1 }
      fresh: { days: 30 }
`;

  it('a good one is read', () => {
    expect(
      parsePolicies(ours, 'p.yaml').map(({ policyId, deadline }) => [
        policyId,
        deadline,
      ]),
    ).toEqual([['team', 2 * dayMs]]);
  });

  it.each([
    [
      'excluded: [requester, repeat-voter]',
      'excluded: [repeat-voter]',
      'p.yaml: line 9: spec.excluded: must name requester and repeat-voter',
    ],
    ['high: 2', 'high: 0', 'p.yaml: line 8: spec.quorum.high: '],
    [
      'group:default/model-risk',
      'model-risk',
      'p.yaml: line 7: spec.approverGroups.0: ',
    ],
    [
      'version: proposed',
      'version: each-live',
      'p.yaml: line 14: spec.requiredEvidence.0.evidence.version: a policy asks about',
    ],
    [
      'payload.sizeBytes',
      'payload.size',
      'p.yaml: line 15: spec.requiredEvidence.0.require.value: payload.size is not a field',
    ],
  ])(
    'a fault refuses the start and names the line: %s',
    (part, wrong, message) => {
      expect(() => parsePolicies(ours.replace(part, wrong), 'p.yaml')).toThrow(
        message,
      );
    },
  );

  it('two policies of one name are refused', () => {
    expect(() => parsePolicies(`${ours}---${ours}`, 'p.yaml')).toThrow(
      'p.yaml: the policy team is defined twice',
    );
  });
});
