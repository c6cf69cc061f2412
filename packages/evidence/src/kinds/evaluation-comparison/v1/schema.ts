import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  liesWithin,
  proves,
  ratioSchema,
  toolSchema,
} from '../../parts';

export const evaluationComparisonV1 = z
  .object({
    metric: codeSchema,
    baselineVersion: codeSchema.describe('What the version is held against'),
    baselineDigest: digestSchema
      .nullable()
      .describe('null: the report names the version alone'),
    datasetId: codeSchema.nullable(),
    datasetDigest: digestSchema.nullable(),
    slice: codeSchema.nullable(),
    itemCount: countSchema.describe('Items that both versions were given'),
    itemsDigest: digestSchema.describe(
      'Of the list of item digests in order: the same list, the same items',
    ),
    table: z
      .object({
        bothSucceededCount: countSchema,
        onlyBaselineCount: countSchema,
        onlyCandidateCount: countSchema,
        neitherCount: countSchema,
      })
      .strict()
      .nullable()
      .describe('Right and wrong, two by two; null: items have scores instead'),
    differenceValue: z
      .number()
      .describe('Version minus baseline; below zero it became worse'),
    unit: codeSchema.describe('Of the differences; ratio for right and wrong'),
    differenceLow: z.number(),
    differenceHigh: z.number(),
    intervalLevelRatio: ratioSchema,
    intervalMethod: codeSchema,
    pValueRatio: ratioSchema.describe(
      'Chance of a difference at least this large, either way, were both alike',
    ),
    testMethod: codeSchema.describe('For example mcnemar-exact'),
    tool: toolSchema.describe('What ran both versions'),
    reportDigest: digestSchema.nullable(),
  })
  .strict()
  .refine(
    c => liesWithin(c.differenceValue, c.differenceLow, c.differenceHigh),
    { path: ['differenceValue'], error: 'it lies outside its interval' },
  )
  .refine(
    c =>
      c.table === null ||
      c.table.bothSucceededCount +
        c.table.onlyBaselineCount +
        c.table.onlyCandidateCount +
        c.table.neitherCount ===
        c.itemCount,
    { path: ['table'], error: 'its counts do not add up to itemCount' },
  )
  .meta(
    proves(
      'anyone',
      'whether a version became better or worse than another on the very same items, by a paired test. Items are named by one digest of their list.',
    ),
  );
