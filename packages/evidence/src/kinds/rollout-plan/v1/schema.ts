import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { actorSchema, countSchema, proves, ratioSchema } from '../../parts';

export const rolloutPlanV1 = z
  .object({
    rolloutId: codeSchema,
    releaseId: codeSchema
      .nullable()
      .describe('Approved release that it delivers'),
    environment: codeSchema.nullable(),
    version: codeSchema,
    digest: digestSchema.nullable().describe('null: the system does not say'),
    fromVersion: codeSchema.nullable(),
    fromDigest: digestSchema.nullable(),
    strategy: z.enum(['staged', 'canary', 'blue-green', 'all-at-once']),
    plannedBy: actorSchema.nullable(),
    policyDigest: digestSchema.nullable(),
    stages: z
      .array(
        z
          .object({
            stageId: codeSchema,
            cohorts: z.array(entityRefSchema).max(100),
            shareRatio: ratioSchema
              .nullable()
              .describe(
                'Share of the cohorts, or of the traffic; null: the system does not say',
              ),
            soakMs: countSchema
              .nullable()
              .describe(
                'Shortest time before the next stage; null: until somebody decides',
              ),
            deadlineMs: countSchema
              .nullable()
              .describe('Longest time without a decision'),
            defaultAction: z
              .enum(['promote', 'hold', 'roll-back'])
              .nullable()
              .describe('What happens at the deadline'),
            minimumReportingCount: countSchema
              .nullable()
              .describe('Devices that must report before it is judged'),
            guardrails: z
              .array(
                z
                  .object({
                    metric: codeSchema,
                    unit: codeSchema,
                    comparison: z.enum([
                      'at-most',
                      'at-least',
                      'not-worse-than-baseline',
                    ]),
                    bound: z
                      .number()
                      .nullable()
                      .describe(
                        'In unit; null for a comparison with the baseline',
                      ),
                    effectFloor: z
                      .number()
                      .nonnegative()
                      .nullable()
                      .describe('Smallest difference that matters, in unit'),
                    confidenceRatio: ratioSchema.nullable(),
                  })
                  .strict(),
              )
              .max(50),
          })
          .strict(),
      )
      .min(1)
      .max(200),
  })
  .strict()
  .meta(
    proves(
      'anyone',
      'how a version was to be delivered before delivery began: stages, cohorts, soak times and guardrails.',
    ),
  );
