import { z } from 'zod';
import { codeSchema, instantSchema } from '../../../item/envelope';
import {
  countSchema,
  proves,
  ratioSchema,
  verdictStatusSchema,
} from '../../parts';

export const costBudgetV1 = z
  .object({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .describe('ISO 4217 code, for example EUR'),
    limitMicros: countSchema.describe(
      'What may be spent in the window, in millionths of the currency’s unit',
    ),
    spentMicros: countSchema.describe(
      'What reports say was spent of it, in millionths of the currency’s unit',
    ),
    budgetStart: instantSchema,
    budgetEnd: instantSchema.describe(
      'Half-open [budgetStart, budgetEnd); of a calendar month its end',
    ),
    budgetBurn: z
      .number()
      .nonnegative()
      .nullable()
      .describe(
        'Spent share over reported share of the window; 1 spends it exactly. null: nothing was reported',
      ),
    coverageRatio: ratioSchema.describe(
      'Part of the elapsed window that reports cover',
    ),
    declaredIn: z.enum(['annotation', 'config']),
    status: verdictStatusSchema,
    reason: codeSchema,
  })
  .strict()
  .refine(b => Date.parse(b.budgetStart) < Date.parse(b.budgetEnd), {
    path: ['budgetEnd'],
    error: 'the window ends before it starts, or is empty',
  })
  .meta(
    proves(
      'suite',
      'how the cost budget of a subject burned at one moment: what was spent of it, over which window, and how much of that was reported.',
    ),
  );
