import { z } from 'zod';
import { codeSchema } from '../../../item/envelope';
import {
  countSchema,
  ratioSchema,
  verdictStatusSchema,
  proves,
} from '../../parts';

export const sloStatusV1 = z
  .object({
    sloName: codeSchema,
    objectiveName: codeSchema,
    objectiveRatio: ratioSchema,
    budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices']),
    goodCount: countSchema,
    totalCount: countSchema,
    attainmentRatio: ratioSchema.nullable(),
    budgetRemainingRatio: z
      .number()
      .max(1)
      .nullable()
      .describe('1 is untouched, 0 exhausted, negative overspent'),
    correctedBudgetRemainingRatio: z
      .number()
      .max(1)
      .nullable()
      .optional()
      .describe(
        'Without what corrections leave out; absent: there are none in the window',
      ),
    burnRates: z
      .array(
        z
          .object({
            severity: codeSchema,
            longWindowMs: countSchema,
            shortWindowMs: countSchema,
            factor: z.number(),
            longBurn: z.number().nullable(),
            shortBurn: z.number().nullable(),
            firing: z.boolean(),
          })
          .strict(),
      )
      .max(20),
    thresholdMs: z.number().positive().optional(),
    status: verdictStatusSchema,
    reason: codeSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'the state of one objective over its window at one moment: counts, remaining budget and burn rates.',
    ),
  );
