// Evaluations on the wire.
import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs, sentence, verdictStatus } from './basics';
import { subjectShape } from './verdicts';

const judgeShape = z
  .object({
    id: z.string(),
    version: z.string(),
    digest: z.string().nullable(),
  })
  .nullable()
  .describe('null: rules or labels judged');

/** @public */
export const evaluationGateShape = z.object({
  gate: z.string(),
  metric: z.string(),
  slice: z.string().nullable(),
  status: verdictStatus,
  reason: z.string(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  bound: z.number(),
  comparator: z.enum(['at-least', 'at-most']),
  unit: z.string(),
  sampleCount: count.nullable(),
  evidenceId: z.string().nullable(),
});

/** @public */
export const evaluationVersionShape = z.object({
  version: z.string().nullable(),
  digest: z.string().nullable(),
  lastMeasuredAtMs: epochMs.nullable(),
  status: verdictStatus.nullable().describe('null: no gates were declared'),
  reason: z.string().nullable(),
  gates: z.array(evaluationGateShape),
  judgedAtMs: epochMs.nullable(),
  sinceMs: epochMs.nullable(),
  evidenceId: z.string().nullable().describe('Of the recorded verdict'),
});

/** @public */
export const evaluationResultShape = z.object({
  metric: z.string(),
  slice: z.string().nullable(),
  version: z.string().nullable(),
  digest: z.string().nullable(),
  value: z.number(),
  low: z.number().nullable().describe('null: the report states no interval'),
  high: z.number().nullable(),
  unit: z.string(),
  counted: z
    .enum([
      'good-outputs',
      'successful-attacks',
      'harmful-requests-answered',
      'benign-requests-refused',
      'leaking-outputs',
    ])
    .nullable()
    .describe(
      'What the share counts. Scores count outputs that reached their limit, whatever their name: toxicity those that are not toxic. null: what the name of the metric says',
    ),
  direction: z
    .enum(['higher-is-better', 'lower-is-better'])
    .nullable()
    .describe('null: nobody said'),
  method: z.string().nullable(),
  sampleCount: count.nullable(),
  datasetId: z.string().nullable(),
  datasetDigest: z.string().nullable(),
  judge: judgeShape,
  corrected: z
    .object({ value: z.number(), low: z.number(), high: z.number() })
    .nullable()
    .describe(
      'Set right for the errors of its judge; null: not, or not judged',
    ),
  calibrationId: z
    .string()
    .nullable()
    .describe('Evidence of the judge’s calibration; null: there is none'),
  changed: z
    .enum(['dataset-changed', 'judge-changed'])
    .nullable()
    .describe('Why it cannot be compared with the newest result'),
  tool: z.object({ id: z.string(), version: z.string() }),
  timeMs: epochMs,
  evidenceId: z.string(),
});

/** @public */
export const evaluationComparisonShape = z.object({
  metric: z.string(),
  slice: z.string().nullable(),
  version: z.string().nullable(),
  digest: z.string().nullable(),
  baselineVersion: z.string(),
  itemCount: count,
  table: z
    .object({
      bothSucceededCount: count,
      onlyBaselineCount: count,
      onlyCandidateCount: count,
      neitherCount: count,
    })
    .nullable(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
  unit: z.string(),
  pValueRatio: z.number(),
  testMethod: z.string(),
  timeMs: epochMs,
  evidenceId: z.string(),
});

/** @public */
export const safetyResultShape = z.object({
  version: z.string().nullable(),
  digest: z.string().nullable(),
  suite: z.object({ id: z.string(), version: z.string() }),
  promptSetId: z.string().nullable(),
  promptSetDigest: z.string().nullable(),
  judge: judgeShape,
  attackCount: count.nullable(),
  successCount: count,
  undecidedCount: count,
  categories: z.array(
    z.object({
      category: z.string(),
      attackCount: count.nullable(),
      successCount: count,
      undecidedCount: count,
      low: z.number().nullable(),
      high: z.number().nullable(),
      references: z.array(
        z.object({
          id: z.string(),
          list: z.string().nullable(),
          title: z.string().nullable(),
        }),
      ),
    }),
  ),
  refusals: z
    .object({
      harmfulRefusedCount: count,
      harmfulCompliedCount: count,
      benignRefusedCount: count,
      benignCompliedCount: count,
    })
    .nullable(),
  timeMs: epochMs,
  evidenceId: z.string(),
});

/** @public */
export const judgeCalibrationShape = z.object({
  judge: z.object({
    id: z.string(),
    version: z.string(),
    digest: z.string().nullable(),
  }),
  metric: z.string(),
  positiveCount: count,
  truePositiveCount: count,
  negativeCount: count,
  trueNegativeCount: count,
  labellerCount: count,
  timeMs: epochMs,
  evidenceId: z.string(),
});

/** @public */
export const evaluationsShape = z.object({
  subject: subjectShape,
  sentence,
  status: verdictStatus
    .nullable()
    .describe('Of the version measured last; null: nothing to say'),
  gates: z
    .object({
      source: z.string(),
      title: z.string().nullable(),
      digest: z.string().nullable(),
      problem: z.string().nullable(),
    })
    .nullable()
    .describe('null: none are declared'),
  versions: z.array(evaluationVersionShape),
  versionCount: count.describe('In all; the list holds the newest twenty'),
  resultCount: count.describe('Of these versions; the list holds 500'),
  comparisonCount: count.describe('In all; the list holds the newest hundred'),
  results: z
    .array(evaluationResultShape)
    .describe('The newest of each metric, slice and version; newest first'),
  comparisons: z.array(evaluationComparisonShape),
  safety: z
    .array(safetyResultShape)
    .describe('The newest of each version and suite'),
  calibrations: z.array(judgeCalibrationShape),
  online: z
    .array(
      z.object({
        version: z.string().nullable(),
        digest: z.string().nullable(),
        predictedLow: z.number(),
        predictedHigh: z.number(),
        value: z.number().nullable().describe('null: not measured online'),
        low: z.number().nullable(),
        high: z.number().nullable(),
        sampleCount: count.nullable(),
        evidenceId: z.string().nullable(),
      }),
    )
    .describe('How often was blocked online, beside what was to be expected'),
  uses: z.array(entityRefSchema).describe('Models that a service uses'),
  mayImport: z.object({ allowed: z.boolean(), reason: z.string().optional() }),
});
