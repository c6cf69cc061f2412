import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '../../../item/envelope';
import { proves, reasonTextSchema, riskTierSchema } from '../../parts';

export const riskClassificationV1 = z
  .object({
    riskTier: riskTierSchema.describe('Tier that counts'),
    computedTier: riskTierSchema.describe('Tier that the rules gave'),
    questionnaireId: codeSchema,
    questionnaireDigest: digestSchema,
    answers: z
      .array(z.object({ question: codeSchema, answer: codeSchema }).strict())
      .max(200),
    decidingRuleId: codeSchema,
    rulesDigest: digestSchema,
    answeredBy: entityRefSchema,
    override: z
      .object({ approvedBy: entityRefSchema, reason: reasonTextSchema })
      .strict()
      .nullable()
      .describe('There exactly when the two tiers differ'),
    reviewBy: instantSchema
      .nullable()
      .describe('When it must be answered again'),
  })
  .strict()
  .refine(r => (r.override === null) === (r.riskTier === r.computedTier), {
    path: ['override'],
    error:
      'another tier than the computed one needs an override, and an override another tier',
  })
  .meta(
    proves(
      'suite',
      'which risk tier a subject has, from which answers and rules, and who overrode the rules.',
    ),
  );
