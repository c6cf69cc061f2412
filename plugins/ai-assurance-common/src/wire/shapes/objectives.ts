// Objectives, their budgets, alerts and corrections on the wire.
import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs, labelSchema, reason } from './basics';
import { verdictShape } from './verdicts';

/** How events spend a budget, as OpenSLO names it. @public */
export const BUDGETING_METHODS = [
  'Occurrences',
  'Timeslices',
  'RatioTimeslices',
] as const;
/** @public */
export type BudgetingMethod = (typeof BUDGETING_METHODS)[number];

/** Why an alert of an objective fires. @public */
export const ALERT_CAUSES = [
  'burn-rate',
  'signal-lost',
  'data-quality',
] as const;
/** @public */
export type AlertCause = (typeof ALERT_CAUSES)[number];

/** What an exhausted budget may block. @public */
export const BUDGET_BLOCKS = ['release-approval', 'rollout-promotion'] as const;
/** @public */
export type BudgetBlock = (typeof BUDGET_BLOCKS)[number];

/** Why a stretch of time is left out of the corrected budget. @public */
export const CORRECTION_CAUSES = [
  'maintenance',
  'dependency-outage',
  'load-test',
  'wrong-data',
] as const;
/** @public */
export type CorrectionCause = (typeof CORRECTION_CAUSES)[number];

// Typed by name, see basics.
const budgetingMethod: z.ZodType<BudgetingMethod, BudgetingMethod> =
  z.enum(BUDGETING_METHODS);
const alertCause: z.ZodType<AlertCause, AlertCause> = z.enum(ALERT_CAUSES);
const budgetBlock: z.ZodType<BudgetBlock, BudgetBlock> = z.enum(BUDGET_BLOCKS);
const correctionCause: z.ZodType<CorrectionCause, CorrectionCause> =
  z.enum(CORRECTION_CAUSES);

/** One alert that fires. @public */
export const objectiveAlertShape = z.object({
  alertId: z.string().describe('The same from firing to resolved'),
  cause: alertCause,
  severity: z.string().describe('page, ticket, or what the document says'),
  sinceMs: epochMs,
  longWindowMs: z.number().describe('0 unless the cause is burn-rate'),
  shortWindowMs: z.number(),
  factor: z.number(),
});

/** One slice of an objective's signal, worst first. @public */
export const objectiveSegmentShape = z.object({
  version: z.string().nullable(),
  cohort: z.string().nullable(),
  environment: z.string().nullable(),
  isSuppressed: z
    .boolean()
    .optional()
    .describe(
      'Set: made of too few devices, or a sum would tell of such a slice. Nothing is said of it: counts are 0, the rest is null',
    ),
  isSizeUnknown: z
    .boolean()
    .optional()
    .describe(
      'Set beside isSuppressed: nobody can say how many devices it is made of',
    ),
  goodCount: count,
  totalCount: count,
  attainmentRatio: z.number().nullable(),
  intervalLow: z.number().nullable().describe('Wilson, 95 %'),
  intervalHigh: z.number().nullable(),
  budgetRemainingRatio: z.number().nullable(),
  burn: z
    .number()
    .nullable()
    .describe(
      'Burn rate over the shortest long window that holds an event of this slice',
    ),
});

/** Where an objective's numbers come from. @public */
export const objectiveSourceShape = z.object({
  sourceId: z
    .string()
    .describe('`telemetry`, or the name of a metrics engine in the config'),
  title: z.string(),
  failingSinceMs: epochMs.nullable().describe('null: it answers'),
  problem: z
    .string()
    .nullable()
    .describe('What it said last, when it did not answer'),
});

/** A stretch of time that the corrected budget leaves out. @public */
export const correctionShape = z.object({
  correctionId: z.string(),
  subject: entityRefSchema,
  sloName: z
    .string()
    .nullable()
    .describe('null: every objective of the subject'),
  fromMs: epochMs,
  toMs: epochMs,
  cause: correctionCause,
  reason: z.string(),
  recordedBy: z.string(),
  recordedAtMs: epochMs,
  withdrawnAtMs: epochMs.nullable(),
  evidenceId: z.string().nullable(),
});

/** @public */
export const correctionBodyShape = z
  .object({
    subject: entityRefSchema,
    sloName: labelSchema
      .max(63)
      .optional()
      .describe('One objective document; left out: all of the subject'),
    fromMs: z.number().int().nonnegative(),
    toMs: z.number().int().nonnegative(),
    cause: correctionCause,
    reason,
  })
  .strict()
  .refine(body => body.fromMs < body.toMs, {
    path: ['toMs'],
    error: 'has to lie after fromMs',
  });

/** @public */
export const objectiveShape = z.object({
  sloName: z.string(),
  objectiveName: z.string(),
  description: z.string(),
  objectiveRatio: z.number(),
  thresholdMs: z.number().optional(),
  windowMs: z.number(),
  goodCount: count.describe(
    'Raw: events, or time slices where the budgeting method counts those',
  ),
  totalCount: count,
  attainmentRatio: z.number().nullable(),
  budgetRemainingRatio: z
    .number()
    .nullable()
    .describe('Raw: without any correction. 1 untouched, 0 exhausted'),
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
  // What follows is absent where it was not kept: in answers about the past, and of objectives not judged since.
  budgetingMethod: budgetingMethod.optional(),
  windowKind: z
    .string()
    .optional()
    .describe('rolling, or calendar: since the start of the current period'),
  windowStartMs: epochMs.optional(),
  windowEndMs: epochMs
    .optional()
    .describe('Of a calendar window the end of its period, else now'),
  correctedGoodCount: count.optional(),
  correctedTotalCount: count.optional(),
  correctedBudgetRemainingRatio: z
    .number()
    .nullable()
    .optional()
    .describe(
      'Without what corrections leave out; equal to the raw one where there are none',
    ),
  correctionCount: count
    .optional()
    .describe('Corrections that lie in the window'),
  intervalLow: z
    .number()
    .nullable()
    .optional()
    .describe('Wilson interval of the attainment, 95 %'),
  intervalHigh: z.number().nullable().optional(),
  burnNow: z
    .number()
    .nullable()
    .optional()
    .describe('Burn rate over the shortest long window'),
  exhaustsInMs: z
    .number()
    .nullable()
    .optional()
    .describe(
      'Until the corrected budget is spent at the burn rate of now; 0: it is spent; null: not at this rate, or unknown',
    ),
  alerts: z
    .array(objectiveAlertShape)
    .optional()
    .describe('Those that fire, worst first'),
  segments: z
    .array(objectiveSegmentShape)
    .optional()
    .describe('By version, cohort and environment, worst first, at most 50'),
  sources: z.array(objectiveSourceShape).optional(),
  parts: z
    .array(
      z.object({
        name: z.string(),
        weightRatio: z.number().describe('Its share of all weights'),
        objectiveRatio: z.number(),
        goodCount: count,
        totalCount: count,
        attainmentRatio: z.number().nullable(),
      }),
    )
    .optional()
    .describe('Of a composite objective: what it is made of'),
  budgetPolicy: z
    .object({
      policyId: z.string(),
      title: z.string(),
      blocks: z.array(budgetBlock),
      isInForce: z.boolean().describe('Whether the budget is exhausted now'),
    })
    .nullable()
    .optional()
    .describe('What the error-budget policy says of this objective'),
});

/** What import and export of OpenSLO could not carry over. @public */
export const openSloLossShape = z.object({
  at: z.string().describe('Document and field'),
  lost: z.string(),
});
