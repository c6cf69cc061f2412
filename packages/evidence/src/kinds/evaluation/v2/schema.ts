import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  fitsUnit,
  isRoundedShare,
  liesWithin,
  proves,
  ratioSchema,
  toolSchema,
} from '../../parts';

const orUnstated = (what: string) => `${what}; null: the report does not say`;

export const evaluationV2 = z
  .object({
    metric: codeSchema.describe('For example accuracy or groundedness'),
    value: z.number(),
    unit: codeSchema.describe('ratio for shares in 0..1'),
    intervalLow: z.number().nullable().describe(orUnstated('In unit')),
    intervalHigh: z.number().nullable().describe(orUnstated('In unit')),
    intervalLevelRatio: ratioSchema
      .nullable()
      .describe('Confidence level of the interval, 0.95 for 95 %'),
    intervalMethod: codeSchema.nullable().describe('For example wilson'),
    successCount: countSchema
      .nullable()
      .describe('null: no share of a count, or not stated'),
    totalCount: countSchema.nullable().describe(orUnstated('n')),
    datasetId: codeSchema.nullable().describe(orUnstated('What it is called')),
    datasetDigest: digestSchema
      .nullable()
      .describe(orUnstated('Of the data it was measured on')),
    slice: codeSchema
      .nullable()
      .describe('Which part of the data; null: all of it'),
    tool: toolSchema.describe('What measured'),
    judge: z
      .object({
        id: codeSchema,
        version: codeSchema,
        digest: digestSchema.nullable(),
      })
      .strict()
      .nullable()
      .describe('Model that judged the outputs; null: rules or labels did'),
    configurationDigest: digestSchema
      .nullable()
      .describe(orUnstated('Of prompt template and sampling parameters')),
    reportDigest: digestSchema
      .nullable()
      .describe('Of the imported file; null: not from a file'),
  })
  .strict()
  .refine(
    e =>
      [e.intervalHigh, e.intervalLevelRatio, e.intervalMethod].every(
        part => (part === null) === (e.intervalLow === null),
      ),
    {
      path: ['intervalLow'],
      error: 'an interval has both ends, a level and a method, or none of them',
    },
  )
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
  .refine(
    e =>
      e.intervalLow === null ||
      e.intervalHigh === null ||
      liesWithin(e.value, e.intervalLow, e.intervalHigh),
    { path: ['value'], error: 'it lies outside its interval' },
  )
  .refine(
    e =>
      e.successCount === null ||
      (e.totalCount !== null && e.successCount <= e.totalCount),
    { path: ['successCount'], error: 'more succeeded than there were' },
  )
  .refine(
    e =>
      e.unit !== 'ratio' ||
      e.successCount === null ||
      e.totalCount === null ||
      isRoundedShare(e.value, e.successCount, e.totalCount),
    { path: ['value'], error: 'it is not successCount of totalCount' },
  )
  .meta(
    proves(
      'anyone',
      'how a version scored, as far as the report says it: what it leaves out (n, interval, the data’s digest) stays open and supports no pass.',
    ),
  );
