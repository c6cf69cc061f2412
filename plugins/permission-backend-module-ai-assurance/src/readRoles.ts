import {
  ROLES,
  Role,
  RoleAssignments,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

// A short reference is refused rather than completed: a guessed namespace could give the role to somebody else.
const fullGroupOrUserRef = /^(group|user):[^:/\s]+\/[^:/\s]+$/;

/**
 * Reads `aiAssurance.roles`. Throws `InputError`, naming the key, for a role that does not exist and for anything but the
 * full reference of a group or user: a misspelt role would otherwise quietly give or take rights.
 */
export function readRoles(config: Config): RoleAssignments {
  const roles = config.getOptionalConfig('aiAssurance.roles');
  const assignments: RoleAssignments = {};
  for (const key of roles?.keys() ?? []) {
    if (!ROLES.includes(key as Role)) {
      throw new InputError(
        `aiAssurance.roles.${key} is no role. The roles are ${ROLES.join(
          ', ',
        )}.`,
      );
    }
    assignments[key as Role] = roles!
      .getStringArray(key)
      .map((ref, index) => fullRef(ref, `aiAssurance.roles.${key}[${index}]`));
  }
  return assignments;
}

function fullRef(ref: string, where: string): string {
  const lowered = ref.toLocaleLowerCase('en-US');
  if (!fullGroupOrUserRef.test(lowered)) {
    throw new InputError(
      `${where} is "${ref}", but a role goes to a group or user by its full reference, for example group:default/model-risk.`,
    );
  }
  return lowered;
}
