import { BudgetBlock } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { z } from 'zod';

/** What an exhausted error budget blocks, and whose. */
export interface BudgetPolicy {
  policyId: string;
  title: string;
  kinds: string[];
  /** Empty: every tier, and subjects without one. */
  tiers: number[];
  blocks: BudgetBlock[];
}

const blockSchema: z.ZodType<BudgetBlock, BudgetBlock> = z.enum([
  'release-approval',
  'rollout-promotion',
]);

/** What a policy file may hold, and what it becomes. */
export const budgetPolicySchema = z
  .strictObject({
    apiVersion: z.literal('ai-assurance.io/v1'),
    kind: z.literal('ErrorBudgetPolicy'),
    metadata: z.strictObject({
      name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
      title: z.string().min(1).max(200),
    }),
    spec: z.strictObject({
      appliesTo: z.strictObject({
        kinds: z.array(z.enum(['ai-service', 'ai-model', 'edge-model'])).min(1),
        tiers: z.array(z.int().min(1).max(3)).optional(),
      }),
      whenExhausted: z.strictObject({ block: z.array(blockSchema).max(10) }),
    }),
  })
  .transform(
    ({ metadata, spec }): BudgetPolicy => ({
      policyId: metadata.name,
      title: metadata.title,
      kinds: spec.appliesTo.kinds,
      tiers: spec.appliesTo.tiers ?? [],
      blocks: spec.whenExhausted.block,
    }),
  );

/** The first policy that covers a subject. */
export function policyFor(
  policies: readonly BudgetPolicy[],
  subject: { kind: string; tier: number | undefined },
): BudgetPolicy | undefined {
  return policies.find(
    policy =>
      policy.kinds.includes(subject.kind) &&
      (policy.tiers.length === 0 ||
        (subject.tier !== undefined && policy.tiers.includes(subject.tier))),
  );
}
