/**
 * Typed AI services, models and device cohorts for the Backstage catalog.
 *
 * @packageDocumentation
 */
export { catalogModuleAiAssurance as default } from './module';
