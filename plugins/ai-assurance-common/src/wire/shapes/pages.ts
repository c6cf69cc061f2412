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
import { incidentShape, runbookShape } from './incidents';
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
  status: verdictStatus.describe('What the sentence is about: the worst'),
  subjectCount: count.describe('In all'),
  matchingCount: count.describe('That the filters leave'),
  nextCursor: z.string().optional(),
  matrix: z
    .array(
      z.object({
        riskTier: z.string().nullable(),
        status: verdictStatus,
        count,
      }),
    )
    .describe('All subjects by risk tier and verdict; only what there is'),
  attentionCount: count.describe('In all; the list holds the worst hundred'),
  openReleaseCount: count.describe('In all; the list holds the newest twenty'),
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

const hintShape = z.object({
  allowed: z.boolean(),
  reason: z.string().optional(),
});

/** What an on-call engineer reads first. The charts come apart, in `serviceSignalsShape`. @public */
export const serviceAnswerShape = z.object({
  subject: subjectShape,
  sentence,
  status: verdictStatus,
  severity: z
    .string()
    .nullable()
    .describe('Of the worst alert that fires, for example page; null: none'),
  sinceMs: epochMs
    .nullable()
    .describe('Since when the worst is so; null: it is well, or not known'),
  onset: z
    .object({
      atMs: epochMs,
      text: z.string(),
      version: z.string().nullable(),
      evidenceId: z.string().nullable(),
    })
    .nullable()
    .describe('The change just before it began; null: none is known'),
  rangeStartMs: epochMs,
  rangeEndMs: epochMs,
  objectives: z.array(objectiveShape),
  objectiveProblems: z
    .array(z.string())
    .describe(
      'OpenSLO documents that could not be read: file, line and reason',
    ),
  costBudgetProblem: z
    .string()
    .nullable()
    .describe('Why the budget that the catalog file declares is not in force'),
  incidents: z
    .array(incidentShape)
    .describe('Open ones first, then the newest; at most 10'),
  incidentCount: count.describe('In the list of incidents, which holds 50'),
  runbooks: z.array(runbookShape),
  onCall: z
    .array(z.object({ title: z.string(), url: z.string() }))
    .describe('Links that the catalog file of the service names'),
  pagerDutyServiceId: z.string().nullable(),
  mayRollBack: hintShape,
  mayManageIncidents: hintShape,
  mayCorrect: hintShape,
});

/** What a subject may cost, and how that burns. Money is in millionths of the currency's unit. @public */
export const costBudgetShape = z.object({
  verdict: verdictShape,
  currency: z.string(),
  limitMicros: z.number(),
  spentMicros: z.number(),
  windowStartMs: epochMs,
  windowEndMs: epochMs,
  burnRate: z
    .number()
    .nullable()
    .describe('Spent share over elapsed share; null: not known'),
  coverageRatio: z
    .number()
    .describe('Part of the elapsed window that reports cover'),
  declaredBy: z.string(),
});

/** What happened in the range, beside the charts. @public */
export const CHANGE_GROUPS = [
  'deployment',
  'rollout',
  'approval',
  'configuration',
  'threshold',
  'action',
  'incident',
  'alert',
  'correction',
  'drift',
  'record',
] as const;
/** @public */
export type ChangeGroup = (typeof CHANGE_GROUPS)[number];
const changeGroup: z.ZodType<ChangeGroup, ChangeGroup> = z.enum(CHANGE_GROUPS);

/** @public */
export const changeEventShape = z.object({
  atMs: epochMs,
  endMs: epochMs
    .optional()
    .describe('Of what lasts: its end as far as it is known'),
  kind: z.string(),
  group: changeGroup,
  title: z.string(),
  evidenceId: z.string().optional(),
  releaseId: z.string().optional(),
  link: z.string().optional().describe('Where the other system has more'),
});

/** A source that did not answer. @public */
export const sourceFailureShape = z.object({
  source: z.string(),
  sinceMs: epochMs,
  code: z.string(),
  message: z.string(),
});

/** One step of the charts of a service; `null` where nothing was counted or the group is too small. @public */
export const signalPointShape = z.object({
  startMs: epochMs,
  count: count.nullable(),
  errorCount: count.nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  p95LowMs: z.number().nullable(),
  p95HighMs: z
    .number()
    .nullable()
    .describe('Of the finest windows in the step, so that a spike survives'),
});

/** A metric with more segments in a minute than are kept apart. @public */
export const overflowShape = z.object({
  metric: z.string(),
  firstSeenMs: epochMs.describe('First minute of the range that had'),
  lastSeenMs: epochMs,
});

/** Charts, breakdown and time line of one AI service. @public */
export const serviceSignalsShape = z.object({
  rangeStartMs: epochMs,
  rangeEndMs: epochMs,
  stepMs: z.number(),
  source: z.string().nullable(),
  failures: z
    .array(sourceFailureShape)
    .describe('Sources that did not answer; their charts are empty'),
  overflow: z.array(overflowShape).optional(),
  isWhole: z
    .boolean()
    .describe('Not set: a part of the range is past its retention'),
  errorBoundRatio: z
    .number()
    .nullable()
    .describe('Largest relative error of the percentiles'),
  points: z.array(signalPointShape),
  bands: z
    .array(
      z.object({
        version: z.string(),
        digest: z.string().nullable(),
        fromMs: epochMs,
        toMs: epochMs,
        count,
        shareRatio: z.number(),
        shares: z
          .array(z.number())
          .describe('Of the traffic of each step of `bandSteps`'),
      }),
    )
    .describe('Which version took how much of the traffic, oldest first'),
  bandStartMs: epochMs,
  bandStepMs: z.number(),
  costs: z
    .object({
      currency: z.string(),
      priceBasis: z.string().nullable(),
      coverageRatio: z.number(),
      points: z.array(
        z.object({
          startMs: epochMs,
          endMs: epochMs,
          perThousandMicros: z.number().nullable(),
          totalMicros: z.number(),
          evidenceId: z.string(),
        }),
      ),
    })
    .nullable()
    .describe('null: no report says what it costs'),
  costBudget: costBudgetShape
    .nullable()
    .optional()
    .describe('null: none is declared'),
  segments: z.array(segmentLatencyShape),
  events: z.array(changeEventShape).describe('Oldest first'),
  drift: z.array(driftShape),
  score: subjectScoreShape.nullable(),
  mayApproveReference: hintShape,
});

/** Whether a rollout may go to more devices. @public */
export const PROMOTION_DECISIONS = ['promote', 'hold'] as const;
/** @public */
export type PromotionDecision = (typeof PROMOTION_DECISIONS)[number];
// Typed by name, see basics.
const promotionDecision: z.ZodType<PromotionDecision, PromotionDecision> =
  z.enum(PROMOTION_DECISIONS);

/** Whether a rollout may go to more devices, as it was decided last. @public */
export const promotionShape = z.object({
  decision: promotionDecision,
  reason: z
    .string()
    .describe(
      'healthy, error-budget-exhausted, or why the rollout is not known to be healthy',
    ),
  version: z.string().describe('Newest version that reported then'),
  sinceMs: epochMs,
  policyId: z.string().nullable().describe('Error-budget policy that holds it'),
  budgets: z
    .array(z.string())
    .describe('Objectives whose exhausted budget holds it'),
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
  promotion: promotionShape
    .nullable()
    .optional()
    .describe('null: nothing was decided about its rollout'),
  overflow: z.array(overflowShape).optional(),
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
