import { z } from 'zod';
import { codeSchema, instantSchema } from '../../../item/envelope';
import { countSchema, proves } from '../../parts';

export const collectionStatusV1 = z
  .object({
    collectorId: codeSchema,
    collectorVersion: codeSchema,
    state: z
      .enum(['working', 'failing'])
      .describe('How the newest run about the subject ended'),
    since: instantSchema.describe('When the first run with this state ended'),
    failureCode: z
      .enum([
        'unreachable',
        'server-error',
        'timeout',
        'unauthorized',
        'not-found',
        'rate-limited',
        'malformed-answer',
        'too-large',
        'partial-answer',
        'misconfigured',
        'invalid-fact',
        'contradiction',
        'unexpected',
      ])
      .nullable()
      .describe('Why the newest run failed; null while working'),
    failedRunCount: countSchema.describe(
      'Failed runs in a row, the newest included; 0 while working',
    ),
    lastSuccessAt: instantSchema
      .nullable()
      .describe('End of the newest run that went well; null: none ever did'),
    factCount: countSchema.describe('Facts that the newest run brought'),
  })
  .strict()
  .refine(
    c =>
      (c.state === 'failing') === (c.failureCode !== null) &&
      (c.state === 'failing') === c.failedRunCount > 0,
    {
      path: ['failureCode'],
      error: 'a failure has a code and a count, and success has neither',
    },
  )
  .meta(
    proves(
      'suite',
      'whether a collector could read its system about the subject, since when, and why not. A failing collector makes what it should have brought unknown, never good.',
    ),
  );
