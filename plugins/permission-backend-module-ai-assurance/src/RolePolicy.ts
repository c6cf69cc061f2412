import {
  decide,
  RoleAssignments,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  AuthorizeResult,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';

/**
 * Permissions of AI Assurance by role; everything else is allowed to whoever is signed in, as in a portal without
 * permissions. An organisation that needs more writes its own policy and calls `decide` from it.
 */
export class RolePolicy implements PermissionPolicy {
  readonly #assignments: RoleAssignments;

  constructor(assignments: RoleAssignments) {
    this.#assignments = assignments;
  }

  async handle(
    request: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    if (!user) return { result: AuthorizeResult.DENY };
    return (
      decide(request.permission, user.info, this.#assignments) ?? {
        result: AuthorizeResult.ALLOW,
      }
    );
  }
}
