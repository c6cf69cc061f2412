import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  instantSchema,
} from '../../../item/envelope';
import {
  countSchema,
  proves,
  ratioSchema,
  verdictStatusSchema,
} from '../../parts';

export const sloAlertV1 = z
  .object({
    alertId: codeSchema.describe('The same from firing to resolved'),
    sloName: codeSchema,
    objectiveName: codeSchema,
    sloDigest: digestSchema.describe(
      'Digest of the definition that was evaluated',
    ),
    objectiveRatio: ratioSchema,
    cause: z.enum(['burn-rate', 'signal-lost', 'data-quality']),
    severity: codeSchema.describe('For example page or ticket'),
    state: z.enum(['firing', 'resolved']),
    since: instantSchema.describe('When it began to fire'),
    longWindowMs: countSchema,
    shortWindowMs: countSchema,
    factor: z
      .number()
      .positive()
      .describe('Burn rate above which both windows must lie to fire'),
    longBurn: z
      .number()
      .nonnegative()
      .nullable()
      .describe('null: nothing was counted'),
    shortBurn: z
      .number()
      .nonnegative()
      .nullable()
      .describe('null: nothing was counted'),
    longBadCount: countSchema,
    longTotalCount: countSchema,
    minimumTotalCount: countSchema.describe(
      'Low-traffic guard: fewer events in the long window never fire',
    ),
    budgetRemainingRatio: z
      .number()
      .max(1)
      .nullable()
      .describe('1 is untouched, 0 exhausted, negative overspent'),
    windowsDigest: digestSchema.describe(
      'Digest of the burn-rate windows that were in force',
    ),
    status: verdictStatusSchema,
    reason: codeSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'that an alert on an objective began or ended, and the counts and burn rates that decided it.',
    ),
  );
