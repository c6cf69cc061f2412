import aiAssuranceCatalogModule from '@ai-assurance/backstage-plugin-catalog-backend-module-ai-assurance';
import { aiAssurancePermissions } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import aiAssurancePermissionModule from '@ai-assurance/backstage-plugin-permission-backend-module-ai-assurance';
import { authServiceFactory } from '@backstage/backend-defaults/auth';
import { httpAuthServiceFactory } from '@backstage/backend-defaults/httpAuth';
import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import { userInfoServiceFactory } from '@backstage/backend-defaults/userInfo';
import {
  createMockDirectory,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import authPlugin from '@backstage/plugin-auth-backend';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import permissionPlugin from '@backstage/plugin-permission-backend';
import request from 'supertest';
import demoUsers from './demoUsers';

// Whole backends start here, which a busy machine takes its time for.
jest.setTimeout(60_000);

type TestServer = Awaited<ReturnType<typeof startTestBackend>>['server'];

const group = (name: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name },
  spec: { type: 'team', children: [] },
});
const user = (name: string, memberOf: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name },
  spec: { memberOf: [memberOf] },
});
const model = (owner: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name: `of-${owner}` },
  spec: {
    type: 'ai-model',
    task: 'image-classification',
    riskTier: 'limited',
    owner,
  },
});

const entities = [
  group('vision-team'),
  group('model-risk'),
  group('marketing'),
  user('mira', 'vision-team'),
  user('ada', 'model-risk'),
  user('sam', 'marketing'),
  user('eve', 'vision-team'),
  model('vision-team'),
  model('marketing'),
];

function start(demo: object) {
  const directory = createMockDirectory({
    content: {
      'all.yaml': entities
        .map(entity => JSON.stringify(entity))
        .join('\n---\n'),
    },
  });
  return startTestBackend({
    features: [
      // The real services, so that tokens, groups and delegated calls are those of a running portal.
      authServiceFactory,
      httpAuthServiceFactory,
      userInfoServiceFactory,
      permissionsServiceFactory,
      authPlugin,
      demoUsers,
      catalogPlugin,
      aiAssuranceCatalogModule,
      permissionPlugin,
      aiAssurancePermissionModule,
      mockServices.rootConfig.factory({
        data: {
          app: { baseUrl: 'http://localhost:3000' },
          backend: {
            baseUrl: 'http://localhost:7007',
            auth: {
              externalAccess: [
                {
                  type: 'static',
                  options: { token: 'look-into-the-catalog', subject: 'test' },
                },
              ],
            },
          },
          permission: { enabled: true },
          auth: { providers: { demo } },
          aiAssurance: {
            roles: {
              reader: ['group:default/vision-team'],
              contributor: ['group:default/vision-team'],
              approver: ['group:default/model-risk'],
            },
          },
          catalog: {
            processingInterval: { seconds: 1 },
            rules: [{ allow: ['Resource', 'Group', 'User'] }],
            locations: [
              { type: 'file', target: directory.resolve('all.yaml') },
            ],
          },
        },
      }),
    ],
  });
}

function signIn(server: TestServer, chosen?: string) {
  const call = request(server).get('/api/auth/demo/refresh');
  return chosen ? call.set('x-demo-user', chosen) : call;
}

async function untilCatalogued(server: TestServer) {
  const deadlineMs = performance.now() + 30_000;
  let found = 0;
  while (found < entities.length && performance.now() < deadlineMs) {
    await new Promise(resolve => setTimeout(resolve, 100));
    const response = await request(server)
      .get(
        '/api/catalog/entities?filter=kind=user&filter=kind=group&filter=kind=resource',
      )
      .set('authorization', 'Bearer look-into-the-catalog');
    found = response.body.length;
  }
  expect(found).toBe(entities.length);
}

describe('signing in as a demo user', () => {
  let server: TestServer;

  beforeAll(async () => {
    ({ server } = await start({
      enabled: true,
      dangerouslyAllowOutsideDevelopment: true,
      users: ['mira', 'ada', 'sam', 'ghost'].map(name => ({
        entityRef: `user:default/${name}`,
        name: `${name} of the demo`,
      })),
    }));
    await untilCatalogued(server);
  });

  it('gives a token for the user and the groups that the catalog knows', async () => {
    const response = await signIn(server, 'user:default/mira');
    expect({
      status: response.status,
      profile: response.body.profile,
      identity: response.body.backstageIdentity.identity,
    }).toEqual({
      status: 200,
      profile: { displayName: 'mira of the demo' },
      identity: {
        type: 'user',
        userEntityRef: 'user:default/mira',
        ownershipEntityRefs: ['user:default/mira', 'group:default/vision-team'],
      },
    });
  });

  it('refuses a user who is in the catalog but not listed', async () => {
    const response = await signIn(server, 'user:default/eve');
    expect([response.status, response.body.error.message]).toEqual([
      403,
      '"user:default/eve" is no demo user. The demo users are user:default/mira, user:default/ada, user:default/sam, user:default/ghost.',
    ]);
  });

  it('refuses a listed user whom the catalog does not know', async () => {
    const response = await signIn(server, 'user:default/ghost');
    expect([response.status, response.body.backstageIdentity]).toEqual([
      404,
      undefined,
    ]);
  });

  it('refuses when nobody was chosen', async () => {
    const response = await signIn(server);
    expect([response.status, response.body.error.message]).toEqual([
      401,
      'No demo user was chosen: send its entity reference as header x-demo-user.',
    ]);
  });

  describe('then asking for what is bound to ownership', () => {
    async function ask(
      name: string,
      permissionName: string,
      resourceRef: string,
    ): Promise<string> {
      const { body } = await signIn(server, `user:default/${name}`);
      const permission = aiAssurancePermissions.find(
        candidate => candidate.name === `ai-assurance.${permissionName}`,
      )!;
      const response = await request(server)
        .post('/api/permission/authorize')
        .set('authorization', `Bearer ${body.backstageIdentity.token}`)
        .send({ items: [{ id: 'one', permission, resourceRef }] });
      return response.body.items?.[0].result ?? response.text;
    }

    it.each([
      ['mira', 'resource:default/of-vision-team', 'ALLOW'],
      ['mira', 'resource:default/of-marketing', 'DENY'],
      ['mira', 'resource:default/nowhere', 'DENY'],
      ['ada', 'resource:default/of-vision-team', 'DENY'],
      // Owning a model is not enough: the role is missing.
      ['sam', 'resource:default/of-marketing', 'DENY'],
    ])('%s about %s hears %s', async (name, entityRef, answer) => {
      expect({
        propose: await ask(name, 'release.propose', entityRef),
        push: await ask(name, 'evidence.push', entityRef),
      }).toEqual({ propose: answer, push: answer });
    });
  });
});

describe('without the demo provider', () => {
  it.each([
    [
      'is not enabled',
      {
        enabled: false,
        users: [{ entityRef: 'user:default/mira', name: 'Mira' }],
      },
    ],
    [
      'only lists users',
      { users: [{ entityRef: 'user:default/mira', name: 'Mira' }] },
    ],
  ])('nobody signs in that way when it %s', async (_, demo) => {
    const { server } = await start(demo);
    const response = await signIn(server, 'user:default/mira');
    expect([response.status, response.body.backstageIdentity]).toEqual([
      404,
      undefined,
    ]);
  });

  it('the portal does not start when it is enabled outside development', async () => {
    await expect(start({ enabled: true, users: [] })).rejects.toThrow(
      'Demo users sign in without a password',
    );
  });
});
