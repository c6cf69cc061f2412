import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '../../../item/envelope';
import { follow, linkSchema, proves } from '../../parts';

export const incidentV1 = z
  .object({
    incidentId: codeSchema,
    category: z.enum([
      'availability',
      'latency',
      'quality',
      'drift',
      'safety',
      'privacy',
      'security',
      'cost',
      'other',
    ]),
    severity: z.enum(['critical', 'major', 'minor']),
    state: z.enum(['open', 'mitigated', 'resolved']),
    occurredAt: instantSchema
      .nullable()
      .describe('When the harm began; null: not known yet'),
    detectedAt: instantSchema,
    detectedBy: z.enum(['alert', 'person', 'customer', 'other-system']),
    decidedAt: instantSchema
      .nullable()
      .describe('When it was decided what to do'),
    mitigatedAt: instantSchema
      .nullable()
      .describe('When the decision had reached everything that was hurt'),
    resolvedAt: instantSchema.nullable(),
    mitigation: z
      .enum([
        'rollback',
        'kill-switch',
        'fix-forward',
        'configuration',
        'traffic-shift',
        'none',
      ])
      .nullable()
      .describe('null: not decided yet'),
    causedBy: z
      .object({
        changeId: codeSchema.nullable(),
        version: codeSchema.nullable(),
        digest: digestSchema.nullable(),
      })
      .strict()
      .nullable()
      .describe('null: no change is known to have caused it'),
    isRegression: z
      .boolean()
      .nullable()
      .describe(
        'Whether a newer version is worse than the one before; null: not known yet',
      ),
    affectedCohorts: z.array(entityRefSchema).max(100),
    alertIds: z.array(codeSchema).max(100),
    link: linkSchema.nullable(),
  })
  .strict()
  .refine(
    i =>
      follow(
        i.occurredAt,
        i.detectedAt,
        i.decidedAt,
        i.mitigatedAt,
        i.resolvedAt,
      ),
    { path: ['detectedAt'], error: 'its instants are out of order' },
  )
  .refine(i => (i.state === 'resolved') === (i.resolvedAt !== null), {
    path: ['resolvedAt'],
    error: 'an incident has a resolution exactly when it is resolved',
  })
  .refine(i => i.state !== 'mitigated' || i.mitigatedAt !== null, {
    path: ['mitigatedAt'],
    error: 'it is mitigated, and nothing says when',
  })
  .meta(
    proves(
      'anyone',
      'the course of an incident so far: when harm began, was detected, decided upon, mitigated and ended, and which change caused it.',
    ),
  );
