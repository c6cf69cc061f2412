/**
 * Collects evidence from Eclipse hawkBit: rollout plans, and how far rollouts have come.
 *
 * @packageDocumentation
 */
export { hawkbitCollectorModule as default } from './module';
