import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  fitsUnit,
  isRoundedShare,
  liesWithin,
  proves,
  ratioSchema,
} from '../../parts';

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
  .refine(e => fitsUnit(e.unit, e.value), {
    path: ['value'],
    error: 'a ratio lies within 0 and 1',
  })
  .refine(e => fitsUnit(e.unit, e.intervalLow), {
    path: ['intervalLow'],
    error: 'a ratio lies within 0 and 1',
  })
  .refine(e => fitsUnit(e.unit, e.intervalHigh), {
    path: ['intervalHigh'],
    error: 'a ratio lies within 0 and 1',
  })
  .refine(e => liesWithin(e.value, e.intervalLow, e.intervalHigh), {
    path: ['value'],
    error: 'it lies outside its interval',
  })
  .refine(e => e.successCount === undefined || e.successCount <= e.totalCount, {
    path: ['successCount'],
    error: 'more succeeded than there were',
  })
  .refine(
    e =>
      e.unit !== 'ratio' ||
      e.successCount === undefined ||
      isRoundedShare(e.value, e.successCount, e.totalCount),
    { path: ['value'], error: 'it is not successCount of totalCount' },
  )
  .meta(
    proves(
      'anyone',
      'how a version scored on a pinned dataset: a share with its interval, and the digest of the data it was measured on.',
    ),
  );
