// Evidence and packs on the wire.
import { z } from 'zod';
import {
  digestSchema,
  entityRefSchema,
  evidenceItemSchema,
} from '@ai-assurance/evidence';
import { VERDICT_STATUSES } from '../../verdict/verdict';
import { count, epochMs } from './basics';
import { redactionShape } from './ledger';

/** @public */
export const evidenceSummaryShape = z.object({
  evidenceId: z
    .string()
    .describe('The item’s id within the suite: its ledger position as text'),
  position: count,
  source: z.string(),
  id: z.string(),
  type: z.string(),
  subject: entityRefSchema,
  timeMs: epochMs,
  recordedAtMs: epochMs,
  expiresAtMs: epochMs.optional(),
  status: z
    .enum(VERDICT_STATUSES)
    .optional()
    .describe('The verdict the item carries, where its kind has one'),
  redacted: z
    .literal(true)
    .optional()
    .describe('Set when payload and salt were erased: it supports nothing'),
});

/** @public */
export const evidenceListShape = z.object({
  items: z.array(evidenceSummaryShape),
  nextCursor: z.string().optional(),
  searchedToPosition: count
    .optional()
    .describe(
      'Set when the search was cut short: everything from this position on was looked at. The cursor goes on from there',
    ),
  textUnsearchedFrom: count
    .optional()
    .describe(
      'Set when the newest items are not all indexed for text yet: some from this position on were left out',
    ),
});

/** @public */
export const evidenceFacetsShape = z.object({
  types: z.array(z.string()),
  sources: z.array(z.string()),
  subjects: z.array(entityRefSchema),
});

/** An item as it is kept: the payload is gone once it was redacted. @public */
export const keptItemShape = evidenceItemSchema.extend({
  data: evidenceItemSchema.shape.data.partial({ payload: true }),
});

/** @public */
export const evidenceDetailShape = evidenceSummaryShape.extend({
  item: keptItemShape,
  leafHash: z.string(),
  payloadCommitment: z.string(),
  proof: z
    .string()
    .describe(
      'c2sp.org/tlog-proof@v1 text: index, inclusion path, signed checkpoint',
    ),
  verifierKey: z.string().describe('C2SP signed-note verifier key of the log'),
  leaf: z
    .string()
    .describe('The canonical bytes that were hashed into the leaf, as text'),
  salt: z
    .string()
    .optional()
    .describe('Hex; with the canonical payload it opens payloadCommitment'),
  redaction: redactionShape
    .optional()
    .describe('Who erased payload and salt, when and why'),
});

/** @public */
export const packShape = z.object({
  packId: z.string(),
  subject: entityRefSchema,
  periodStartMs: epochMs,
  periodEndMs: epochMs,
  itemCount: count,
  treeSize: count,
  sizeBytes: count,
  fileDigest: digestSchema,
  exportedBy: entityRefSchema,
  exportedAtMs: epochMs,
});

/**
 * What became of an item that was pushed.
 * - `accepted`: it is evidence now
 * - `already-known`: it was evidence before, with the same content; nothing changed
 * - `conflict`: its source and id are taken by other content; nothing changed
 * - `quarantined`: it is not good, but kept: mend the cause and replay it, or discard it
 * - `refused`: it is not good, and nothing of it was kept
 * @public
 */
export const INGEST_OUTCOMES = [
  'accepted',
  'already-known',
  'conflict',
  'quarantined',
  'refused',
] as const;

/** @public */
export type IngestOutcome = (typeof INGEST_OUTCOMES)[number];

const ingestOutcome: z.ZodType<IngestOutcome, IngestOutcome> =
  z.enum(INGEST_OUTCOMES);

/** @public */
export const ingestResultShape = z.object({
  results: z.array(
    z.object({
      index: count,
      outcome: ingestOutcome,
      evidenceId: z.string().optional(),
      quarantineId: z
        .string()
        .optional()
        .describe('Where it waits, when it was quarantined'),
      code: z.string().optional(),
      message: z.string().optional(),
    }),
  ),
  acceptedCount: count,
});
