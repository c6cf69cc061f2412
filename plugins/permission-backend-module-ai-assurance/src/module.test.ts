import { aiAssurancePermissions } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { decide } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import {
  catalogConditions,
  createCatalogConditionalDecision,
} from '@backstage/plugin-catalog-backend/alpha';
import permissionPlugin from '@backstage/plugin-permission-backend';
import {
  createPermission,
  Permission,
  ResourcePermission,
} from '@backstage/plugin-permission-common';
import request from 'supertest';
import aiAssuranceModule from '.';
import { RolePolicy } from './RolePolicy';

// Whole backends start here, which a busy machine takes its time for.
jest.setTimeout(60_000);

const groups: Record<string, string[]> = {
  'user:default/mira': ['group:default/vision-team'],
  'user:default/ada': ['group:default/model-risk'],
  'user:default/iris': ['group:default/internal-audit'],
  'user:default/sam': ['group:default/marketing'],
};

// The mock knows only the person; the real service adds the groups that the sign-in found in the catalog.
const userInfo = createServiceFactory({
  service: coreServices.userInfo,
  deps: {},
  factory: () => ({
    async getUserInfo(credentials) {
      const userEntityRef = (
        credentials.principal as unknown as { userEntityRef: string }
      ).userEntityRef;
      return {
        userEntityRef,
        ownershipEntityRefs: [userEntityRef, ...(groups[userEntityRef] ?? [])],
      };
    },
  }),
});

const roles = {
  reader: ['group:default/vision-team'],
  contributor: ['group:default/vision-team'],
  approver: ['group:default/model-risk'],
  auditor: ['group:default/internal-audit'],
};

function start(assignments: object) {
  return startTestBackend({
    features: [
      permissionPlugin,
      aiAssuranceModule,
      userInfo,
      mockServices.rootConfig.factory({
        data: {
          permission: { enabled: true },
          aiAssurance: { roles: assignments },
        },
      }),
    ],
  });
}

function named(name: string): Permission {
  return aiAssurancePermissions.find(
    permission => permission.name === `ai-assurance.${name}`,
  )!;
}

describe('the permission policy in a backend', () => {
  it('answers by role, and allows the rest of the portal to anybody who is signed in', async () => {
    const { server } = await start(roles);
    const ask = async (permission: Permission, authorization: string) => {
      const response = await request(server)
        .post('/api/permission/authorize')
        .set('authorization', authorization)
        .send({ items: [{ id: 'one', permission }] });
      return (
        response.body.items?.[0].result ?? `${response.status} ${response.text}`
      );
    };
    const other = createPermission({
      name: 'notes.read',
      attributes: { action: 'read' },
    });
    const answersTo = async (authorization: string) => ({
      read: await ask(named('assurance.read'), authorization),
      vote: await ask(named('release.vote'), authorization),
      export: await ask(named('pack.export'), authorization),
      other: await ask(other, authorization),
    });

    const user = mockCredentials.user.header;
    expect({
      mira: await answersTo(user('user:default/mira')),
      ada: await answersTo(user('user:default/ada')),
      iris: await answersTo(user('user:default/iris')),
      sam: await answersTo(user('user:default/sam')),
    }).toEqual({
      mira: { read: 'ALLOW', vote: 'DENY', export: 'DENY', other: 'ALLOW' },
      ada: { read: 'ALLOW', vote: 'ALLOW', export: 'DENY', other: 'ALLOW' },
      iris: { read: 'ALLOW', vote: 'DENY', export: 'ALLOW', other: 'ALLOW' },
      sam: { read: 'DENY', vote: 'DENY', export: 'DENY', other: 'ALLOW' },
    });
  });

  it('denies everything to nobody', async () => {
    const policy = new RolePolicy({ reader: ['group:default/vision-team'] });
    const other = createPermission({ name: 'notes.read', attributes: {} });
    expect(
      await policy.handle({ permission: named('assurance.read') }),
    ).toEqual({ result: 'DENY' });
    expect(await policy.handle({ permission: other })).toEqual({
      result: 'DENY',
    });
  });

  it('keeps a backend with a misspelt role from starting', async () => {
    await expect(
      start({ aprover: ['group:default/model-risk'] }),
    ).rejects.toThrow('aiAssurance.roles.aprover is no role');
  });
});

describe('the condition on ownership', () => {
  it('is the one that the catalog itself would make', () => {
    const permission = named(
      'release.propose',
    ) as ResourcePermission<'catalog-entity'>;
    const claims = ['user:default/mira', 'group:default/vision-team'];
    expect(
      decide(
        permission,
        { ownershipEntityRefs: claims },
        { contributor: ['user:default/mira'] },
      ),
    ).toEqual(
      createCatalogConditionalDecision(
        permission,
        catalogConditions.isEntityOwner({ claims }),
      ),
    );
  });
});
