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
    correctedGoodCount: countSchema.optional(),
    correctedTotalCount: countSchema.optional(),
    correctionCount: countSchema
      .optional()
      .describe('Corrections that lie in the window; absent: none'),
    budgetPolicy: z
      .object({
        policyId: codeSchema,
        title: z.string().min(1).max(200).describe('As its file calls it'),
        blocks: z.array(codeSchema).max(10),
      })
      .strict()
      .nullable()
      .optional()
      .describe(
        'The error-budget policy that covers the subject; null: none does',
      ),
    failingSources: z
      .array(
        z
          .object({
            sourceId: codeSchema,
            failingSinceMs: countSchema,
            problem: z.string().max(1000).nullable(),
          })
          .strict(),
      )
      .max(20)
      .optional()
      .describe('Sources that did not answer; absent: all did'),
    parts: z
      .array(
        z
          .object({
            name: z.string().min(1).max(200),
            goodCount: countSchema,
            totalCount: countSchema,
          })
          .strict(),
      )
      .max(100)
      .optional()
      .describe('Of a composite objective: what its parts counted'),
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
