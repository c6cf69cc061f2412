// Versions and releases on the wire.
import { z } from 'zod';
import { digestSchema, entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs, verdictStatus } from './basics';

/** @public */
export const versionShape = z.object({
  version: z.string(),
  digest: digestSchema.nullable(),
  sizeBytes: count.optional(),
  precision: z.string().optional(),
  accuracy: z
    .object({
      value: z.number(),
      intervalLow: z.number(),
      intervalHigh: z.number(),
      totalCount: count,
    })
    .optional(),
  release: z.object({ releaseId: z.string(), state: z.string() }).optional(),
  sessionCount: count,
  sessionTotalCount: count,
  firstSeenMs: epochMs.optional(),
  lastSeenMs: epochMs.optional(),
});

/** @public */
export const RELEASE_STATES = [
  'in-review',
  'approved',
  'rejected',
  'withdrawn',
  'expired',
] as const;

/** @public */
export const releaseShape = z.object({
  releaseId: z.string(),
  modelRef: entityRefSchema,
  version: z.string(),
  digest: digestSchema,
  cohorts: z.array(entityRefSchema),
  state: z.enum(RELEASE_STATES),
  rowVersion: z
    .int()
    .describe(
      'Send it back with a vote; another value is refused as STALE_VERSION',
    ),
  proposedBy: entityRefSchema,
  proposedAtMs: epochMs,
  reason: z.string(),
  deadlineMs: epochMs,
  policyId: z.string(),
  policyDigest: z.string(),
  policyText: z.string().describe('The policy in words'),
  quorum: z.int(),
  approverGroups: z.array(z.string()),
  frozenVerdicts: z.array(
    z.object({
      question: z.string(),
      status: verdictStatus,
      reason: z.string(),
      evidenceId: z.string().nullable(),
    }),
  ),
  currentVerdicts: z.array(
    z.object({
      question: z.string(),
      status: verdictStatus,
      reason: z.string(),
      evidenceId: z.string().nullable(),
    }),
  ),
  votes: z.array(
    z.object({
      votedBy: entityRefSchema,
      vote: z.enum(['approve', 'reject']),
      reason: z.string(),
      votedAtMs: epochMs,
    }),
  ),
  decidedAtMs: epochMs.optional(),
  mayVote: z.object({
    allowed: z.boolean(),
    reason: z
      .string()
      .optional()
      .describe('Why the reader may not vote, in words'),
  }),
  mayWithdraw: z.boolean(),
});
