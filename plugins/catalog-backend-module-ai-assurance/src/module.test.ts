import {
  createMockDirectory,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { Entity } from '@backstage/catalog-model';
import request from 'supertest';
import aiAssuranceModule from '.';

// Whole backends start here, which a busy machine takes its time for.
jest.setTimeout(60_000);

type TestServer = Awaited<ReturnType<typeof startTestBackend>>['server'];

const service = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'api' },
  spec: {
    type: 'ai-service',
    lifecycle: 'production',
    owner: 'team',
    system: 'reading',
    tier: 1,
    riskTier: 'limited',
    usesModels: ['reader'],
    providesApis: ['digits'],
    dependsOn: ['resource:store'],
  },
};
const model = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name: 'reader' },
  spec: {
    type: 'ai-model',
    owner: 'team',
    task: 'image-classification',
    framework: 'onnx',
    riskTier: 'limited',
    trainedOn: ['digits'],
  },
};
const edgeModel = {
  apiVersion: 'backstage.io/v1beta1',
  kind: 'Resource',
  metadata: { name: 'reader-edge' },
  spec: {
    type: 'edge-model',
    owner: 'user:default/mira',
    task: 'image-classification',
    riskTier: 'high',
    derivedFrom: ['resource:default/reader'],
    trainedOn: ['Resource:digits'],
    targetsCohorts: ['phones'],
  },
};
const cohort = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name: 'phones' },
  spec: {
    type: 'device-cohort',
    owner: 'team',
    selector: { 'ai_assurance.device.class': ['low-end', 'mid-range'] },
    deviceClass: 'low-end',
    ring: 'canary',
    expectedDeviceCount: 12,
    minimumGroupSize: 5,
  },
};
const dataset = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name: 'digits' },
  spec: { type: 'dataset', owner: 'team', tier: 9, selector: 'free' },
};

function changed(
  entity: typeof service | typeof model | typeof cohort,
  spec: object,
  without: string[] = [],
) {
  const copy = {
    ...entity,
    spec: { ...entity.spec, ...spec } as Record<string, unknown>,
  };
  without.forEach(field => delete copy.spec[field]);
  return copy;
}

function backend(files: object[]) {
  const directory = createMockDirectory({
    content: {
      // JSON is YAML, so the files need no writer.
      'all.yaml': files.map(file => JSON.stringify(file)).join('\n---\n'),
    },
  });
  return startTestBackend({
    features: [
      catalogPlugin,
      aiAssuranceModule,
      mockServices.rootConfig.factory({
        data: {
          catalog: {
            processingInterval: { seconds: 1 },
            rules: [
              { allow: ['Component', 'Resource', 'API', 'Group', 'User'] },
            ],
            locations: [
              { type: 'file', target: directory.resolve('all.yaml') },
            ],
          },
        },
      }),
    ],
  });
}

async function catalogued(
  server: TestServer,
  count: number,
): Promise<Map<string, Entity>> {
  const deadlineMs = performance.now() + 20_000;
  let found: Entity[] = [];
  do {
    await new Promise(resolve => setTimeout(resolve, 100));
    const response = await request(server).get(
      '/api/catalog/entities?filter=kind=component&filter=kind=resource',
    );
    found = response.body;
  } while (found.length < count && performance.now() < deadlineMs);
  return new Map(
    found.map(entity => [`${entity.kind}:${entity.metadata.name}`, entity]),
  );
}

function relationsOf(entity: Entity): string[] {
  return (entity.relations ?? [])
    .map(relation => `${relation.type} ${relation.targetRef}`)
    .sort();
}

describe('the catalog with the model layer of AI Assurance', () => {
  it('links subjects in both directions and leaves other resources alone', async () => {
    const { server } = await backend([
      service,
      model,
      edgeModel,
      cohort,
      dataset,
    ]);
    const entities = await catalogued(server, 5);

    expect(
      Object.fromEntries(
        [...entities].map(([name, entity]) => [name, relationsOf(entity)]),
      ),
    ).toEqual({
      'Component:api': [
        'dependsOn resource:default/store',
        'ownedBy group:default/team',
        'partOf system:default/reading',
        'providesApi api:default/digits',
        'usesModel resource:default/reader',
      ],
      'Resource:reader': [
        'derivationOf resource:default/reader-edge',
        'modelUsedBy component:default/api',
        'ownedBy group:default/team',
        'trainedOn resource:default/digits',
      ],
      'Resource:reader-edge': [
        'derivedFrom resource:default/reader',
        'ownedBy user:default/mira',
        'targetsCohort resource:default/phones',
        'trainedOn resource:default/digits',
      ],
      'Resource:phones': [
        'ownedBy group:default/team',
        'targetOfModel resource:default/reader-edge',
      ],
      'Resource:digits': [
        'ownedBy group:default/team',
        'trains resource:default/reader',
        'trains resource:default/reader-edge',
      ],
    });
    // A stock resource of another type is not ours to judge, whatever its fields are called.
    expect(entities.get('Resource:digits')!.spec).toEqual(dataset.spec);
  });

  describe('before ingestion', () => {
    let server: TestServer;
    beforeAll(async () => {
      ({ server } = await backend([]));
    });

    const validate = (entity: object) =>
      request(server)
        .post('/api/catalog/validate-entity')
        .send({ entity, location: 'url:https://example.com/all.yaml' });

    it.each([
      ['a service', service],
      ['a model', model],
      ['an edge model', edgeModel],
      ['a cohort', cohort],
      ['a data set', dataset],
      [
        'a service without an owner, which is failing but not wrong',
        changed(service, {}, ['owner']),
      ],
      [
        'a field that nobody has heard of',
        changed(model, { parameters: 7850 }),
      ],
    ])('accepts %s', async (_, entity) => {
      const response = await validate(entity);
      expect([response.status, response.text]).toEqual([200, '']);
    });

    it.each([
      [
        'a tier of 9',
        changed(service, { tier: 9 }),
        '/spec/tier must be equal to one of the allowed values - allowedValues: 1,2,3',
      ],
      [
        'a service without a tier',
        changed(service, {}, ['tier']),
        "/spec must have required property 'tier' - missingProperty: tier",
      ],
      [
        'an unknown risk tier',
        changed(model, { riskTier: 'medium' }),
        '/spec/riskTier must be equal to one of the allowed values - allowedValues: minimal,limited,high',
      ],
      [
        'a model without a task',
        changed(model, {}, ['task']),
        "/spec must have required property 'task' - missingProperty: task",
      ],
      [
        'a service that uses a component as model',
        changed(service, { usesModels: ['component:default/api'] }),
        '/spec/usesModels/0 must match pattern',
      ],
      [
        'a cloud model with cohorts',
        changed(model, { targetsCohorts: ['phones'] }),
        '/spec/targetsCohorts must NOT be valid',
      ],
      [
        'an owner that is a system',
        changed(model, { owner: 'system:default/reading' }),
        '/spec/owner must match pattern',
      ],
      [
        'a ring of nobody',
        changed(cohort, { ring: 'all' }),
        '/spec/ring must be equal to one of the allowed values - allowedValues: canary,early,broad',
      ],
      [
        'a group size that would reveal people',
        changed(cohort, { minimumGroupSize: 4 }),
        '/spec/minimumGroupSize must be >= 5',
      ],
      [
        'a selector that claims every device',
        changed(cohort, { selector: {} }),
        '/spec/selector must NOT have fewer than 1 properties',
      ],
      [
        'a selector with a bare value',
        changed(cohort, { selector: { 'os.name': 'Android' } }),
        '/spec/selector/os.name must be array',
      ],
      [
        'a cost budget that is none',
        {
          ...service,
          metadata: {
            name: 'api',
            annotations: { 'ai-assurance.io/cost-budget': 'a lot' },
          },
        },
        '/metadata/annotations/ai-assurance.io~1cost-budget must match pattern',
      ],
    ])('refuses %s and names the field', async (_, entity, message) => {
      const response = await validate(entity);
      expect(response.status).toBe(400);
      expect(
        response.body.errors.map((error: Error) => error.message).join('\n'),
      ).toContain(message);
    });
  });
});
