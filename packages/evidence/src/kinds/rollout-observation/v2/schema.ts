import { z } from 'zod';
import { codeSchema, instantSchema } from '../../../item/envelope';
import {
  countSchema,
  follow,
  proves,
  ratioSchema,
  verdictStatusSchema,
} from '../../parts';

const stateSchema = z
  .enum([
    'planned',
    'refused',
    'running',
    'paused',
    'completed',
    'failed',
    'rolled-back',
    'terminated',
  ])
  .describe(
    'refused: not approved over there, so that it never ran. terminated: cut short, whatever the system calls it',
  );

const sourceStateSchema = codeSchema.describe(
  'The system’s own word, unchanged',
);

const countsSchema = z
  .array(
    z
      .object({
        means: z
          .enum([
            'waiting',
            'offered',
            'deferred',
            'incompatible',
            'failed',
            'installed',
            'already-installed',
            'cancelled',
          ])
          .describe(
            'waiting: not offered yet. offered: handed over, not concluded. deferred: held back on the device. cancelled: called back. incompatible, already-installed and cancelled are neither success nor failure',
          ),
        sourceState: sourceStateSchema,
        count: countSchema,
      })
      .strict(),
  )
  .max(40)
  .describe(
    'How many stand in each state of the system, never lumped together; what the system does not tell is left out',
  );

const suppressedSchema = z
  .boolean()
  .describe(
    'true: fewer devices than may be shown, or they could be worked out from others; counts are left out',
  );

export const rolloutObservationV2 = z
  .object({
    rolloutId: codeSchema.describe('What the delivering system calls it'),
    state: stateSchema,
    sourceState: sourceStateSchema,
    unit: z.enum(['devices', 'replicas']).describe('What is counted'),
    targetedCount: countSchema
      .nullable()
      .describe('How many it is meant to reach; null: not told, or suppressed'),
    counts: countsSchema,
    isSuppressed: suppressedSchema,
    replicas: z
      .object({
        totalCount: countSchema,
        updatedCount: countSchema.describe('Running the newest version'),
        readyCount: countSchema,
        availableCount: countSchema,
      })
      .strict()
      .nullable()
      .describe('These overlap, unlike counts; null for devices'),
    versions: z
      .array(
        z
          .object({
            version: codeSchema,
            role: z.enum(['stable', 'candidate', 'previous']),
            trafficRatio: ratioSchema
              .nullable()
              .describe('Share of requests that it takes; null: not told'),
          })
          .strict(),
      )
      .max(20),
    currentStage: countSchema
      .nullable()
      .describe('Index of the stage or step it is in, from 0; null: not told'),
    stageCount: countSchema
      .nullable()
      .describe('How many stages or steps there are, listed below or not'),
    stages: z
      .array(
        z
          .object({
            stageId: codeSchema,
            state: stateSchema,
            sourceState: sourceStateSchema,
            targetedCount: countSchema.nullable(),
            counts: countsSchema,
            isSuppressed: suppressedSchema,
          })
          .strict()
          .refine(holdsWhatItMay, {
            path: ['counts'],
            error: 'what is suppressed shows a count',
          }),
      )
      .max(200),
    pausedBecause: z
      .array(codeSchema)
      .max(10)
      .describe('The system’s own codes; empty: not paused, or not told'),
    failureCode: codeSchema
      .nullable()
      .describe('The system’s own code for what failed; null: none told'),
    startedAt: instantSchema.nullable(),
    finishedAt: instantSchema.nullable(),
    status: verdictStatusSchema,
    reason: codeSchema,
  })
  .strict()
  .refine(holdsWhatItMay, {
    path: ['counts'],
    error: 'what is suppressed shows a count',
  })
  .refine(o => o.status !== 'pass' || o.state === 'completed', {
    path: ['status'],
    error: 'only a completed rollout can pass',
  })
  .refine(o => o.state !== 'terminated' || o.status === 'inconclusive', {
    path: ['status'],
    error: 'a rollout that was cut short is inconclusive',
  })
  .refine(o => follow(o.startedAt, o.finishedAt), {
    path: ['finishedAt'],
    error: 'it finished before it started',
  })
  .meta(
    proves(
      'suite',
      'how far a fleet manager or a delivery controller had brought a version, as that system tells it: its state, how many devices or replicas stand where, and which versions take traffic. Installed is not loaded, and nothing here says that it works well.',
    ),
  );

function holdsWhatItMay(part: {
  isSuppressed: boolean;
  targetedCount: number | null;
  counts: readonly unknown[];
}): boolean {
  return (
    !part.isSuppressed ||
    (part.targetedCount === null && part.counts.length === 0)
  );
}
