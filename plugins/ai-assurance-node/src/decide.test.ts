import { aiAssurancePermissions } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  createPermission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import { decide } from './decide';
import { RoleAssignments, rolesOf } from './roles';

const assignments: RoleAssignments = {
  reader: [
    'group:default/vision-team',
    'group:default/model-risk',
    'group:default/on-call',
  ],
  contributor: ['group:default/vision-team'],
  approver: ['group:default/model-risk'],
  fleetOperator: ['group:default/on-call'],
  auditor: ['group:default/internal-audit'],
  administrator: ['user:default/root'],
};

const users = {
  mira: ['user:default/mira', 'group:default/vision-team'],
  ada: ['user:default/ada', 'group:default/model-risk'],
  ken: ['user:default/ken', 'group:default/on-call'],
  iris: ['user:default/iris', 'group:default/internal-audit'],
  sam: ['user:default/sam', 'group:default/marketing'],
  root: ['user:default/root'],
  bothTeams: [
    'user:default/lin',
    'group:default/vision-team',
    'group:default/model-risk',
  ],
};

type Short = 'yes' | 'no' | 'owned';
const answers: Record<string, Record<keyof typeof users, Short>> = {
  'ai-assurance.assurance.read': {
    mira: 'yes',
    ada: 'yes',
    ken: 'yes',
    iris: 'yes',
    sam: 'no',
    root: 'yes',
    bothTeams: 'yes',
  },
  'ai-assurance.telemetry.write': {
    mira: 'no',
    ada: 'no',
    ken: 'no',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'no',
  },
  'ai-assurance.evidence.push': {
    mira: 'owned',
    ada: 'no',
    ken: 'no',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'owned',
  },
  'ai-assurance.release.propose': {
    mira: 'owned',
    ada: 'no',
    ken: 'no',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'owned',
  },
  'ai-assurance.incident.manage': {
    mira: 'owned',
    ada: 'no',
    ken: 'yes',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'owned',
  },
  'ai-assurance.rollback.order': {
    mira: 'no',
    ada: 'no',
    ken: 'yes',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'no',
  },
  'ai-assurance.release.vote': {
    mira: 'no',
    ada: 'yes',
    ken: 'no',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'yes',
  },
  'ai-assurance.reference.approve': {
    mira: 'no',
    ada: 'yes',
    ken: 'no',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'yes',
  },
  'ai-assurance.pack.export': {
    mira: 'no',
    ada: 'no',
    ken: 'no',
    iris: 'yes',
    sam: 'no',
    root: 'yes',
    bothTeams: 'no',
  },
  'ai-assurance.quarantine.read': {
    mira: 'yes',
    ada: 'no',
    ken: 'no',
    iris: 'yes',
    sam: 'no',
    root: 'yes',
    bothTeams: 'yes',
  },
  'ai-assurance.quarantine.resolve': {
    mira: 'owned',
    ada: 'no',
    ken: 'no',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'owned',
  },
  'ai-assurance.evidence.redact': {
    mira: 'no',
    ada: 'no',
    ken: 'no',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'no',
  },
  'ai-assurance.ledger.check': {
    mira: 'no',
    ada: 'no',
    ken: 'no',
    iris: 'yes',
    sam: 'no',
    root: 'yes',
    bothTeams: 'no',
  },
  'ai-assurance.objective.correct': {
    mira: 'owned',
    ada: 'no',
    ken: 'no',
    iris: 'no',
    sam: 'no',
    root: 'yes',
    bothTeams: 'owned',
  },
};

const cases = aiAssurancePermissions.flatMap(permission =>
  Object.entries(answers[permission.name] ?? {}).map(
    ([name, answer]) =>
      [name as keyof typeof users, permission.name, answer] as const,
  ),
);

function permissionNamed(name: string) {
  return aiAssurancePermissions.find(permission => permission.name === name)!;
}

function short(decision: PolicyDecision | undefined): Short | undefined {
  if (!decision) return undefined;
  if (decision.result === 'CONDITIONAL') return 'owned';
  return decision.result === 'ALLOW' ? 'yes' : 'no';
}

describe('decide', () => {
  it('has an answer in the table below for every permission of the plugin', () => {
    expect(Object.keys(answers).sort()).toEqual(
      aiAssurancePermissions.map(permission => permission.name).sort(),
    );
  });

  it.each(cases)('to %s, %s is answered %s', (name, permission, answer) => {
    expect(
      short(
        decide(
          permissionNamed(permission),
          { ownershipEntityRefs: users[name] },
          assignments,
        ),
      ),
    ).toBe(answer);
  });

  it.each(aiAssurancePermissions.map(permission => permission.name))(
    'denies %s to somebody who has not signed in',
    name => {
      expect(short(decide(permissionNamed(name), undefined, assignments))).toBe(
        'no',
      );
    },
  );

  it.each(aiAssurancePermissions.map(permission => permission.name))(
    'denies %s while no role is given to anybody',
    name => {
      expect(
        short(
          decide(
            permissionNamed(name),
            { ownershipEntityRefs: users.root },
            {},
          ),
        ),
      ).toBe('no');
    },
  );

  it('binds a condition to the references of the person who asks', () => {
    expect(
      decide(
        permissionNamed('ai-assurance.release.propose'),
        { ownershipEntityRefs: users.mira },
        assignments,
      ),
    ).toEqual({
      result: 'CONDITIONAL',
      pluginId: 'catalog',
      resourceType: 'catalog-entity',
      conditions: {
        rule: 'IS_ENTITY_OWNER',
        resourceType: 'catalog-entity',
        params: { claims: ['user:default/mira', 'group:default/vision-team'] },
      },
    });
  });

  it('leaves permissions of other plugins to the caller', () => {
    const other = createPermission({
      name: 'catalog.entity.read',
      attributes: { action: 'read' },
    });
    expect(
      decide(other, { ownershipEntityRefs: users.root }, assignments),
    ).toBeUndefined();
  });

  it('denies a permission under our name that this version does not know, even to an administrator', () => {
    const later = createPermission({
      name: 'ai-assurance.key.rotate',
      attributes: {},
    });
    expect(
      short(decide(later, { ownershipEntityRefs: users.root }, assignments)),
    ).toBe('no');
  });

  it('gives roles by name whatever the letter case of the reference', () => {
    expect(
      rolesOf(['User:default/Root'], { administrator: ['user:default/root'] }),
    ).toEqual(['administrator']);
  });
});
