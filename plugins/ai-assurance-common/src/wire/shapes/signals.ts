// Drift, latency, adoption and references on the wire.
import { z } from 'zod';
import { digestSchema, entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs, verdictStatus } from './basics';
import { verdictShape } from './verdicts';

/** @public */
export const driftShape = z.object({
  feature: z.string(),
  version: z.string().nullable(),
  statistic: z.string(),
  value: z.number().nullable(),
  warnLimit: z.number(),
  failLimit: z.number(),
  falseAlarmRatio: z.number(),
  referenceId: z.string().nullable(),
  referenceApprovedBy: z.string().nullable(),
  referenceCount: count,
  currentCount: count,
  isSuppressed: z
    .boolean()
    .optional()
    .describe('Too few devices to be shown: counts and bins say nothing then'),
  minimumCount: count,
  boundaries: z.array(z.number()),
  referenceBins: z.array(count),
  currentBins: z.array(count),
  verdict: verdictShape,
  evaluatedAtMs: epochMs,
  history: z
    .array(
      z.object({
        atMs: epochMs,
        value: z.number().nullable(),
        status: verdictStatus,
      }),
    )
    .describe('Oldest first, at most 200'),
  title: z.string().optional(),
  part: z.enum(['feature', 'output']).optional(),
  source: z
    .enum(['telemetry', 'engine', 'profile', 'file'])
    .optional()
    .describe('Where the histograms come from'),
  sourceProblem: z.string().optional(),
  everyMs: z.number().optional(),
  statistics: z
    .array(
      z.object({
        statistic: z.string(),
        value: z.number(),
        warnLimit: z.number(),
        failLimit: z.number(),
        pValue: z.number(),
      }),
    )
    .optional()
    .describe('Every statistic that can be told of the two histograms'),
  pValue: z.number().nullable().optional(),
  adjustedPValue: z
    .number()
    .nullable()
    .optional()
    .describe(
      'By Benjamini and Hochberg, over all features and cohorts judged together',
    ),
  comparisonCount: count
    .optional()
    .describe('How many comparisons were judged together'),
  enoughCount: count
    .nullable()
    .optional()
    .describe(
      'Events with which chance alone stays below the upper band; null: the reference is too small for that',
    ),
  categories: z
    .array(z.string())
    .nullable()
    .optional()
    .describe('Of a categorical signal, in the order of the bins'),
  cohorts: z
    .array(
      z.object({
        cohort: entityRefSchema,
        value: z.number().nullable(),
        failLimit: z.number().nullable(),
        pValue: z.number().nullable(),
        adjustedPValue: z.number().nullable(),
        referenceCount: count.nullable(),
        currentCount: count.nullable().describe('null: suppressed'),
        verdict: verdictShape,
      }),
    )
    .optional(),
  quality: z
    .array(
      z.object({
        aspect: z.enum([
          'null-share',
          'unseen-category',
          'range',
          'row-count',
          'freshness',
        ]),
        value: z.number().nullable(),
        limit: z.number().nullable(),
        unit: z.string(),
        failedCount: count.nullable(),
        totalCount: count.nullable(),
        verdict: verdictShape,
      }),
    )
    .optional(),
});

/** What of a subject is watched for drift, and what is not. @public */
export const driftCoverageShape = z.object({
  subject: entityRefSchema,
  title: z.string(),
  riskTier: z.string().nullable(),
  tier: z.number().nullable(),
  featureCount: count.describe('Features and outputs that are known'),
  liveCount: count.describe('Of these, with a monitor that can judge now'),
  trafficCount: count
    .nullable()
    .describe('Inferences in the last window; null: not known'),
  watchedTrafficCount: count.nullable(),
  unwatched: z.array(
    z.object({
      feature: z.string(),
      why: z
        .string()
        .describe(
          'not-monitored, no-reference, or why its monitor cannot judge',
        ),
    }),
  ),
});

/** One point of a chart; `null` where nothing was counted in that minute: drawn as a gap, never as zero. @public */
export const latencyPointShape = z.object({
  startMs: epochMs,
  count,
  errorCount: count,
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

/** @public */
export const segmentLatencyShape = z.object({
  version: z.string(),
  digest: z.string().nullable(),
  cohort: z.string().nullable(),
  count,
  errorCount: count,
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  errorBoundRatio: z
    .number()
    .describe(
      'Largest relative error of the quantiles, from the histogram’s scale',
    ),
  meanConfidence: z.number().nullable(),
  isSuppressed: z
    .boolean()
    .optional()
    .describe(
      'Made of fewer devices than may be shown, or would tell of such a group: the numbers then say nothing',
    ),
  isSizeUnknown: z
    .boolean()
    .optional()
    .describe(
      'Not split by cohort, since nobody can say how many devices a cohort is made of there: the row is of all of them',
    ),
});

/** @public */
export const adoptionRowShape = z.object({
  version: z.string(),
  digest: z.string().nullable(),
  sessionCount: count,
  crashedCount: count,
  loadAttemptCount: count,
  loadFailureCount: count,
});

/** @public */
export const cohortAdoptionShape = z.object({
  cohort: z.string().nullable(),
  title: z.string(),
  totalCount: count,
  versions: z.array(adoptionRowShape),
});

/** @public */
export const adoptionPointShape = z.object({
  startMs: epochMs,
  counts: z.record(z.string(), count).describe('Sessions by version'),
});

/** @public */
export const referenceShape = z.object({
  referenceId: z.string(),
  subject: entityRefSchema,
  feature: z.string(),
  fromMs: epochMs,
  toMs: epochMs,
  totalCount: count,
  histogramDigest: digestSchema,
  approvedBy: entityRefSchema,
  approvedAtMs: epochMs,
  expiresAtMs: epochMs,
  version: count.optional().describe('1 for the first of a signal'),
  origin: z.enum(['time-range', 'file', 'profile', 'import']).optional(),
  originUrl: z.string().nullable().optional(),
});
