// What the other shapes are made of.
import { z } from 'zod';

export const count = z.int().nonnegative();

export const epochMs = z.number().describe('Epoch milliseconds');

/** @public */
export const reason = z
  .string()
  .trim()
  .min(3)
  .max(1000)
  // What cannot be written as evidence: it has no canonical form, or PostgreSQL cannot store it.
  .regex(
    /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u,
    'holds a control character or half of a surrogate pair; leave it out',
  );

/** @public */
export const labelSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+-]*$/);

/** One line that a tired person can act on, made from verdicts by code. */
export const sentence = z.string();
