/**
 * Collects evidence from Mender: how far deployments have come.
 *
 * @packageDocumentation
 */
export { menderCollectorModule as default } from './module';
