import { z } from 'zod';
import { entityRefSchema, instantSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { count, verdictStatus } from '../shapes/basics';
import {
  define,
  rangeQuery,
  read,
  subjectPageQuery,
  subjectParams,
} from './define';

const binCount = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

function areDistinct<T>(items: T[], nameOf: (item: T) => string): boolean {
  return new Set(items.map(nameOf)).size === items.length;
}

const profileFeature = z
  .object({
    feature: wireShapes.labelSchema,
    boundaries: z.array(z.number()).max(200).optional(),
    bins: z.array(binCount).max(201).optional(),
    categories: z
      .array(
        z
          .object({ category: wireShapes.labelSchema, count: binCount })
          .strict(),
      )
      .max(201)
      .optional(),
    nullCount: binCount.default(0),
    outOfRangeCount: binCount.default(0),
  })
  .strict()
  .refine(
    f =>
      (f.categories !== undefined) !==
      (f.boundaries !== undefined && f.bins !== undefined),
    { error: 'has either boundaries and bins, or categories' },
  )
  .refine(f => !f.bins || f.bins.length === f.boundaries!.length + 1, {
    path: ['bins'],
    error: 'must be one more than boundaries',
  })
  .refine(
    f =>
      !f.boundaries ||
      f.boundaries.every((b, i, all) => i === 0 || all[i - 1] < b),
    { path: ['boundaries'], error: 'must ascend' },
  )
  .refine(f => !f.categories || areDistinct(f.categories, c => c.category), {
    path: ['categories'],
    error: 'name a category twice',
  })
  .refine(
    f =>
      Number.isSafeInteger(
        (f.bins ?? f.categories?.map(c => c.count) ?? []).reduce(
          (sum, n) => sum + n,
          f.nullCount + f.outOfRangeCount,
        ),
      ),
    { error: 'counts more than can be counted exactly, which is 2^53 - 1' },
  );

/** Drift of features and outputs. */
export const driftOperations = define({
  pushProfile: {
    method: 'post',
    path: '/drift/profiles',
    summary: 'Push the histograms of a stretch of data',
    permissions: ['ai-assurance.evidence.push'],
    body: z
      .object({
        subject: entityRefSchema,
        cohort: entityRefSchema.optional(),
        deviceCount: binCount
          .optional()
          .describe(
            'Devices behind the profile; below the group size of the cohort it is suppressed',
          ),
        windowStart: instantSchema,
        windowEnd: instantSchema,
        features: z
          .array(profileFeature)
          .min(1)
          .max(500)
          .refine(all => areDistinct(all, f => f.feature), {
            error: 'name a feature twice',
          }),
      })
      .strict(),
    response: z.object({ acceptedCount: count }),
    status: 202,
  },
  getDrift: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/drift',
    summary: 'Drift of every feature and output of a service or model',
    permissions: read,
    params: subjectParams,
    query: rangeQuery.extend({
      cohort: entityRefSchema
        .optional()
        .describe(
          'Only what is judged of this cohort, from the windows as they are kept; left out: the whole',
        ),
    }),
    response: z.object({
      subject: wireShapes.subjectShape,
      sentence: z.string(),
      status: verdictStatus,
      rangeStartMs: z.number(),
      rangeEndMs: z.number(),
      coverage: wireShapes.driftCoverageShape,
      declarationProblems: z.array(z.string()),
      cohort: entityRefSchema
        .nullable()
        .describe('That the monitors are of; null: of the whole'),
      cohorts: z
        .array(entityRefSchema)
        .describe('That a signal is judged by as well'),
      monitors: z.array(wireShapes.driftShape),
      references: z
        .array(wireShapes.referenceShape)
        .describe('Those that the monitors were compared with'),
      mayApproveReference: z.object({
        allowed: z.boolean(),
        reason: z.string().optional(),
      }),
    }),
  },
  getDriftCoverage: {
    method: 'get',
    path: '/drift/coverage',
    summary:
      'What is watched for drift, by subject, traffic and risk tier; subjects page by page, all else over all of them',
    permissions: read,
    query: subjectPageQuery,
    response: z.object({
      sentence: z.string(),
      subjectCount: count.describe('In all'),
      incompleteCount: count.describe('With a feature that nothing watches'),
      nextCursor: z.string().optional(),
      subjects: z.array(wireShapes.driftCoverageShape),
      byRiskTier: z.array(
        z.object({
          riskTier: z.string().nullable(),
          featureCount: count,
          liveCount: count,
          trafficCount: count,
          watchedTrafficCount: count,
        }),
      ),
    }),
  },
});
