/**
 * The catalog model layer of AI Assurance.
 *
 * @packageDocumentation
 */
export { aiAssuranceCatalogModel } from './catalog/layer';
