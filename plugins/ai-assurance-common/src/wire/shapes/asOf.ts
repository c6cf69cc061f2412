// What an answer about the past says of itself.
import { z } from 'zod';
import { instantSchema } from '@ai-assurance/evidence';
import { epochMs } from './basics';

/** What an answer about the past cannot know. @public */
export const AS_OF_LIMITS = [
  'catalog-of-today',
  'telemetry-late-points',
  'telemetry-retention',
  'last-recorded',
  'history-thinned',
  'objective-documents',
  'scorecard-rules',
  'policy-of-today',
  'quarantine-of-today',
  'redacted-since',
  'collections-at-changes',
] as const;

/** @public */
export type AsOfLimit = (typeof AS_OF_LIMITS)[number];

const limitCode: z.ZodType<AsOfLimit, AsOfLimit> = z.enum(AS_OF_LIMITS);

/** The query of every operation that reads. @public */
export const asOfQuery = z.object({
  asOf: instantSchema
    .optional()
    .describe(
      'ISO-8601 instant in UTC, not in the future: answers from what was known then. Left out: what is known now.',
    ),
});

/** Stands in an answer about the past, as `asOf`. @public */
export const asOfShape = z.object({
  atMs: epochMs.describe('The moment that was asked about'),
  limits: z
    .array(
      z.object({
        code: limitCode,
        text: z.string().describe('The limit in words, for people'),
      }),
    )
    .describe('What could not be known as it was then; empty: everything was'),
});
