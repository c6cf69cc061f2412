import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  holdsShare,
  proves,
  ratioSchema,
  shareIntervalSchema,
} from '../../parts';

export const judgeCalibrationV1 = z
  .object({
    judgeId: codeSchema,
    judgeVersion: codeSchema,
    judgeDigest: digestSchema
      .nullable()
      .describe(
        'Of the judge’s model and prompt; null: a hosted model without digest',
      ),
    metric: codeSchema.describe('What it judges, for example attack-success'),
    labelSetId: codeSchema,
    labelSetDigest: digestSchema,
    labellerCount: countSchema.describe(
      'People who labelled each output at least',
    ),
    positiveCount: countSchema.describe(
      'Outputs that people labelled positive',
    ),
    negativeCount: countSchema.describe(
      'Outputs that people labelled negative',
    ),
    truePositiveCount: countSchema,
    trueNegativeCount: countSchema,
    sensitivityRatio: ratioSchema
      .nullable()
      .describe('truePositiveCount of positiveCount; null: no positives'),
    sensitivityInterval: shareIntervalSchema.nullable(),
    specificityRatio: ratioSchema
      .nullable()
      .describe('trueNegativeCount of negativeCount; null: no negatives'),
    specificityInterval: shareIntervalSchema.nullable(),
  })
  .strict()
  .refine(
    c => isShare(c.sensitivityRatio, c.truePositiveCount, c.positiveCount),
    {
      path: ['sensitivityRatio'],
      error: 'it is not truePositiveCount of positiveCount',
    },
  )
  .refine(
    c => isShare(c.specificityRatio, c.trueNegativeCount, c.negativeCount),
    {
      path: ['specificityRatio'],
      error: 'it is not trueNegativeCount of negativeCount',
    },
  )
  .refine(
    c =>
      c.sensitivityInterval === null ||
      holdsShare(c.sensitivityInterval, c.truePositiveCount, c.positiveCount),
    {
      path: ['sensitivityInterval'],
      error: 'truePositiveCount of positiveCount lies outside it',
    },
  )
  .refine(
    c =>
      c.specificityInterval === null ||
      holdsShare(c.specificityInterval, c.trueNegativeCount, c.negativeCount),
    {
      path: ['specificityInterval'],
      error: 'trueNegativeCount of negativeCount lies outside it',
    },
  )
  .meta(
    proves(
      'anyone',
      'how far a judging model can be believed: what it said of outputs that people had labelled before.',
    ),
  );

/** Whether a stated share is that of its counts, as far as decimal writing allows; no share of nothing. */
function isShare(
  ratio: number | null,
  count: number,
  ofCount: number,
): boolean {
  if (ofCount === 0) return ratio === null && count === 0;
  return ratio !== null && Math.abs(ratio - count / ofCount) < 1e-6;
}
