// What each page asks for in one answer.
import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs, sentence, verdictStatus } from './basics';
import {
  verdictShape,
  rollUpShape,
  subjectShape,
  subjectScoreShape,
} from './verdicts';
import {
  driftShape,
  latencyPointShape,
  segmentLatencyShape,
  cohortAdoptionShape,
  adoptionPointShape,
} from './signals';
import { objectiveShape } from './objectives';
import { versionShape, releaseShape } from './releases';

/** @public */
export const attentionShape = z.object({
  subject: subjectShape,
  status: verdictStatus,
  what: z.string().describe('What is wrong, in words'),
  sinceMs: epochMs.nullable(),
  nextAction: z.string(),
});

/** @public */
export const overviewShape = z.object({
  sentence,
  subjects: z.array(
    z.object({
      subject: subjectShape,
      rollUp: rollUpShape,
      level: z.string().nullable(),
    }),
  ),
  attention: z.array(attentionShape),
  openReleases: z.array(
    releaseShape.pick({
      releaseId: true,
      modelRef: true,
      version: true,
      state: true,
      proposedBy: true,
      proposedAtMs: true,
      deadlineMs: true,
    }),
  ),
  ledger: z.object({
    size: count,
    rootHash: z.string(),
    headAtMs: epochMs.nullable(),
    problem: z
      .string()
      .optional()
      .describe(
        'Set when the ledger found itself changed; somebody has to look at it now',
      ),
  }),
  telemetry: z.object({
    lastBatchAtMs: epochMs.nullable(),
    pointsLastHour: count,
    refusedPointsLastHour: count,
  }),
});

/** The card on any subject's overview tab: one sentence, at most five facts. @public */
export const subjectSummaryShape = z.object({
  subject: subjectShape,
  sentence,
  rollUp: rollUpShape,
  level: z.string().nullable(),
  facts: z
    .array(
      z.object({
        label: z.string(),
        value: z.string(),
        verdict: verdictShape.optional(),
      }),
    )
    .max(5),
});

/** @public */
export const serviceAnswerShape = z.object({
  subject: subjectShape,
  sentence,
  status: verdictStatus,
  rangeStartMs: epochMs,
  rangeEndMs: epochMs,
  objectives: z.array(objectiveShape),
  objectiveProblems: z
    .array(z.string())
    .describe(
      'OpenSLO documents that could not be read: file, line and reason',
    ),
  latency: z.array(latencyPointShape),
  segments: z.array(segmentLatencyShape),
  drift: z.array(driftShape),
  events: z.array(
    z.object({
      atMs: epochMs,
      kind: z.string(),
      title: z.string(),
      evidenceId: z.string().optional(),
    }),
  ),
  runbookUrl: z.string().optional(),
  score: subjectScoreShape.nullable(),
  mayApproveReference: z.object({
    allowed: z.boolean(),
    reason: z.string().optional(),
  }),
});

/** @public */
export const modelAnswerShape = z.object({
  subject: subjectShape,
  sentence,
  status: verdictStatus,
  rangeStartMs: epochMs,
  rangeEndMs: epochMs,
  versions: z.array(versionShape),
  adoption: z.array(cohortAdoptionShape),
  adoptionOverTime: z.array(adoptionPointShape),
  latency: z.array(latencyPointShape),
  segments: z.array(segmentLatencyShape),
  objectives: z.array(objectiveShape),
  objectiveProblems: z.array(z.string()),
  drift: z.array(driftShape),
  releases: z.array(
    releaseShape.pick({
      releaseId: true,
      version: true,
      state: true,
      proposedBy: true,
      proposedAtMs: true,
      decidedAtMs: true,
    }),
  ),
  score: subjectScoreShape.nullable(),
  mayPropose: z.object({ allowed: z.boolean(), reason: z.string().optional() }),
  mayApproveReference: z.object({
    allowed: z.boolean(),
    reason: z.string().optional(),
  }),
});

/** @public */
export const cohortAnswerShape = z.object({
  subject: subjectShape,
  sentence,
  status: verdictStatus,
  rangeStartMs: epochMs,
  rangeEndMs: epochMs,
  selector: z.record(z.string(), z.array(z.string())),
  ring: z.string().optional(),
  deviceClass: z.string().optional(),
  expectedDeviceCount: count.optional(),
  minimumGroupSize: count,
  models: z.array(
    z.object({
      modelRef: entityRefSchema,
      adoption: cohortAdoptionShape,
      adoptionOverTime: z.array(adoptionPointShape),
      segments: z.array(segmentLatencyShape),
    }),
  ),
  latency: z.array(latencyPointShape),
  score: subjectScoreShape.nullable(),
});
