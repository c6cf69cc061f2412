// What was refused at the door, on the wire.
import { z } from 'zod';
import { digestSchema, entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs } from './basics';

/** What became of an item in quarantine. @public */
export const QUARANTINE_STATES = ['waiting', 'replayed', 'discarded'] as const;

/** @public */
export type QuarantineState = (typeof QUARANTINE_STATES)[number];

const state: z.ZodType<QuarantineState, QuarantineState> =
  z.enum(QUARANTINE_STATES);

/** @public */
export const quarantinedShape = z.object({
  quarantineId: z.string(),
  state,
  rowVersion: z
    .int()
    .describe(
      'Send it back when resolving: it tells whether the item moved on',
    ),
  receivedAtMs: epochMs.describe('When it came first'),
  lastReceivedAtMs: epochMs,
  receivedCount: count.describe(
    'How often the same content came while it waited',
  ),
  origin: z
    .string()
    .describe('The way in: http, events, or webhook:<name of the webhook>'),
  caller: z
    .string()
    .describe(
      'Who sent it: a person, service:<subject of a token>, or the origin',
    ),
  source: z
    .string()
    .optional()
    .describe('What it gives as its source, if that can be read'),
  id: z
    .string()
    .optional()
    .describe('What it gives as its id, if that can be read'),
  type: z
    .string()
    .optional()
    .describe('What it gives as its type, if that can be read'),
  subject: entityRefSchema
    .optional()
    .describe('Whom it is about, if that can be read'),
  code: z
    .string()
    .describe('Why it was not let in, for example UNKNOWN_SUBJECT'),
  message: z.string().describe('The same in words: what, where and what to do'),
  sizeBytes: count,
  digest: digestSchema.describe('Of all bytes as they were received'),
  isTruncated: z
    .boolean()
    .describe(
      'Only its beginning is kept, since it is larger than evidence may be',
    ),
  resolvedBy: z.string().optional(),
  resolvedAtMs: epochMs.optional(),
  discardReason: z.string().optional(),
  evidenceId: z
    .string()
    .optional()
    .describe('The evidence it became, or the evidence of its discard'),
});

/** @public */
export const quarantinedDetailShape = quarantinedShape.extend({
  text: z
    .string()
    .optional()
    .describe('Its bytes; kept while it waits, and erased when it is resolved'),
  encoding: z
    .enum(['text', 'base64'])
    .optional()
    .describe(
      'How text is to be read: base64 where the bytes are no UTF-8 text',
    ),
  mayResolve: z
    .boolean()
    .describe('Whether the caller may replay or discard it'),
  mayNotResolveReason: z.string().optional(),
});

/** @public */
export const quarantineListShape = z.object({
  items: z.array(quarantinedShape),
  nextCursor: z.string().optional(),
  waiting: z
    .array(z.object({ code: z.string(), count }))
    .describe(
      'How many wait for each reason in all, most first; no filter applies',
    ),
});

/** @public */
export const quarantineReplayShape = z.object({
  replayedCount: count.describe('Now evidence'),
  stillWaitingCount: count.describe('Judged again, and still not good'),
  notAllowedCount: count.describe(
    'Left alone: the caller may not resolve them',
  ),
  remainingCount: count.describe(
    'Of the same reason, not looked at in this call',
  ),
});
