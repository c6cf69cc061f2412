/**
 * The AI Assurance pages, entity tabs and cards.
 *
 * @packageDocumentation
 */
export { aiAssurancePlugin as default } from './plugin';
export { aiAssuranceTranslationRef } from './translation';
