import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  actorSchema,
  evidenceLinkSchema,
  proves,
  reasonTextSchema,
  verdictStatusSchema,
} from '../../parts';

export const gateDecisionV1 = z
  .object({
    gateId: codeSchema,
    decision: z.enum(['promote', 'hold', 'roll-back', 'kill']),
    attemptNumber: z
      .int()
      .positive()
      .describe('1 for the first decision of this gate on this version'),
    releaseId: codeSchema.nullable(),
    rolloutId: codeSchema.nullable(),
    stageId: codeSchema.nullable(),
    environment: codeSchema.nullable(),
    version: codeSchema,
    digest: digestSchema
      .nullable()
      .describe('null: the deciding system does not say'),
    decidedBy: actorSchema.nullable().describe('null: decided by rule alone'),
    isOverride: z
      .boolean()
      .describe('Whether a person decided against what the verdicts say'),
    overrideReason: reasonTextSchema
      .nullable()
      .describe('There exactly for an override'),
    verdicts: z.array(evidenceLinkSchema).max(100),
    policyId: codeSchema.nullable(),
    policyDigest: digestSchema.nullable(),
    status: verdictStatusSchema.describe('What the verdicts say together'),
    reason: codeSchema,
  })
  .strict()
  .refine(g => g.isOverride === (g.overrideReason !== null), {
    path: ['overrideReason'],
    error: 'an override has a reason, and nothing else has one',
  })
  .refine(g => !g.isOverride || g.decidedBy !== null, {
    path: ['decidedBy'],
    error: 'nobody is named for the override',
  })
  .meta(
    proves(
      'suite',
      'that a gate opened or stayed shut for a version, on which verdicts, and whether a person overrode it.',
    ),
  );
