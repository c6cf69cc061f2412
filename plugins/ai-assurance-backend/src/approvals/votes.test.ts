import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  callerOf,
  dayMs,
  digestA,
  digestB,
  edgeModel,
  machine,
  startMs,
} from '../tests/__testUtils__/house';
import {
  ada,
  ballot,
  codeOf,
  mira,
  openApprovals,
  proposal,
  roomsOf,
  sam,
  tomas,
} from './__testUtils__/openApprovals';
import { readPolicies } from './readPolicies';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const ids = databases.eachSupportedId();

const open = async (
  id: (typeof ids)[number][0],
  change: { riskTier?: string } = {},
) => openApprovals(await databases.init(id), change);

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
      codeOf(approvals.vote(releaseId, ballot(), tomas)),
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
