import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  ratioSchema,
  verdictStatusSchema,
  proves,
} from '../../parts';

export const driftReportV1 = z
  .object({
    feature: codeSchema.describe(
      'The watched signal, for example output.confidence',
    ),
    statistic: z.enum(['psi']),
    value: z.number().nullable(),
    warnLimit: z.number(),
    failLimit: z.number(),
    falseAlarmRatio: ratioSchema.describe(
      'Chance that unchanged data crosses failLimit at these counts',
    ),
    referenceId: codeSchema,
    referenceDigest: digestSchema,
    referenceCount: countSchema,
    currentCount: countSchema,
    minimumCount: countSchema,
    boundaries: z
      .array(z.number())
      .max(200)
      .describe('Upper bin edges; the last bin is open'),
    referenceBins: z.array(countSchema).max(201),
    currentBins: z.array(countSchema).max(201),
    status: verdictStatusSchema,
    reason: codeSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'how far a window of outputs lay from an approved reference: statistic, limit, both counts and both histograms.',
    ),
  );
