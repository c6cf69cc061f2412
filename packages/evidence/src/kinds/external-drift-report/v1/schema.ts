import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  proves,
  toolSchema,
  verdictStatusSchema,
} from '../../parts';

export const externalDriftReportV1 = z
  .object({
    tool: toolSchema.describe('What compared'),
    referenceDigest: digestSchema
      .nullable()
      .describe('null: the report does not say what it compared with'),
    referenceCount: countSchema.nullable().describe('null: not stated'),
    currentCount: countSchema.nullable().describe('null: not stated'),
    features: z
      .array(
        z
          .object({
            feature: codeSchema,
            statistic: codeSchema.describe('As the tool calls it'),
            value: z.number().nullable(),
            limit: z.number().nullable().describe('null: not stated'),
            comparator: z
              .enum(['below', 'at-least'])
              .nullable()
              .describe(
                'How value must stand to limit; null: the report gives no limit',
              ),
            status: verdictStatusSchema,
            reason: codeSchema,
          })
          .strict(),
      )
      .max(500),
    driftedCount: countSchema.nullable(),
    comparedCount: countSchema.nullable(),
    status: verdictStatusSchema.describe(
      'As the tool said; without counts and a stretch or dataset never pass',
    ),
    reason: codeSchema,
    reportDigest: digestSchema.nullable(),
  })
  .strict()
  .refine(
    d =>
      d.driftedCount === null ||
      d.comparedCount === null ||
      d.driftedCount <= d.comparedCount,
    { path: ['driftedCount'], error: 'more drifted than were compared' },
  )
  .meta(
    proves(
      'anyone',
      'what another tool said about drift, by its own statistics and limits, beside what the suite measures itself.',
    ),
  );
