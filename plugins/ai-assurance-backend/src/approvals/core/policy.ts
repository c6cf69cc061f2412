import { codeSchema, entityRefSchema } from '@ai-assurance/evidence';
import {
  formatCounted,
  SubjectKind,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { z } from 'zod';
import { lengthSchema, refineRules, ruleFields } from '../../scorecards';

const quorumSchema = z.int().min(1).max(20);

const requirementSchema = z
  .object({
    id: codeSchema,
    question: z.string().min(5).max(300),
    ...ruleFields,
  })
  .strict();

/** The form of an approval policy file. */
export const policySchema = z
  .object({
    apiVersion: z.literal('ai-assurance.io/v1'),
    kind: z.literal('ApprovalPolicy'),
    metadata: z
      .object({
        name: codeSchema,
        title: z.string().min(1).max(100),
        description: z.string().max(2000).optional(),
      })
      .strict(),
    spec: z
      .object({
        appliesTo: z
          .object({
            kinds: z.array(z.enum(['ai-model', 'edge-model'])).min(1),
            riskTiers: z.array(z.string().max(40)).min(1).optional(),
          })
          .strict(),
        approverGroups: z.array(entityRefSchema).min(1).max(20),
        quorum: z
          .object({
            minimal: quorumSchema,
            limited: quorumSchema,
            high: quorumSchema,
          })
          .strict(),
        excluded: z
          .array(z.enum(['requester', 'repeat-voter']))
          .refine(
            excluded =>
              excluded.includes('requester') &&
              excluded.includes('repeat-voter'),
            'must name requester and repeat-voter: nobody decides their own release, and nobody counts twice',
          ),
        deadline: lengthSchema,
        exceptChecks: z.array(codeSchema).max(100).default([]),
        requiredEvidence: z.array(requirementSchema).min(1).max(50),
      })
      .strict(),
  })
  .strict()
  .superRefine((file, context) =>
    refineRules(
      file.spec.requiredEvidence,
      {
        at: ['spec', 'requiredEvidence'],
        twice: id => `${id} is required twice`,
        refusedVersion: {
          version: 'each-live',
          message:
            'a policy asks about the proposed version or any, not about each-live',
        },
      },
      context,
    ),
  );

export type PolicySpec = z.output<typeof policySchema>['spec'];

/** A policy in use, with the digest that releases are bound to. */
export interface Policy extends PolicySpec {
  policyId: string;
  title: string;
  digest: string;
}

/** The first policy that covers a model; `undefined` when none does, which MUST refuse the proposal. */
export function applicablePolicy(
  policies: Policy[],
  model: { kind: SubjectKind; riskTier: string | undefined },
): Policy | undefined {
  return policies.find(
    ({ appliesTo }) =>
      (appliesTo.kinds as SubjectKind[]).includes(model.kind) &&
      (appliesTo.riskTiers === undefined ||
        (model.riskTier !== undefined &&
          appliesTo.riskTiers.includes(model.riskTier))),
  );
}

/** How many different people have to approve. A risk tier that is missing or unknown counts as the strictest. */
export function quorumFor(
  policy: Pick<Policy, 'quorum'>,
  riskTier: string | undefined,
): number {
  const { quorum } = policy;
  if (riskTier !== undefined && Object.hasOwn(quorum, riskTier))
    return quorum[riskTier as keyof typeof quorum];
  return Math.max(...Object.values(quorum));
}

const people = (count: number) =>
  count === 1 ? '1 person' : `${count} different people`;

function lengthInWords(lengthMs: number): string {
  const hours = lengthMs / 3_600_000;
  if (hours >= 48 && hours % 24 === 0) return `${hours / 24} days`;
  return hours >= 1
    ? formatCounted(Number(hours.toFixed(1)), 'hour')
    : formatCounted(Math.round(lengthMs / 60_000), 'minute');
}

/** The policy as a person reads it. */
export function policyInWords(policy: Policy, quorum: number): string {
  const evidence = policy.requiredEvidence.map(
    ({ id, fresh }) =>
      `${id.replaceAll('-', ' ')} (not older than ${lengthInWords(fresh)})`,
  );
  return [
    `${policy.title}: ${people(quorum)} of ${policy.approverGroups.join(
      ' or ',
    )} must approve within ${lengthInWords(policy.deadline)}.`,
    'The proposer may not vote, nobody votes twice, and one rejection ends the release.',
    `An approval needs: ${evidence.join(', ')}.`,
  ].join(' ');
}
