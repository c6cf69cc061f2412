import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import {
  countSchema,
  ratioSchema,
  verdictStatusSchema,
  proves,
} from '../../parts';

const statisticSchema = z.enum([
  'psi',
  'jensen-shannon',
  'kullback-leibler',
  'hellinger',
  'total-variation',
  'chi-square',
  'kolmogorov-smirnov',
  'wasserstein',
  'two-proportion',
]);

export const driftReportV2 = z
  .object({
    feature: codeSchema.describe(
      'The watched signal, for example output.confidence',
    ),
    source: z
      .enum(['telemetry', 'engine', 'profile', 'file'])
      .describe('Where the current histogram comes from'),
    statistic: statisticSchema.describe('What the verdict rests on'),
    value: z.number().nullable(),
    warnLimit: z.number(),
    failLimit: z.number(),
    falseAlarmRatio: ratioSchema.describe(
      'Share of false alarms among alarms that is accepted, and the chance of any where nothing changed',
    ),
    comparisonCount: countSchema.describe(
      'Features and cohorts that were judged together (Benjamini and Hochberg)',
    ),
    chanceRatio: ratioSchema.nullable().describe('p-value of the statistic'),
    adjustedChanceRatio: ratioSchema.nullable(),
    statistics: z
      .array(
        z
          .object({
            statistic: statisticSchema,
            value: z.number(),
            warnLimit: z.number(),
            failLimit: z.number(),
            chanceRatio: ratioSchema,
          })
          .strict(),
      )
      .max(12),
    referenceId: codeSchema,
    referenceDigest: digestSchema,
    referenceCount: countSchema,
    currentCount: countSchema,
    minimumCount: countSchema,
    enoughCount: countSchema
      .nullable()
      .describe(
        'Events with which chance alone stays below the upper band; null: the reference is too small',
      ),
    boundaries: z
      .array(z.number())
      .max(200)
      .describe('Upper bin edges; the last bin is open; none of categories'),
    categories: z.array(codeSchema).max(201).nullable(),
    referenceBins: z.array(countSchema).max(201),
    currentBins: z.array(countSchema).max(201),
    cohorts: z
      .array(
        z
          .object({
            cohort: entityRefSchema,
            value: z.number().nullable(),
            failLimit: z.number().nullable(),
            adjustedChanceRatio: ratioSchema.nullable(),
            currentCount: countSchema
              .nullable()
              .describe('null: suppressed, too few devices'),
            status: verdictStatusSchema,
            reason: codeSchema,
          })
          .strict(),
      )
      .max(200),
    status: verdictStatusSchema.describe('Worst of the whole and its cohorts'),
    reason: codeSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'how far a window of a feature or output lay from an approved reference, as a whole and by cohort: every statistic with its limits, both counts and both histograms.',
    ),
  );
