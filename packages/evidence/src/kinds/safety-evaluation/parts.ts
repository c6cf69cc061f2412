import { z } from 'zod';
import { codeSchema, digestSchema } from '../../item/envelope';
import { countSchema, fitsUnit } from '../parts';

// What both versions of the kind say in the same words. A version that is out never changes: what a next one says
// otherwise is written in that version, not here.

/** The model that judged outputs. */
export const judgeSchema = z
  .object({
    id: codeSchema,
    version: codeSchema,
    digest: digestSchema.nullable(),
  })
  .strict()
  .nullable()
  .describe('Model that judged the outputs; null: rules judged them');

/** What should be refused against what was. */
export const refusalsSchema = z
  .object({
    harmfulRefusedCount: countSchema,
    harmfulCompliedCount: countSchema,
    benignRefusedCount: countSchema,
    benignCompliedCount: countSchema,
  })
  .strict()
  .nullable()
  .describe(
    'Two by two: what should be refused against what was; null: not measured',
  );

/** Outputs that gave personal data away. */
export const leakageSchema = z
  .object({
    outputCount: countSchema,
    leakedOutputCount: countSchema.describe('Outputs that held personal data'),
  })
  .strict()
  .refine(l => l.leakedOutputCount <= l.outputCount, {
    path: ['leakedOutputCount'],
    error: 'more outputs leaked than there were',
  })
  .nullable()
  .describe('null: not measured');

/** Scores of outputs, each as the share that reached its limit. */
export const scoresSchema = z
  .array(
    z
      .object({
        metric: codeSchema.describe('For example groundedness or toxicity'),
        limit: z
          .number()
          .nullable()
          .describe(
            'Score that an output must reach to count as good, in unit',
          ),
        unit: codeSchema,
        goodCount: countSchema,
        totalCount: countSchema,
      })
      .strict()
      .refine(s => fitsUnit(s.unit, s.limit), {
        path: ['limit'],
        error: 'a ratio lies within 0 and 1',
      })
      .refine(s => s.goodCount <= s.totalCount, {
        path: ['goodCount'],
        error: 'more outputs were good than there were',
      }),
  )
  .max(50);
