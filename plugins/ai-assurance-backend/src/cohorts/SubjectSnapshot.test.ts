import { fixedClock } from '@ai-assurance/test-kit';
import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { createCohorts } from './createCohorts';

const entity = (
  kind: string,
  name: string,
  type: string,
  more: Partial<Entity> & { spec?: object } = {},
): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: {
    name,
    namespace: 'default',
    annotations: { 'backstage.io/managed-by-location': `file:/${name}.yaml` },
  },
  relations: more.relations,
  spec: { type, ...more.spec },
});
const api = entity('Component', 'digit-api', 'ai-service', {
  spec: { tier: 1, riskTier: 'limited', owner: 'ignored' },
  relations: [
    { type: 'ownedBy', targetRef: 'group:default/vision-team' },
    { type: 'usesModel', targetRef: 'resource:default/digit-reader' },
  ],
});
const reader = entity('Resource', 'digit-reader', 'ai-model');
const website = entity('Component', 'website', 'website');
const bucket = entity('Resource', 'bucket', 's3-bucket');

function setUp(entities: Entity[] = [website, reader, bucket, api]) {
  const clock = fixedClock();
  const logger = mockServices.logger.mock();
  const catalog = catalogServiceMock({ entities });
  const getEntities = jest.spyOn(catalog, 'getEntities');
  const { answers } = createCohorts({
    catalog,
    auth: mockServices.auth(),
    clock,
    logger,
  });
  return { answers, clock, logger, getEntities };
}

describe('the subjects of the catalog', () => {
  it('are services, models and cohorts in order, and nothing else', async () => {
    const { answers } = setUp();
    expect((await answers.list()).map(s => s.entityRef)).toEqual([
      'component:default/digit-api',
      'resource:default/digit-reader',
    ]);
    expect(await answers.get('component:default/website')).toBeUndefined();
  });

  it('carry owner, tiers, location and relations; an owner is taken from the relation only', async () => {
    const { answers } = setUp();
    expect(await answers.get('component:default/digit-api')).toEqual({
      entityRef: 'component:default/digit-api',
      kind: 'ai-service',
      title: 'digit-api',
      ownerRef: 'group:default/vision-team',
      tier: 1,
      riskTier: 'limited',
      annotations: {
        'backstage.io/managed-by-location': 'file:/digit-api.yaml',
      },
      location: 'file:/digit-api.yaml',
      spec: {
        type: 'ai-service',
        tier: 1,
        riskTier: 'limited',
        owner: 'ignored',
      },
      relations: {
        ownedBy: ['group:default/vision-team'],
        usesModel: ['resource:default/digit-reader'],
      },
    });
    expect(
      (await answers.get('resource:default/digit-reader'))?.ownerRef,
    ).toBeUndefined();
  });

  it('are read once for many questions at once, and again after ten seconds', async () => {
    const { answers, clock, getEntities } = setUp();
    await Promise.all([
      answers.list(),
      answers.get('x:y/z'),
      answers.assign({}),
    ]);
    clock.advance(9_999);
    await answers.list();
    expect(getEntities).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await answers.list();
    expect(getEntities).toHaveBeenCalledTimes(2);
  });

  it('stay as they were while the catalog fails, with one warning for the outage', async () => {
    const { answers, clock, logger, getEntities } = setUp();
    await answers.list();
    getEntities.mockRejectedValue(new Error('down'));
    for (let i = 0; i < 3; i += 1) {
      clock.advance(10_000);
      expect((await answers.list()).length).toBe(2);
    }
    expect(getEntities).toHaveBeenCalledTimes(4);
    expect(logger.warn.mock.calls.map(([message]) => message)).toEqual([
      'The catalog could not be read, keeping what was last seen (2 subjects)',
    ]);
  });

  it('are unavailable, not empty, while the catalog has never answered', async () => {
    const { answers, getEntities } = setUp();
    getEntities.mockRejectedValueOnce(new Error('not up yet'));
    await expect(answers.assign({})).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'CATALOG_UNAVAILABLE',
    });
    expect((await answers.list()).length).toBe(2);
  });
});
