import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  cloudModel,
  dayMs,
  digestA,
  digestB,
  edgeModel,
  flagship,
  lowEnd,
  machine,
  service,
  startMs,
} from '../tests/__testUtils__/house';
import {
  ada,
  codeOf,
  mira,
  openApprovals,
  proposal,
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
