import { Promotion } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { RolloutVerdict } from './judge';

/** A budget policy that is in force, as the objectives say. */
export interface Blockade {
  policyId: string;
  blocks: string[];
  objectives: { sloName: string; objectiveName: string }[];
}

export type PromotionDecided = Omit<Promotion, 'version' | 'sinceMs'>;

/**
 * Whether a rollout may go to more devices: while no error-budget policy that blocks promotion is in force, and the rollout
 * is known to be healthy. No data opens nothing.
 */
export function decidePromotion(
  observed: RolloutVerdict,
  blockades: Blockade[],
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
  return {
    decision: observed.status === 'pass' ? 'promote' : 'hold',
    reason: observed.reason,
    policyId: null,
    budgets: [],
  };
}

/** Whether a decision says something else than the one before. */
export function isOtherDecision(
  before: PromotionDecided | undefined,
  after: PromotionDecided,
): boolean {
  const said = ({ decision, reason, policyId, budgets }: PromotionDecided) =>
    JSON.stringify([decision, reason, policyId, budgets]);
  return before === undefined || said(before) !== said(after);
}
