import { z } from 'zod';
import {
  codeSchema,
  entityRefSchema,
  instantSchema,
} from '../../../item/envelope';
import { evidenceLinkSchema, proves, reasonTextSchema } from '../../parts';

export const capaV1 = z
  .object({
    actionId: codeSchema,
    purpose: z.enum(['corrective', 'preventive']),
    state: z
      .enum(['open', 'done', 'effective', 'ineffective', 'dropped'])
      .describe('done: carried out, its effect not measured yet'),
    incidentId: codeSchema.nullable(),
    riskRank: z
      .int()
      .min(1)
      .max(1000)
      .nullable()
      .describe('Rank among the known risks, 1 the gravest; null: not ranked'),
    action: reasonTextSchema.describe(
      'What is to be done, in a person’s words',
    ),
    ownedBy: entityRefSchema,
    decidedBy: entityRefSchema.describe('Who moved it to this state'),
    dueAt: instantSchema,
    closedAt: instantSchema.nullable(),
    effect: evidenceLinkSchema
      .nullable()
      .describe(
        'Verdict that shows the effect; there exactly when it is effective or ineffective',
      ),
  })
  .strict()
  .refine(
    c =>
      (c.effect !== null) ===
      (c.state === 'effective' || c.state === 'ineffective'),
    {
      path: ['effect'],
      error: 'an action closes on its measured effect, and only then has one',
    },
  )
  .refine(
    c => c.state !== 'effective' || (c.effect?.status ?? 'pass') === 'pass',
    {
      path: ['effect', 'status'],
      error: 'only a passing verdict shows that it is effective',
    },
  )
  .refine(
    c => (c.closedAt === null) === (c.state === 'open' || c.state === 'done'),
    {
      path: ['closedAt'],
      error: 'an action has a closing time exactly when it is closed',
    },
  )
  .meta(
    proves(
      'suite',
      'a corrective or preventive action: who owns it, by when, and the measured effect without which it does not close.',
    ),
  );
