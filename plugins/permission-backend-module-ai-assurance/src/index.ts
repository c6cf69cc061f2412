/**
 * A permission policy that maps AI Assurance roles to groups and users.
 *
 * @packageDocumentation
 */
export { permissionModuleAiAssurance as default } from './module';
