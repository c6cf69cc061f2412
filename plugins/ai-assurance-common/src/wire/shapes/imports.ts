// Imports of reports on the wire.
import { z } from 'zod';
import { digestSchema } from '@ai-assurance/evidence';
import { count, verdictStatus } from './basics';

/** What became of a fact of an imported report. @public */
export const IMPORT_OUTCOMES = [
  'accepted',
  'already-known',
  'preview',
] as const;

/** @public */
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

const outcome: z.ZodType<ImportOutcome, ImportOutcome> =
  z.enum(IMPORT_OUTCOMES);

/** @public */
export const importItemShape = z.object({
  outcome,
  evidenceId: z.string().nullable().describe('null in a preview'),
  type: z.string(),
  metric: z.string().nullable(),
  status: verdictStatus.nullable().describe('null: the kind states none'),
  sampleCount: count.nullable().describe('null: the report does not say n'),
});

/** @public */
export const importResultShape = z.object({
  format: z.string(),
  reportDigest: digestSchema,
  items: z.array(importItemShape),
  notes: z
    .array(z.string())
    .describe('What the report does not say, or what was not taken over'),
});

/** @public */
export const importFormatShape = z.object({
  id: z.string(),
  title: z.string(),
  version: z.string(),
  fileEndings: z.array(z.string()),
});
