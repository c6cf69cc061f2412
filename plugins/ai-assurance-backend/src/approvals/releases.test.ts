import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  cloudModel,
  dayMs,
  edgeModel,
  recordVersion,
} from '../tests/__testUtils__/house';
import {
  ada,
  codeOf,
  mira,
  openApprovals,
  proposal,
} from './__testUtils__/openApprovals';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const ids = databases.eachSupportedId();

const open = async (
  id: (typeof ids)[number][0],
  change: { riskTier?: string } = {},
) => openApprovals(await databases.init(id), change);

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
      const waiting = await answers.waiting(2);
      expect([
        waiting.count,
        waiting.releases.map(({ version }) => version),
      ]).toEqual([5, ['v5', 'v4']]);
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
