import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  instantSchema,
} from '../../../item/envelope';
import { commitSchema, follow, proves, ratioSchema } from '../../parts';

export const deploymentV1 = z
  .object({
    deploymentId: codeSchema.describe('What the deploying system calls it'),
    environment: codeSchema,
    version: codeSchema,
    digest: digestSchema
      .nullable()
      .describe('Artifact that was deployed; null: the system does not say'),
    fromVersion: codeSchema
      .nullable()
      .describe('Version that was live before; null: none, or not known'),
    fromDigest: digestSchema.nullable(),
    cause: z
      .enum(['release', 'rollback', 'hotfix', 'configuration', 'unknown'])
      .describe(
        'Why it was deployed; rollback and hotfix make the deployment before it a failed change',
      ),
    outcome: z.enum([
      'running',
      'succeeded',
      'failed',
      'rolled-back',
      'cancelled',
    ]),
    changeId: codeSchema
      .nullable()
      .describe('Change, pull request or ticket behind it'),
    commit: commitSchema.nullable(),
    releaseId: codeSchema
      .nullable()
      .describe('Approved release that it delivers'),
    trafficRatio: ratioSchema
      .nullable()
      .describe(
        'Share of the traffic that the version had when this was observed; null: not known',
      ),
    startedAt: instantSchema
      .nullable()
      .describe('null: the system only says when it was done'),
    finishedAt: instantSchema.nullable().describe('null while it is running'),
  })
  .strict()
  .refine(d => (d.outcome === 'running') === (d.finishedAt === null), {
    path: ['finishedAt'],
    error: 'a deployment has a finish exactly when it is no longer running',
  })
  .refine(d => follow(d.startedAt, d.finishedAt), {
    path: ['finishedAt'],
    error: 'it finished before it started',
  })
  .meta(
    proves(
      'anyone',
      'that a version was put into an environment or failed to be: from which version, how it ended, when, and which change caused it.',
    ),
  );
