// What the other shapes are made of.
import { z } from 'zod';
import { SUBJECT_KINDS, SubjectKind } from '../../model/subjects';
import {
  Comparator,
  COMPARATORS,
  VERDICT_STATUSES,
  VerdictStatus,
} from '../../verdict/verdict';

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

// Typed by name: the members of an enum's own type are printed in an order that depends on the compilation, and the API
// report must not.

export const verdictStatus: z.ZodType<VerdictStatus, VerdictStatus> =
  z.enum(VERDICT_STATUSES);

export const comparator: z.ZodType<Comparator, Comparator> =
  z.enum(COMPARATORS);

export const subjectKind: z.ZodType<SubjectKind, SubjectKind> =
  z.enum(SUBJECT_KINDS);
