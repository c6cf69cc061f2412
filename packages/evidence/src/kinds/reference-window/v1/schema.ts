import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { countSchema, reasonTextSchema, proves } from '../../parts';

export const referenceWindowV1 = z
  .object({
    referenceId: codeSchema,
    feature: codeSchema,
    boundaries: z.array(z.number()).max(200),
    bins: z.array(countSchema).max(201),
    totalCount: countSchema,
    histogramDigest: digestSchema.describe(
      'Digest of the canonical form of boundaries and bins',
    ),
    approvedBy: entityRefSchema,
    reason: reasonTextSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'which window of outputs was approved as the reference for a signal, by whom, until when.',
    ),
  );
