import { createTestDatabases } from '@ai-assurance/test-kit';
import { createApprovals } from '../approvals';
import { createScorecards } from '../scorecards';
import {
  digestB,
  edgeModel,
  flagship,
  openHouse,
  recordVersion,
  serve,
} from '../tests/__testUtils__/house';
import { createTelemetry } from '../telemetry';
import { createRollouts } from './createRollouts';
import request from 'supertest';
import { mockCredentials } from '@backstage/backend-test-utils';
import approvals from '../../migrations/20261122000600_create_approvals';
import rollouts from '../../migrations/20261122000700_create_rollouts';
import promotions from '../../migrations/20261122003301_decide_promotions';
import moments from '../../migrations/20261122004001_index_promotion_decisions';
import scorecards from '../../migrations/20261122000500_create_scorecards';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();

describe('the migrations of scorecards, approvals and rollouts', () => {
  it.each(databases.eachSupportedId())(
    'go down with rows in place and up again, and no evidence is lost, %p',
    async id => {
      const house = await openHouse(await databases.init(id));
      await recordVersion(house, edgeModel, '2', digestB);
      const scores = createScorecards(house);
      await scores.judge();
      const releases = createApprovals({
        ...house,
        scorecards: scores.answers,
      });
      const telemetry = createTelemetry(house);
      await createRollouts({
        ...house,
        telemetry: telemetry.answers,
      }).tasks[0].run();
      const mira = 'user:default/mira';
      const { server } = await serve([releases], {
        [mira]: ['ai-assurance.release.propose', 'ai-assurance.assurance.read'],
      });
      await request(server)
        .post('/api/ai-assurance/releases')
        .set('authorization', mockCredentials.user.header(mira))
        .send({
          modelRef: edgeModel,
          version: '2',
          digest: digestB,
          cohorts: [flagship],
          reason: 'Faster',
        });
      const before = await house.recorded(edgeModel);
      expect(before).toEqual([
        'artifact',
        'evaluation',
        'scorecard-verdict',
        'rollout-observation',
        'approval-request',
      ]);

      const migrations = [moments, promotions, rollouts, approvals, scorecards];
      for (const migration of migrations) await migration.down(house.knex);
      expect(await house.knex.schema.hasTable('approval_release')).toBe(false);
      for (const migration of [...migrations].reverse())
        await migration.up(house.knex);

      expect(await releases.answers.waiting(9)).toEqual({
        releases: [],
        count: 0,
      });
      expect(await house.recorded(edgeModel)).toEqual(before);
      expect((await house.fsck()).ok).toBe(true);
    },
  );
});
