import {
  aiAssurancePermissions,
  assuranceReadPermission,
  evidencePushPermission,
  incidentManagePermission,
  ledgerCheckPermission,
  objectiveCorrectPermission,
  packExportPermission,
  quarantineReadPermission,
  quarantineResolvePermission,
  referenceApprovePermission,
  releaseProposePermission,
  releaseVotePermission,
  rollbackOrderPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  AuthorizeResult,
  Permission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import { Role, RoleAssignments, rolesOf } from './roles';

type Reach = 'everywhere' | 'on what one owns';

const read = { [assuranceReadPermission.name]: 'everywhere' } as const;

// What each role may do. Telemetry is written by machines, whose access tokens never reach a policy, and by nobody else.
const rights: Record<Exclude<Role, 'administrator'>, Record<string, Reach>> = {
  reader: read,
  contributor: {
    ...read,
    [releaseProposePermission.name]: 'on what one owns',
    [evidencePushPermission.name]: 'on what one owns',
    [incidentManagePermission.name]: 'on what one owns',
    [objectiveCorrectPermission.name]: 'on what one owns',
    [quarantineReadPermission.name]: 'everywhere',
    [quarantineResolvePermission.name]: 'on what one owns',
  },
  approver: {
    ...read,
    [releaseVotePermission.name]: 'everywhere',
    [referenceApprovePermission.name]: 'everywhere',
  },
  fleetOperator: {
    ...read,
    [incidentManagePermission.name]: 'everywhere',
    [rollbackOrderPermission.name]: 'everywhere',
  },
  auditor: {
    ...read,
    [packExportPermission.name]: 'everywhere',
    [quarantineReadPermission.name]: 'everywhere',
    [ledgerCheckPermission.name]: 'everywhere',
  },
};

const known = new Set(
  aiAssurancePermissions.map(permission => permission.name),
);

/** The part of a policy's user that {@link decide} needs. @public */
export interface DecideUser {
  /** References by which the user owns things: their own and those of their groups. */
  ownershipEntityRefs: string[];
}

/** Whether the permission belongs to AI Assurance, and so whether {@link decide} has an answer. @public */
export function isAiAssurancePermission(permission: Permission): boolean {
  return permission.name.startsWith('ai-assurance.');
}

/**
 * Decides a permission of AI Assurance by roles: for an organisation that has a permission policy of its own and wants to
 * ask ours from it. Pure and safe to repeat.
 *
 * Returns `undefined` for a permission of another plugin: that is for the caller to decide. Nobody signed in, no role, or a
 * permission that this version does not know is denied. Where a role reaches only what one owns, the answer is a condition
 * on the catalog entity, which the catalog judges.
 *
 * @public
 */
export function decide(
  permission: Permission,
  user: DecideUser | undefined,
  assignments: RoleAssignments,
): PolicyDecision | undefined {
  if (!isAiAssurancePermission(permission)) return undefined;
  if (!user || !known.has(permission.name))
    return { result: AuthorizeResult.DENY };

  const roles = rolesOf(user.ownershipEntityRefs, assignments);
  if (roles.includes('administrator')) return { result: AuthorizeResult.ALLOW };

  const reaches = roles.map(role =>
    role === 'administrator' ? undefined : rights[role][permission.name],
  );
  if (reaches.includes('everywhere')) return { result: AuthorizeResult.ALLOW };
  if (reaches.includes('on what one owns'))
    return onOwnedEntities(user.ownershipEntityRefs);
  return { result: AuthorizeResult.DENY };
}

// The catalog's own ownership rule, written out so that this library need not depend on the whole catalog backend. The
// permission module's test compares it with what the catalog's exports make.
function onOwnedEntities(claims: string[]): PolicyDecision {
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId: 'catalog',
    resourceType: 'catalog-entity',
    conditions: {
      rule: 'IS_ENTITY_OWNER',
      resourceType: 'catalog-entity',
      params: { claims },
    },
  };
}
