import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { countSchema, linkSchema, reasonTextSchema, proves } from '../../parts';

export const referenceWindowV2 = z
  .object({
    referenceId: codeSchema,
    referenceNumber: countSchema.describe(
      '1 for the first reference of the signal',
    ),
    feature: codeSchema,
    origin: z
      .enum(['time-range', 'file', 'profile', 'import'])
      .describe('What it was made from'),
    originUrl: linkSchema.nullable(),
    boundaries: z.array(z.number()).max(200),
    categories: z.array(codeSchema).max(201).nullable(),
    bins: z.array(countSchema).max(201),
    totalCount: countSchema,
    cohorts: z
      .array(
        z
          .object({
            cohort: entityRefSchema,
            bins: z.array(countSchema).max(201),
          })
          .strict(),
      )
      .max(200)
      .describe('The same window of each cohort, so that like meets like'),
    histogramDigest: digestSchema.describe(
      'Digest of the canonical form of boundaries, categories, bins and cohorts; of boundaries and bins alone where there is nothing else',
    ),
    approvedBy: entityRefSchema,
    reason: reasonTextSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'which histogram was approved as the reference for a feature or output, what it was made from, by whom, until when.',
    ),
  );
