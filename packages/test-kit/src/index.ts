/** Tests only: a clock, ids and chance that a test can foretell, and both databases. */
export { fixedClock, type SettableClock } from './clock';
export { countingIds } from './ids';
export { seededChance } from './chance';
export { createTestDatabases } from './databases';
export { engineKinds, type EngineKind, type RealEngine } from './engines';
