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

/**
 * Who may write a kind: `suite` records what the suite itself measured, or what a person in it decided, and is refused from
 * outside; `anyone` comes from pipelines, devices' gateways, collectors and importers too.
 * @public
 */
export type EvidenceWriter = 'suite' | 'anyone';

/** What a kind says of itself, for the reference page and for readers of the code. */
export function proves(
  writer: EvidenceWriter,
  statement: string,
): { description: string; writer: EvidenceWriter } {
  return { description: `Proves ${statement}`, writer };
}

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

/** Where a person finds more; no credential, no query, no fragment. */
export const linkSchema = z
  .string()
  .max(500)
  .regex(/^https?:\/\/[^\s@?#]+$/)
  .describe('Address of more about it; without credentials, query or fragment');

/** A commit of a version control system. */
export const commitSchema = z
  .string()
  .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
  .describe('Commit hash, 40 or 64 lower-case hexadecimal digits');

/** A tool by name and version. */
export const toolSchema = z
  .object({ id: codeSchema, version: codeSchema })
  .strict();

/** How much is at stake. */
export const riskTierSchema = z.enum(['minimal', 'limited', 'high']);

/** A confidence interval of a share. */
export const shareIntervalSchema = z
  .object({
    lowRatio: ratioSchema,
    highRatio: ratioSchema,
    levelRatio: ratioSchema.describe('Confidence level, 0.95 for 95 %'),
    method: codeSchema.describe('For example wilson'),
  })
  .strict()
  .refine(interval => interval.lowRatio <= interval.highRatio, {
    path: ['highRatio'],
    error: 'the interval ends below its start',
  });

/** Decimal writing must not make a contradiction of two numbers that agree. */
const decimalSlack = 1e-9;

/** People round shares: to a hundredth, so that a stated one may be this far from the one its counts give. */
const roundingSlack = 0.005 + decimalSlack;

/** Whether a number in this unit can be: a share lies within 0 and 1; no number is none too many. */
export function fitsUnit(
  unit: string | null,
  ...numbers: readonly (number | null)[]
): boolean {
  return (
    unit !== 'ratio' || numbers.every(n => n === null || (n >= 0 && n <= 1))
  );
}

/** Whether a number lies within its interval. */
export function liesWithin(value: number, low: number, high: number): boolean {
  return low - decimalSlack <= value && value <= high + decimalSlack;
}

/** Whether a stated share is that of its counts, as far as rounding allows. Of nothing there is no share to compare. */
export function isRoundedShare(
  ratio: number,
  count: number,
  ofCount: number,
): boolean {
  return ofCount === 0 || Math.abs(ratio - count / ofCount) <= roundingSlack;
}

/** Whether the share of these counts lies within the interval stated of it, as far as rounding allows; a broken one is refused as such. */
export function holdsShare(
  interval: { lowRatio: number; highRatio: number },
  count: number,
  ofCount: number,
): boolean {
  if (ofCount === 0 || interval.lowRatio > interval.highRatio) return true;
  const share = count / ofCount;
  return (
    interval.lowRatio - roundingSlack <= share &&
    share <= interval.highRatio + roundingSlack
  );
}

/** Whether instants that are there follow each other, as ISO-8601 texts; equal ones do. */
export function follow(
  ...instants: readonly (string | null | undefined)[]
): boolean {
  const given = instants
    .filter(instant => typeof instant === 'string')
    .map(instant => Date.parse(instant));
  return given.every((ms, i) => i === 0 || given[i - 1] <= ms);
}

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
    evidenceId: evidenceIdSchema.nullable(),
  })
  .strict();
