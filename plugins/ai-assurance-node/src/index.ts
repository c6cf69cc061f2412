/**
 * Roles and their rights, for permission policies that want to ask AI Assurance.
 *
 * @packageDocumentation
 */
export { ROLES, rolesOf, type Role, type RoleAssignments } from './roles';
export { decide, isAiAssurancePermission, type DecideUser } from './decide';
