import { z } from 'zod';
import { codeSchema } from '../item/envelope';

/** A share, 0 to 1. */
export const ratioSchema = z.number().min(0).max(1);

/** How many; a whole number, exact. */
export const countSchema = z.int().nonnegative();

/** A person's reason for a decision. */
export const reasonTextSchema = z
  .string()
  .min(1)
  .max(1000)
  .describe('A person’s reason, in their words; never a prompt or an input');

/** The verdict that an item states. Typed by name, so that the API report prints it the same way everywhere. @public */
export type StatedVerdict =
  | 'pass'
  | 'warn'
  | 'fail'
  | 'inconclusive'
  | 'not-applicable';

/** What a judgement said. */
export const verdictStatusSchema: z.ZodType<StatedVerdict, StatedVerdict> =
  z.enum(['pass', 'warn', 'fail', 'inconclusive', 'not-applicable']);

/** A judgement by the question it answered, and the evidence it stood on. */
export const evidenceLinkSchema = z
  .object({
    question: codeSchema,
    status: verdictStatusSchema,
    reason: codeSchema,
    evidenceId: z.string().max(200).nullable(),
  })
  .strict();
