export { createIntake, type Intake, type IntakeDeps } from './createIntake';
export type { Arrival, ItemResult, Sender } from './types';
