// Subjects, verdicts and scores on the wire.
import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import {
  comparator,
  count,
  epochMs,
  subjectKind,
  verdictStatus,
} from './basics';

/** @public */
export const verdictShape = z.object({
  status: verdictStatus,
  reason: z.string(),
  facts: z.object({
    value: z.number().optional(),
    bound: z.number().optional(),
    comparator: comparator.optional(),
    unit: z.string().optional(),
    sampleCount: count.optional(),
    sampleCountNeeded: count.optional(),
    windowStartMs: epochMs.optional(),
    windowEndMs: epochMs.optional(),
    evidenceId: z.string().optional(),
  }),
});

/** @public */
export const rollUpShape = z.object({
  status: verdictStatus,
  measuredCount: count,
  inScopeCount: count,
  unknownCount: count,
});

/** @public */
export const subjectShape = z.object({
  entityRef: entityRefSchema,
  kind: subjectKind,
  title: z.string(),
  ownerRef: entityRefSchema
    .optional()
    .describe(
      'Absent when the entity has no owner: shown as failing, never invented',
    ),
  riskTier: z.string().optional(),
  tier: z.number().optional(),
});

/** @public */
export const checkVerdictShape = z.object({
  checkId: z.string(),
  question: z.string(),
  level: z.string(),
  verdict: verdictShape,
  fixHint: z.string(),
  judgedAtMs: epochMs,
  sinceMs: epochMs
    .optional()
    .describe('Since when the check has had this status'),
});

/** @public */
export const subjectScoreShape = z.object({
  subject: subjectShape,
  scorecardId: z.string(),
  level: z.string().nullable(),
  rollUp: rollUpShape,
  checks: z.array(checkVerdictShape),
  judgedAtMs: epochMs,
});

/** @public */
export const scorecardBoardShape = z.object({
  scorecardId: z.string(),
  title: z.string(),
  digest: z.string(),
  levels: z.array(z.string()),
  checks: z.array(
    z.object({ checkId: z.string(), question: z.string(), level: z.string() }),
  ),
  rows: z.array(subjectScoreShape),
  rollUp: rollUpShape,
  subjectCount: count.describe('That it judged, in all'),
  matchingCount: count.describe('That the filters leave'),
  nextCursor: z.string().optional(),
  judgedCount: count.describe('Verdicts over all subjects that apply'),
  troubledCount: count.describe('Of these, failing or not known'),
});
