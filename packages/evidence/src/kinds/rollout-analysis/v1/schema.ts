import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  instantSchema,
} from '../../../item/envelope';
import { countSchema, follow, proves, verdictStatusSchema } from '../../parts';

const measurementCounts = {
  measuredCount: countSchema.describe('Measurements that were taken'),
  successfulCount: countSchema,
  failedCount: countSchema,
  inconclusiveCount: countSchema,
  errorCount: countSchema.describe('Measurements that could not be taken'),
};

export const rolloutAnalysisV1 = z
  .object({
    analysisId: codeSchema.describe('What the analysing system calls it'),
    rolloutId: codeSchema
      .nullable()
      .describe('Rollout that it belongs to; null: none, or not told'),
    version: codeSchema
      .nullable()
      .describe('Version that was analysed; null: not told'),
    digest: digestSchema.nullable().describe('null: the system does not say'),
    purpose: codeSchema
      .nullable()
      .describe(
        'The system’s own word for when it ran, for example Step or Background',
      ),
    stageIndex: countSchema
      .nullable()
      .describe('Stage or step that started it, from 0; null: not told'),
    sourceState: codeSchema.describe(
      'The system’s own word for the outcome, unchanged',
    ),
    isCutShort: z
      .boolean()
      .describe('Whether it was ended before it had measured all it wanted'),
    metrics: z
      .array(
        z
          .object({
            metric: codeSchema,
            sourceState: codeSchema,
            isDryRun: z
              .boolean()
              .describe('A dry run is shown and never counts'),
            ...measurementCounts,
          })
          .strict(),
      )
      .max(100),
    ...measurementCounts,
    startedAt: instantSchema.nullable(),
    finishedAt: instantSchema.nullable().describe('null while it is running'),
    status: verdictStatusSchema,
    reason: codeSchema,
  })
  .strict()
  .refine(a => !a.isCutShort || a.status !== 'pass', {
    path: ['status'],
    error: 'an analysis that was cut short is no pass',
  })
  .refine(a => a.status !== 'pass' || a.successfulCount > 0, {
    path: ['status'],
    error: 'an analysis without a successful measurement is no pass',
  })
  .refine(a => follow(a.startedAt, a.finishedAt), {
    path: ['finishedAt'],
    error: 'it finished before it started',
  })
  .meta(
    proves(
      'suite',
      'what a delivery controller measured of a candidate during its rollout: each metric with how many measurements succeeded, failed, said nothing or could not be taken. Cut short, it proves nothing good.',
    ),
  );
