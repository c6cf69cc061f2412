import { createTestDatabases } from '@ai-assurance/test-kit';
import { BudgetBlockade } from '../slo';
import { edgeModel } from '../tests/__testUtils__/house';
import {
  ada,
  ballot,
  codeOf,
  mira,
  openApprovals,
  proposal,
} from './__testUtils__/openApprovals';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();

describe('an exhausted error budget', () => {
  it.each(databases.eachSupportedId())(
    'blocks an approval where its policy says so, and names the policy, %p',
    async id => {
      const rooms = await openApprovals(await databases.init(id));
      const asked: string[][] = [];
      const blockade: BudgetBlockade = {
        policyId: 'freeze',
        title: 'No change without budget',
        blocks: ['rollout-promotion'],
        objectives: [{ sloName: 'latency', objectiveName: 'fast' }],
      };
      const service = rooms.withSlo({
        blockades: async subjects => {
          asked.push(subjects);
          return [blockade];
        },
      });
      const releaseId = await service.propose(proposal, mira);
      blockade.blocks.push('release-approval');
      const vote = service.vote(releaseId, ballot(), ada);
      await expect(vote).rejects.toThrow(
        'The error-budget policy “No change without budget” (freeze) blocks approvals while the budget of latency/fast is exhausted',
      );
      expect(await codeOf(service.vote(releaseId, ballot(), ada))).toBe(
        'ConflictError ERROR_BUDGET_EXHAUSTED',
      );
      expect(asked[0][0]).toBe(edgeModel);
      blockade.blocks.pop();
      await service.vote(releaseId, ballot(), ada);
      expect((await rooms.answers.get(releaseId, ada)).state).toBe('approved');
    },
  );
});
