import { z } from 'zod';
import { instantSchema } from '../../../item/envelope';
import { countSchema, proves } from '../../parts';

export const costReportV1 = z
  .object({
    periodStart: instantSchema,
    periodEnd: instantSchema.describe('Half-open [periodStart, periodEnd)'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .describe('ISO 4217 code, for example EUR'),
    totalCostMicros: countSchema.describe(
      'Millionths of the currency’s unit; wall-clock cost of all that was allocated',
    ),
    idleCostMicros: countSchema
      .nullable()
      .describe(
        'Part of totalCostMicros that served nothing, in millionths of the currency’s unit; null: not known',
      ),
    inferenceCount: countSchema.nullable(),
    inputTokenCount: countSchema.nullable(),
    outputTokenCount: countSchema.nullable(),
    acceleratorAllocatedMs: countSchema
      .nullable()
      .describe('Summed over accelerators'),
    acceleratorBusyMs: countSchema
      .nullable()
      .describe('Time in which an engine was active, summed over accelerators'),
    byResource: z
      .array(
        z
          .object({
            resource: z.enum([
              'accelerator',
              'cpu',
              'memory',
              'storage',
              'network',
              'hosted-model',
              'other',
            ]),
            costMicros: countSchema.describe(
              'Millionths of the currency’s unit',
            ),
          })
          .strict(),
      )
      .max(20),
    priceBasis: z.enum(['list', 'negotiated', 'billed', 'estimated']),
  })
  .strict()
  .refine(c => Date.parse(c.periodStart) < Date.parse(c.periodEnd), {
    path: ['periodEnd'],
    error: 'the period ends before it starts, or is empty',
  })
  .refine(
    c => c.idleCostMicros === null || c.idleCostMicros <= c.totalCostMicros,
    {
      path: ['idleCostMicros'],
      error: 'more is idle than was paid',
    },
  )
  .refine(
    c =>
      c.byResource.reduce((sum, part) => sum + part.costMicros, 0) <=
      c.totalCostMicros,
    { path: ['byResource'], error: 'the parts cost more than the whole' },
  )
  .meta(
    proves(
      'anyone',
      'what running a subject cost in a period, idle time included, and how many inferences and tokens it served.',
    ),
  );
