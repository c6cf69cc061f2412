import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  holdsShare,
  proves,
  shareIntervalSchema,
  toolSchema,
} from '../../parts';
import {
  judgeSchema,
  leakageSchema,
  refusalsSchema,
  scoresSchema,
} from '../parts';

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
    judge: judgeSchema,
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
    refusals: refusalsSchema,
    leakage: leakageSchema,
    scores: scoresSchema,
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
