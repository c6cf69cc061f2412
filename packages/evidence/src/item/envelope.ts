import { z } from 'zod';

/** ISO-8601 instant in UTC with `Z`, milliseconds optional. The only way times are written on the wire and in packs. @public */
export const instantSchema = z.iso
  .datetime({ offset: false })
  .max(40)
  .describe('ISO-8601 instant in UTC, for example 2026-11-22T13:00:00.000Z');

/** Lower-case SHA-256 with its algorithm named: `sha256:` and 64 hexadecimal digits. @public */
export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .describe('SHA-256 of the exact bytes, written sha256:<64 hex digits>');

/** Kind, namespace and name, all of them, in lower case. */
export const entityRefPattern = /^[a-z0-9]+:[a-z0-9._-]+\/[a-z0-9._-]+$/;

/** A Backstage entity reference in full form, lower case: `kind:namespace/name`. @public */
export const entityRefSchema = z
  .string()
  .max(200)
  .regex(entityRefPattern)
  .describe(
    'Entity reference in full, lower-case form, for example component:default/digit-api',
  );

/** A short machine-readable word; used wherever free text would invite personal data. @public */
export const codeSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+-]*$/);

/** A slice of a subject's signals. Absent members mean "all". @public */
export const segmentSchema = z
  .object({
    environment: codeSchema.optional(),
    version: codeSchema.optional(),
    cohort: entityRefSchema.optional(),
    deviceClass: codeSchema.optional(),
    region: codeSchema.optional(),
  })
  .strict();

/**
 * What every item of evidence says about how it came to be. It is part of the leaf itself, not of the salted payload:
 * it survives redaction. Evidence without a window and `sampleCount` cannot support a pass where the check needs them.
 * @public
 */
export const envelopeSchema = z
  .object({
    sourceSystem: codeSchema.describe(
      'Which system the fact comes from, for example ai-assurance.telemetry',
    ),
    asked: z
      .string()
      .max(2000)
      .optional()
      .describe(
        'What was asked: the query or the endpoint, never a credential',
      ),
    windowStart: instantSchema
      .optional()
      .describe('Start of the half-open observation window [start, end)'),
    windowEnd: instantSchema
      .optional()
      .describe('End of the half-open observation window [start, end)'),
    sampleCount: z
      .int()
      .nonnegative()
      .optional()
      .describe('n: how many events or items support the statement'),
    collector: z.object({ id: codeSchema, version: codeSchema }).strict(),
    subjectVersion: codeSchema.optional().describe('Version label, for people'),
    subjectDigest: digestSchema
      .optional()
      .describe('Digest of the artifact: the identity of the version'),
    segment: segmentSchema.optional(),
    collectedAt: instantSchema,
    expiresAt: instantSchema
      .optional()
      .describe('After this instant the item is stale and supports no pass'),
  })
  .strict();

/** How an item of evidence came to be. @public */
export type Envelope = z.infer<typeof envelopeSchema>;
/** A slice of a subject's signals. @public */
export type Segment = z.infer<typeof segmentSchema>;
