import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  instantSchema,
} from '../../../item/envelope';
import { commitSchema, follow, proves } from '../../parts';

export const pipelineRunV1 = z
  .object({
    pipelineId: codeSchema,
    runId: codeSchema.describe('What the pipeline system calls the run'),
    purpose: z.enum([
      'training',
      'evaluation',
      'conversion',
      'packaging',
      'other',
    ]),
    outcome: z
      .enum(['running', 'succeeded', 'failed', 'cancelled', 'terminated'])
      .describe(
        'terminated: cut short by the system, for example out of memory or time',
      ),
    attemptNumber: z
      .int()
      .positive()
      .nullable()
      .describe('1 for the first try; null: the system does not say'),
    failedStep: codeSchema
      .nullable()
      .describe('Step that failed; null: none, or not known'),
    startedAt: instantSchema
      .nullable()
      .describe('null: the system only says when it ended'),
    finishedAt: instantSchema.nullable().describe('null while it is running'),
    commit: commitSchema.nullable().describe('Commit of the code that ran'),
    datasetDigests: z
      .array(digestSchema)
      .max(100)
      .describe('Data that went in'),
    producedDigests: z
      .array(digestSchema)
      .max(100)
      .describe('Artifacts that came out'),
  })
  .strict()
  .refine(r => (r.outcome === 'running') === (r.finishedAt === null), {
    path: ['finishedAt'],
    error: 'a run has a finish exactly when it is no longer running',
  })
  .refine(r => follow(r.startedAt, r.finishedAt), {
    path: ['finishedAt'],
    error: 'it finished before it started',
  })
  .meta(
    proves(
      'anyone',
      'that a training or evaluation run took place, how it ended, and which data and artifacts it joined.',
    ),
  );
