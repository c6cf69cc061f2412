import { z } from 'zod';
import { codeSchema, instantSchema } from '../../../item/envelope';
import { actorSchema, follow, proves, reasonTextSchema } from '../../parts';

export const correctionV1 = z
  .object({
    correctionId: codeSchema.describe('The same from recorded to withdrawn'),
    state: z.enum(['recorded', 'withdrawn']),
    sloName: codeSchema
      .nullable()
      .describe('One objective document; null: every objective of the subject'),
    start: instantSchema,
    end: instantSchema,
    cause: z.enum([
      'maintenance',
      'dependency-outage',
      'load-test',
      'wrong-data',
    ]),
    by: actorSchema.describe('Who recorded or withdrew it'),
    reason: reasonTextSchema,
  })
  .strict()
  .refine(one => one.start !== one.end && follow(one.start, one.end), {
    path: ['end'],
    error: 'a correction has to end after its start',
  })
  .meta(
    proves(
      'suite',
      'that a person took a stretch of time out of the corrected error budget of an objective, or put it back, and why. The raw budget stays beside it.',
    ),
  );
