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
});
