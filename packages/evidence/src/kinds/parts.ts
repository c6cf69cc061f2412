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

/** Position of an item in the ledger, as decimal text. */
export const evidenceIdSchema = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,15})$/)
  .describe('Position of the item in the ledger, as decimal text');

/** A SHA-256 in lower-case hexadecimal, as the ledger writes its hashes. */
export const sha256HexSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 in 64 lower-case hexadecimal digits');

/** Somebody who acted: a person's entity reference, or the subject of a machine's token, for example external:ci-pipeline. */
export const actorSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/)
  .describe(
    'A person’s entity reference, or the subject of a machine’s token, for example external:ci-pipeline',
  );

/** What a refused item said of itself; the text of a stranger, cut to its bound. */
export const givenTextSchema = z
  .string()
  .max(300)
  .nullable()
  .describe('As it was given, cut to 300 characters; null: no text was given');

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
