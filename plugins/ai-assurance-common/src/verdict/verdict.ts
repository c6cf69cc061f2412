/**
 * What a judgement can say. Worst first: fail, inconclusive, warn, pass; `not-applicable` is left out of both sides of
 * every fraction. Only `pass` opens a gate.
 * @public
 */
export const VERDICT_STATUSES = [
  'fail',
  'inconclusive',
  'warn',
  'pass',
  'not-applicable',
] as const;

/** @public */
export type VerdictStatus = (typeof VERDICT_STATUSES)[number];

/**
 * Why a judgement could not be made. Never a pass.
 * @public
 */
export const INCONCLUSIVE_REASONS = [
  'no-data',
  'stale',
  'insufficient-sample',
  'suppressed',
  'source-error',
  'terminated',
] as const;

/** @public */
export type InconclusiveReason = (typeof INCONCLUSIVE_REASONS)[number];

/** How a value is held against its bound. @public */
export const COMPARATORS = ['at-most', 'at-least', 'below', 'equals'] as const;

/** @public */
export type Comparator = (typeof COMPARATORS)[number];

/**
 * The facts a verdict rests on. `value` and `bound` share `unit`; times are epoch milliseconds, the window half-open.
 * @public
 */
export interface VerdictFacts {
  value?: number;
  bound?: number;
  comparator?: Comparator;
  unit?: string;
  sampleCount?: number;
  sampleCountNeeded?: number;
  windowStartMs?: number;
  windowEndMs?: number;
  evidenceId?: string;
}

/**
 * A judgement with its reason code and the facts it used.
 * @public
 */
export interface Verdict {
  status: VerdictStatus;
  reason: string;
  facts: VerdictFacts;
}

/**
 * A roll-up of several verdicts. `inScopeCount` leaves out `not-applicable`; `unknownCount` counts `inconclusive`;
 * `measuredCount` is the rest, so measured + unknown = in scope.
 * @public
 */
export interface VerdictRollUp {
  status: VerdictStatus;
  measuredCount: number;
  inScopeCount: number;
  unknownCount: number;
}

/** Position in the worst-first order; lower is worse. @public */
export function severityRank(status: VerdictStatus): number {
  return VERDICT_STATUSES.indexOf(status);
}

/** The worst of several statuses; `not-applicable` when nothing applies. Order of the input does not matter. @public */
export function worstOf(statuses: Iterable<VerdictStatus>): VerdictStatus {
  let worst: VerdictStatus = 'not-applicable';
  for (const status of statuses) {
    if (severityRank(status) < severityRank(worst)) worst = status;
  }
  return worst;
}

/** Rolls verdicts up with their denominator. @public */
export function rollUp(statuses: Iterable<VerdictStatus>): VerdictRollUp {
  const applicable = [...statuses].filter(s => s !== 'not-applicable');
  const unknownCount = applicable.filter(s => s === 'inconclusive').length;
  return {
    status: worstOf(applicable),
    measuredCount: applicable.length - unknownCount,
    inScopeCount: applicable.length,
    unknownCount,
  };
}

/** An `inconclusive` verdict. @public */
export function inconclusive(
  reason: InconclusiveReason,
  facts: VerdictFacts = {},
): Verdict {
  return { status: 'inconclusive', reason, facts };
}
