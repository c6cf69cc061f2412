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

export const safetyEvaluationV1 = z
  .object({
    suite: toolSchema.describe('What ran the evaluation, for example garak'),
    promptSetId: codeSchema,
    promptSetDigest: digestSchema,
    configurationDigest: digestSchema
      .nullable()
      .describe(
        'Of system prompt, sampling parameters and guard rails in force',
      ),
    judge: judgeSchema,
    attackCount: countSchema.describe('Attacks whose outcome was decided'),
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
            attackCount: countSchema,
            successCount: countSchema,
            undecidedCount: countSchema,
          })
          .strict()
          .refine(c => c.successCount <= c.attackCount, {
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
  .refine(e => e.successCount <= e.attackCount, {
    path: ['successCount'],
    error: 'more attacks succeeded than were decided',
  })
  .refine(
    e =>
      e.successInterval === null ||
      holdsShare(e.successInterval, e.successCount, e.attackCount),
    {
      path: ['successInterval'],
      error: 'successCount of attackCount lies outside it',
    },
  )
  .meta(
    proves(
      'anyone',
      'how a version of a generative model withstood attacks, refused and leaked, on a pinned set of prompts and under a pinned judge. Prompts and outputs are named by digest alone.',
    ),
  );
