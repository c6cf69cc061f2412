import { z } from 'zod';
import {
  digestSchema,
  entityRefSchema,
  evidenceItemSchema,
} from '@ai-assurance/evidence';
import { SUBJECT_KINDS } from '../model/subjects';
import { VERDICT_STATUSES } from '../verdict/verdict';

const count = z.int().nonnegative();
const epochMs = z.number().describe('Epoch milliseconds');
/** @public */
export const reason = z
  .string()
  .trim()
  .min(3)
  .max(1000)
  // What cannot be written as evidence: it has no canonical form, or PostgreSQL cannot store it.
  .regex(
    /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u,
    'holds a control character or half of a surrogate pair; leave it out',
  );
/** @public */
export const labelSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+-]*$/);

/** @public */
export const verdictShape = z.object({
  status: z.enum(VERDICT_STATUSES),
  reason: z.string(),
  facts: z.object({
    value: z.number().optional(),
    bound: z.number().optional(),
    comparator: z.enum(['at-most', 'at-least', 'below', 'equals']).optional(),
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
  status: z.enum(VERDICT_STATUSES),
  measuredCount: count,
  inScopeCount: count,
  unknownCount: count,
});

/** One line that a tired person can act on, made from verdicts by code. */
const sentence = z.string();

/** @public */
export const subjectShape = z.object({
  entityRef: entityRefSchema,
  kind: z.enum(SUBJECT_KINDS),
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
export const objectiveShape = z.object({
  sloName: z.string(),
  objectiveName: z.string(),
  description: z.string(),
  objectiveRatio: z.number(),
  thresholdMs: z.number().optional(),
  windowMs: z.number(),
  goodCount: count,
  totalCount: count,
  attainmentRatio: z.number().nullable(),
  budgetRemainingRatio: z.number().nullable(),
  burnRates: z.array(
    z.object({
      severity: z.string(),
      longWindowMs: z.number(),
      shortWindowMs: z.number(),
      factor: z.number(),
      longBurn: z.number().nullable(),
      shortBurn: z.number().nullable(),
      firing: z.boolean(),
    }),
  ),
  verdict: verdictShape,
  evaluatedAtMs: epochMs,
});

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
        status: z.enum(VERDICT_STATUSES),
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
      status: z.enum(VERDICT_STATUSES),
      reason: z.string(),
      evidenceId: z.string().nullable(),
    }),
  ),
  currentVerdicts: z.array(
    z.object({
      question: z.string(),
      status: z.enum(VERDICT_STATUSES),
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

/** @public */
export const evidenceSummaryShape = z.object({
  evidenceId: z
    .string()
    .describe('The item’s id within the suite: its ledger position as text'),
  position: count,
  source: z.string(),
  id: z.string(),
  type: z.string(),
  subject: entityRefSchema,
  timeMs: epochMs,
  recordedAtMs: epochMs,
  expiresAtMs: epochMs.optional(),
  status: z
    .enum(VERDICT_STATUSES)
    .optional()
    .describe('The verdict the item carries, where its kind has one'),
});

/** @public */
export const evidenceDetailShape = evidenceSummaryShape.extend({
  item: evidenceItemSchema,
  leafHash: z.string(),
  payloadCommitment: z.string(),
  proof: z
    .string()
    .describe(
      'c2sp.org/tlog-proof@v1 text: index, inclusion path, signed checkpoint',
    ),
  verifierKey: z.string().describe('C2SP signed-note verifier key of the log'),
  leaf: z
    .string()
    .describe('The canonical bytes that were hashed into the leaf, as text'),
  salt: z
    .string()
    .describe('Hex; with the canonical payload it opens payloadCommitment'),
});

/** @public */
export const packShape = z.object({
  packId: z.string(),
  subject: entityRefSchema,
  periodStartMs: epochMs,
  periodEndMs: epochMs,
  itemCount: count,
  treeSize: count,
  sizeBytes: count,
  fileDigest: digestSchema,
  exportedBy: entityRefSchema,
  exportedAtMs: epochMs,
});

/** @public */
export const attentionShape = z.object({
  subject: subjectShape,
  status: z.enum(VERDICT_STATUSES),
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
  status: z.enum(VERDICT_STATUSES),
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
  status: z.enum(VERDICT_STATUSES),
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
  status: z.enum(VERDICT_STATUSES),
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
});

/** @public */
export const ingestResultShape = z.object({
  results: z.array(
    z.object({
      index: count,
      outcome: z.enum(['accepted', 'already-known', 'conflict', 'refused']),
      evidenceId: z.string().optional(),
      code: z.string().optional(),
      message: z.string().optional(),
    }),
  ),
  acceptedCount: count,
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
