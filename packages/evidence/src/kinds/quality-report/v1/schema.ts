import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  fitsUnit,
  proves,
  toolSchema,
  verdictStatusSchema,
} from '../../parts';

export const qualityReportV1 = z
  .object({
    datasetId: codeSchema,
    datasetDigest: digestSchema
      .nullable()
      .describe('null: a live stream without fixed bytes'),
    tool: toolSchema.describe('What checked'),
    rowCount: countSchema.nullable().describe('null: not counted'),
    checks: z
      .array(
        z
          .object({
            check: codeSchema.describe('What the tool calls the check'),
            aspect: z.enum([
              'null-share',
              'unseen-category',
              'range',
              'row-count',
              'freshness',
              'schema',
              'uniqueness',
              'other',
            ]),
            feature: codeSchema
              .nullable()
              .describe('null: the data as a whole'),
            value: z
              .number()
              .nullable()
              .describe('In unit; null: the check gives no number'),
            limit: z.number().nullable().describe('In unit'),
            unit: codeSchema.nullable().describe('For example ratio, rows, s'),
            failedCount: countSchema.nullable(),
            totalCount: countSchema.nullable(),
            status: verdictStatusSchema,
            reason: codeSchema,
          })
          .strict()
          .refine(c => fitsUnit(c.unit, c.value), {
            path: ['value'],
            error: 'a ratio lies within 0 and 1',
          })
          .refine(c => fitsUnit(c.unit, c.limit), {
            path: ['limit'],
            error: 'a ratio lies within 0 and 1',
          })
          .refine(
            c =>
              c.failedCount === null ||
              c.totalCount === null ||
              c.failedCount <= c.totalCount,
            { path: ['failedCount'], error: 'more failed than there were' },
          ),
      )
      .min(1)
      .max(500),
    status: verdictStatusSchema.describe('Worst of the checks'),
    reason: codeSchema,
  })
  .strict()
  .meta(
    proves(
      'anyone',
      'what the checks of a stretch of data said: nulls, unseen categories, ranges, rows and freshness, each with value, limit and count.',
    ),
  );
