import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '../../../item/envelope';
import { evidenceLinkSchema, proves, reasonTextSchema } from '../../parts';

export const waiverV1 = z
  .object({
    waiverId: codeSchema,
    state: z.enum(['granted', 'refused', 'revoked']),
    question: codeSchema.describe('Check that is waived'),
    scorecardId: codeSchema
      .nullable()
      .describe('null: the check of an approval policy'),
    waived: evidenceLinkSchema.describe('Verdict that was accepted'),
    requestedBy: entityRefSchema,
    decidedBy: entityRefSchema,
    reason: reasonTextSchema,
    compensatingControl: codeSchema
      .nullable()
      .describe('What limits the harm meanwhile'),
    policyDigest: digestSchema,
    validUntil: instantSchema,
  })
  .strict()
  .refine(
    w => w.waived.status === 'fail' || w.waived.status === 'inconclusive',
    {
      path: ['waived', 'status'],
      error: 'only a fail or an inconclusive verdict can be waived',
    },
  )
  .meta(
    proves(
      'suite',
      'that a failing or unknown check was accepted for a time, by whom and why. A waived check is counted apart and never passes.',
    ),
  );
