import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  evidenceIdSchema,
  proves,
  verdictStatusSchema,
} from '../../parts';

export const evaluationVerdictV1 = z
  .object({
    gatesId: codeSchema.describe('What the set of gates is called'),
    gatesDigest: digestSchema.describe('Of the rules it was judged under'),
    status: verdictStatusSchema.describe('Worst of the gates'),
    reason: codeSchema,
    gates: z
      .array(
        z
          .object({
            gate: codeSchema,
            metric: codeSchema,
            slice: codeSchema.nullable(),
            status: verdictStatusSchema,
            reason: codeSchema,
            value: z.number().nullable(),
            low: z.number().nullable().describe('Interval, in unit'),
            high: z.number().nullable().describe('Interval, in unit'),
            bound: z.number().describe('In unit'),
            comparator: z.enum(['at-least', 'at-most']),
            unit: codeSchema,
            sampleCount: countSchema.nullable(),
            evidenceId: evidenceIdSchema.nullable(),
          })
          .strict(),
      )
      .max(200),
  })
  .strict()
  .meta(
    proves(
      'suite',
      'whether the evaluations of a version kept within the gates declared for it, gate by gate, judged on the worse end of each interval.',
    ),
  );
