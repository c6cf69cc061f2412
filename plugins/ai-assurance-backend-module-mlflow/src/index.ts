/**
 * Collects evidence from an MLflow model registry: versions, and aliases with every move that is noticed.
 *
 * @packageDocumentation
 */
export { mlflowCollectorModule as default } from './module';
