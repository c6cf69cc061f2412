/**
 * The AI Assurance backend.
 *
 * @packageDocumentation
 */
export { aiAssurancePlugin as default } from './plugin';
