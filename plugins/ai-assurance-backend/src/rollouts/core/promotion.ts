import { Promotion } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { CohortCounts } from './adoption';
import { LIMITS, RolloutVerdict } from './judge';

/** A budget policy that is in force, as the objectives say. */
export interface Blockade {
  policyId: string;
  blocks: string[];
  objectives: { sloName: string; objectiveName: string }[];
}

export type PromotionDecided = Omit<Promotion, 'version' | 'sinceMs'>;

/** Whether a version itself was seen often enough to be judged: what others report says nothing of it. */
export function isSeenEnough(
  cohorts: CohortCounts[],
  version: string,
): boolean {
  const own = cohorts
    .flatMap(({ versions }) => versions)
    .filter(one => one.version === version);
  const sum = (field: 'sessionCount' | 'loadAttemptCount') =>
    own.reduce((count, one) => count + one[field], 0);
  return (
    sum('sessionCount') >= LIMITS.minimumCount &&
    sum('loadAttemptCount') >= LIMITS.minimumCount
  );
}

/**
 * Whether a rollout may go to more devices: while no error-budget policy that blocks promotion is in force, and the rollout
 * is known to be healthy, by enough of what the version itself reports. No data opens nothing.
 */
export function decidePromotion(
  observed: RolloutVerdict,
  blockades: Blockade[],
  isVersionSeenEnough: boolean,
): PromotionDecided {
  const holding = blockades.filter(({ blocks }) =>
    blocks.includes('rollout-promotion'),
  );
  if (holding.length > 0)
    return {
      decision: 'hold',
      reason: 'error-budget-exhausted',
      policyId: holding[0].policyId,
      budgets: [
        ...new Set(
          holding.flatMap(({ objectives }) =>
            objectives.map(one => `${one.sloName}/${one.objectiveName}`),
          ),
        ),
      ].sort(),
    };
  const nothingSpent = { policyId: null, budgets: [] };
  if (observed.status !== 'pass')
    return { decision: 'hold', reason: observed.reason, ...nothingSpent };
  return isVersionSeenEnough
    ? { decision: 'promote', reason: observed.reason, ...nothingSpent }
    : { decision: 'hold', reason: 'insufficient-sample', ...nothingSpent };
}

/** Whether a decision says something else than the one before, or the same of another version. */
export function isOtherDecision(
  before: Omit<Promotion, 'sinceMs'> | undefined,
  after: Omit<Promotion, 'sinceMs'>,
): boolean {
  const said = (one: Omit<Promotion, 'sinceMs'>) =>
    JSON.stringify([
      one.version,
      one.decision,
      one.reason,
      one.policyId,
      one.budgets,
    ]);
  return before === undefined || said(before) !== said(after);
}
