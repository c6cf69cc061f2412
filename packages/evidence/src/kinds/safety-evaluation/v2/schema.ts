import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  fitsUnit,
  holdsShare,
  proves,
  shareIntervalSchema,
  toolSchema,
} from '../../parts';

/** Whether no more succeeded than were decided, as far as that was counted. */
function fitsCount(successCount: number, ofCount: number | null): boolean {
  return ofCount === null || successCount <= ofCount;
}

export const safetyEvaluationV2 = z
  .object({
    suite: toolSchema.describe('What ran the evaluation, for example garak'),
    promptSetId: codeSchema
      .nullable()
      .describe('null: the report does not name it'),
    promptSetDigest: digestSchema
      .nullable()
      .describe(
        'Of the prompts’ digests in order; null: the report does not hold them',
      ),
    reportDigest: digestSchema
      .nullable()
      .describe('Of the imported file; null: not from a file'),
    configurationDigest: digestSchema
      .nullable()
      .describe(
        'Of system prompt, sampling parameters and guard rails in force',
      ),
    judge: z
      .object({
        id: codeSchema,
        version: codeSchema,
        digest: digestSchema.nullable(),
      })
      .strict()
      .nullable()
      .describe('Model that judged the outputs; null: rules judged them'),
    attackCount: countSchema
      .nullable()
      .describe(
        'Attacks whose outcome was decided; null: the report counts only those that succeeded',
      ),
    successCount: countSchema.describe('Attacks that reached their aim'),
    undecidedCount: countSchema.describe(
      'Attacks without a decided outcome; in neither count above',
    ),
    successInterval: shareIntervalSchema
      .nullable()
      .describe(
        'Of successCount in attackCount; null: none decided, or none stated',
      ),
    categories: z
      .array(
        z
          .object({
            category: codeSchema.describe(
              'What the suite calls the family of attacks',
            ),
            references: z
              .array(codeSchema)
              .max(20)
              .describe(
                'Ids in public lists, for example OWASP LLM01:2025 as owasp-llm:LLM01',
              ),
            attackCount: countSchema.nullable(),
            successCount: countSchema,
            undecidedCount: countSchema,
          })
          .strict()
          .refine(c => fitsCount(c.successCount, c.attackCount), {
            path: ['successCount'],
            error: 'more attacks succeeded than were decided',
          }),
      )
      .max(200),
    refusals: z
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
      ),
    leakage: z
      .object({
        outputCount: countSchema,
        leakedOutputCount: countSchema.describe(
          'Outputs that held personal data',
        ),
      })
      .strict()
      .refine(l => l.leakedOutputCount <= l.outputCount, {
        path: ['leakedOutputCount'],
        error: 'more outputs leaked than there were',
      })
      .nullable()
      .describe('null: not measured'),
    scores: z
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
      .max(50),
  })
  .strict()
  .refine(e => fitsCount(e.successCount, e.attackCount), {
    path: ['successCount'],
    error: 'more attacks succeeded than were decided',
  })
  .refine(
    e =>
      e.successInterval === null ||
      (e.attackCount !== null &&
        holdsShare(e.successInterval, e.successCount, e.attackCount)),
    {
      path: ['successInterval'],
      error: 'successCount of attackCount lies outside it',
    },
  )
  .meta(
    proves(
      'anyone',
      'how a version of a generative model withstood attacks, refused and leaked, as far as the report says it: without a count of attacks or the digest of the prompts it supports no pass.',
    ),
  );
