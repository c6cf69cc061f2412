import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import { countSchema, ratioSchema, proves } from '../../parts';

export const evaluationV1 = z
  .object({
    metric: codeSchema.describe('For example accuracy'),
    value: z.number(),
    unit: codeSchema.describe('ratio for shares in 0..1'),
    intervalLow: z.number(),
    intervalHigh: z.number(),
    intervalLevelRatio: ratioSchema.describe(
      'Confidence level of the interval, 0.95 for 95 %',
    ),
    intervalMethod: codeSchema.describe('For example wilson'),
    successCount: countSchema.optional(),
    totalCount: countSchema,
    datasetId: codeSchema,
    datasetDigest: digestSchema,
    slice: codeSchema.optional(),
  })
  .strict()
  .meta(
    proves(
      'anyone',
      'how a version scored on a pinned dataset: a share with its interval, and the digest of the data it was measured on.',
    ),
  );
