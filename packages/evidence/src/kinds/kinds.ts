import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '../item/envelope';

const ratio = z.number().min(0).max(1);
const count = z.int().nonnegative();
const reasonText = z
  .string()
  .min(1)
  .max(1000)
  .describe('A person’s reason, in their words; never a prompt or an input');
const verdictStatus = z.enum([
  'pass',
  'warn',
  'fail',
  'inconclusive',
  'not-applicable',
]);

/** Proves which artifact a version label stood for: its digest, size and format, measured from the bytes. */
const artifactV1 = z
  .object({
    version: codeSchema,
    digest: digestSchema,
    sizeBytes: count,
    format: codeSchema.describe('For example onnx'),
    precision: codeSchema.optional().describe('For example float32 or int8'),
    builtFrom: z
      .string()
      .max(300)
      .optional()
      .describe(
        'What it was trained or converted from, for example a package and version',
      ),
  })
  .strict();

/** Proves how a version scored on a pinned dataset: a share with its interval, and the digest of the data it was measured on. */
const evaluationV1 = z
  .object({
    metric: codeSchema.describe('For example accuracy'),
    value: z.number(),
    unit: codeSchema.describe('ratio for shares in 0..1'),
    intervalLow: z.number(),
    intervalHigh: z.number(),
    intervalLevelRatio: ratio.describe(
      'Confidence level of the interval, 0.95 for 95 %',
    ),
    intervalMethod: codeSchema.describe('For example wilson'),
    successCount: count.optional(),
    totalCount: count,
    datasetId: codeSchema,
    datasetDigest: digestSchema,
    slice: codeSchema.optional(),
  })
  .strict();

/** Proves the state of one objective over its window at one moment: counts, remaining budget and burn rates. */
const sloStatusV1 = z
  .object({
    sloName: codeSchema,
    objectiveName: codeSchema,
    objectiveRatio: ratio,
    budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices']),
    goodCount: count,
    totalCount: count,
    attainmentRatio: ratio.nullable(),
    budgetRemainingRatio: z
      .number()
      .max(1)
      .nullable()
      .describe('1 is untouched, 0 exhausted, negative overspent'),
    burnRates: z
      .array(
        z
          .object({
            severity: codeSchema,
            longWindowMs: count,
            shortWindowMs: count,
            factor: z.number(),
            longBurn: z.number().nullable(),
            shortBurn: z.number().nullable(),
            firing: z.boolean(),
          })
          .strict(),
      )
      .max(20),
    thresholdMs: z.number().positive().optional(),
    status: verdictStatus,
    reason: codeSchema,
  })
  .strict();

/** Proves how far a window of outputs lay from an approved reference: statistic, limit, both counts and both histograms. */
const driftReportV1 = z
  .object({
    feature: codeSchema.describe(
      'The watched signal, for example output.confidence',
    ),
    statistic: z.enum(['psi']),
    value: z.number().nullable(),
    warnLimit: z.number(),
    failLimit: z.number(),
    falseAlarmRatio: ratio.describe(
      'Chance that unchanged data crosses failLimit at these counts',
    ),
    referenceId: codeSchema,
    referenceDigest: digestSchema,
    referenceCount: count,
    currentCount: count,
    minimumCount: count,
    boundaries: z
      .array(z.number())
      .max(200)
      .describe('Upper bin edges; the last bin is open'),
    referenceBins: z.array(count).max(201),
    currentBins: z.array(count).max(201),
    status: verdictStatus,
    reason: codeSchema,
  })
  .strict();

/** Proves which window of outputs was approved as the reference for a signal, by whom, until when. */
const referenceWindowV1 = z
  .object({
    referenceId: codeSchema,
    feature: codeSchema,
    boundaries: z.array(z.number()).max(200),
    bins: z.array(count).max(201),
    totalCount: count,
    histogramDigest: digestSchema.describe(
      'Digest of the canonical form of boundaries and bins',
    ),
    approvedBy: entityRefSchema,
    reason: reasonText,
  })
  .strict();

/** Proves which versions were seen on which cohorts in a window, counted in app sessions. */
const rolloutObservationV1 = z
  .object({
    unit: z.enum(['sessions']),
    cohorts: z
      .array(
        z
          .object({
            cohort: entityRefSchema
              .nullable()
              .describe('null: signals that no cohort claims'),
            totalCount: count,
            versions: z
              .array(
                z
                  .object({
                    version: codeSchema,
                    digest: digestSchema.nullable(),
                    sessionCount: count,
                    crashedCount: count,
                    loadAttemptCount: count,
                    loadFailureCount: count,
                  })
                  .strict(),
              )
              .max(100),
          })
          .strict(),
      )
      .max(200),
    status: verdictStatus,
    reason: codeSchema,
  })
  .strict();

const evidenceLink = z
  .object({
    question: codeSchema,
    status: verdictStatus,
    reason: codeSchema,
    evidenceId: z.string().max(200).nullable(),
  })
  .strict();

/** Proves what was asked for: a version by digest, for where, and the verdicts frozen at that moment. */
const approvalRequestV1 = z
  .object({
    releaseId: codeSchema,
    modelRef: entityRefSchema,
    version: codeSchema,
    digest: digestSchema,
    cohorts: z.array(entityRefSchema).max(100),
    proposedBy: entityRefSchema,
    reason: reasonText,
    policyId: codeSchema,
    policyDigest: digestSchema,
    quorum: z.int().min(1).max(20),
    deadline: instantSchema,
    frozenVerdicts: z.array(evidenceLink).max(100),
  })
  .strict();

/** Proves one person's vote on one release, bound to the digest that they saw. */
const approvalVoteV1 = z
  .object({
    releaseId: codeSchema,
    votedBy: entityRefSchema,
    vote: z.enum(['approve', 'reject']),
    reason: reasonText,
    digest: digestSchema,
  })
  .strict();

/** Proves how a release was decided, by which votes, under which policy. */
const approvalDecisionV1 = z
  .object({
    releaseId: codeSchema,
    modelRef: entityRefSchema,
    version: codeSchema,
    digest: digestSchema,
    decision: z.enum(['approved', 'rejected', 'withdrawn', 'expired']),
    approvedBy: z.array(entityRefSchema).max(50),
    rejectedBy: z.array(entityRefSchema).max(50),
    policyId: codeSchema,
    policyDigest: digestSchema,
    quorum: z.int().min(1).max(20),
  })
  .strict();

/** Proves what a scorecard said about a subject at one moment, check by check, under which rule set. */
const scorecardVerdictV1 = z
  .object({
    scorecardId: codeSchema,
    scorecardDigest: digestSchema,
    level: codeSchema.nullable().describe('Highest level held; null when none'),
    status: verdictStatus,
    measuredCount: count,
    inScopeCount: count,
    unknownCount: count,
    checks: z.array(evidenceLink.extend({ level: codeSchema })).max(200),
  })
  .strict();

/** Proves that a pack left the system: for whom, over which period, with which ledger size and file digest. */
const exportV1 = z
  .object({
    packId: codeSchema,
    exportedBy: entityRefSchema,
    periodStart: instantSchema,
    periodEnd: instantSchema,
    itemCount: count,
    treeSize: count,
    rootHash: z.string().regex(/^[0-9a-f]{64}$/),
    fileDigest: digestSchema,
  })
  .strict();

/** Every kind and version that this release can write. Old versions stay here for ever. */
export const evidenceKinds = {
  'io.ai-assurance.artifact.v1': artifactV1,
  'io.ai-assurance.evaluation.v1': evaluationV1,
  'io.ai-assurance.slo-status.v1': sloStatusV1,
  'io.ai-assurance.drift-report.v1': driftReportV1,
  'io.ai-assurance.reference-window.v1': referenceWindowV1,
  'io.ai-assurance.rollout-observation.v1': rolloutObservationV1,
  'io.ai-assurance.approval-request.v1': approvalRequestV1,
  'io.ai-assurance.approval-vote.v1': approvalVoteV1,
  'io.ai-assurance.approval-decision.v1': approvalDecisionV1,
  'io.ai-assurance.scorecard-verdict.v1': scorecardVerdictV1,
  'io.ai-assurance.export.v1': exportV1,
} as const;

/** @public */
export type EvidenceType = keyof typeof evidenceKinds;
/** Payload of a kind, by its `type`. @public */
export type PayloadOf<T extends EvidenceType> = z.infer<
  (typeof evidenceKinds)[T]
>;
