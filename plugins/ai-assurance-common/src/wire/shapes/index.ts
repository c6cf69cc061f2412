/** The shapes of every answer and request, for those who read or write them by hand. */
export { labelSchema, reason } from './basics';
export * from './verdicts';
export * from './objectives';
export * from './signals';
export * from './incidents';
export * from './actions';
export * from './releases';
export * from './evidence';
export * from './ledger';
export * from './quarantine';
export * from './collectors';
export * from './imports';
export * from './evaluations';
export * from './pages';
export * from './asOf';
