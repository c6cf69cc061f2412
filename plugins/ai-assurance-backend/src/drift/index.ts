export { createDrift, type DriftDeps } from './createDrift';
export type { DriftAnswers } from './types';
