import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  instantSchema,
} from '../../../item/envelope';
import { actorSchema, proves, reasonTextSchema } from '../../parts';

export const policyChangeV1 = z
  .object({
    ruleKind: z.enum([
      'approval-policy',
      'scorecard',
      'threshold',
      'retention',
      'risk-rules',
      'roles',
      'burn-rate-windows',
    ]),
    ruleId: codeSchema,
    fromDigest: digestSchema.nullable().describe('null: there was none before'),
    toDigest: digestSchema.nullable().describe('null: it was taken away'),
    effect: z.enum(['tightened', 'loosened', 'mixed', 'unknown']),
    changedBy: actorSchema
      .nullable()
      .describe(
        'null: read from configuration at start; who changed that is known there',
      ),
    reason: reasonTextSchema.nullable(),
    effectiveFrom: instantSchema,
  })
  .strict()
  .refine(p => p.fromDigest !== p.toDigest, {
    path: ['toDigest'],
    error: 'nothing changed',
  })
  .meta(
    proves(
      'suite',
      'that a rule the suite judges by was changed: from which content to which, by whom, and whether it became stricter.',
    ),
  );
