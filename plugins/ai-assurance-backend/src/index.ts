/**
 * The AI Assurance backend.
 *
 * @packageDocumentation
 */
export {};
