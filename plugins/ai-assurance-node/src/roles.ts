/** The roles of AI Assurance. Each maps to Backstage permissions; see {@link decide}. @public */
export const ROLES = [
  'reader',
  'contributor',
  'approver',
  'fleetOperator',
  'auditor',
  'administrator',
] as const;

/** @public */
export type Role = (typeof ROLES)[number];

/**
 * Who holds which role: full entity references of groups and users, lower case, for example
 * `group:default/model-risk`. A role that is left out is held by nobody.
 *
 * @public
 */
export type RoleAssignments = Partial<Record<Role, string[]>>;

/**
 * Which roles somebody holds, through any of the references they own things by (themselves and their groups). A person
 * may hold several; rights add up.
 *
 * @public
 */
export function rolesOf(
  ownershipEntityRefs: string[],
  assignments: RoleAssignments,
): Role[] {
  const own = new Set(
    ownershipEntityRefs.map(ref => ref.toLocaleLowerCase('en-US')),
  );
  return ROLES.filter(role =>
    assignments[role]?.some(ref => own.has(ref.toLocaleLowerCase('en-US'))),
  );
}
