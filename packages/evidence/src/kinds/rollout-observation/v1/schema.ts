import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { countSchema, verdictStatusSchema, proves } from '../../parts';

export const rolloutObservationV1 = z
  .object({
    unit: z.enum(['sessions']),
    cohorts: z
      .array(
        z
          .object({
            cohort: entityRefSchema
              .nullable()
              .describe('null: signals that no cohort claims'),
            totalCount: countSchema,
            versions: z
              .array(
                z
                  .object({
                    version: codeSchema,
                    digest: digestSchema.nullable(),
                    sessionCount: countSchema,
                    crashedCount: countSchema,
                    loadAttemptCount: countSchema,
                    loadFailureCount: countSchema,
                  })
                  .strict(),
              )
              .max(100),
          })
          .strict(),
      )
      .max(200),
    status: verdictStatusSchema,
    reason: codeSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      'which versions were seen on which cohorts in a window, counted in app sessions.',
    ),
  );
