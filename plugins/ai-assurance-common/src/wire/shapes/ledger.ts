// The ledger as strangers may check it: heads, keys, proofs between heads, where heads were published, checks, redactions.
import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs } from './basics';

const hex64 = z.string().describe('SHA-256, hexadecimal');

/** @public */
export const headSummaryShape = z.object({
  size: count.describe('Number of entries'),
  rootHash: hex64,
  signedAtMs: epochMs,
  keyIds: z
    .array(z.string())
    .describe('Keys that signed: the log’s own, and witnesses that cosigned'),
});

/** @public */
export const consistencyShape = z.object({
  from: z.object({ size: count, rootHash: hex64 }),
  to: z.object({ size: count, rootHash: hex64 }),
  hashes: z
    .array(z.string())
    .describe(
      'RFC 6962 consistency proof: hashes in base64, in the order of the specification',
    ),
  checkpoint: z
    .string()
    .optional()
    .describe('The signed head of the later size, where one was signed'),
});

/** @public */
export const ledgerKeyShape = z.object({
  verifierKey: z.string().describe('C2SP signed-note verifier key'),
  keyId: z.string(),
  fingerprint: hex64.describe('SHA-256 of the 32-byte key, hexadecimal'),
  fromSize: count.describe('Size of the first head that it signs'),
  untilSize: count
    .optional()
    .describe('Size of the last head that it signs; absent: it signs now'),
  addedAtMs: epochMs,
  handOver: z
    .string()
    .optional()
    .describe(
      'Note that the previous key and this one signed; absent for the first key, and where the previous one was lost',
    ),
});

/** Where a head is published. @public */
export const PUBLICATION_TYPES = ['file', 'witness', 'timestamp'] as const;

/** @public */
export type PublicationType = (typeof PUBLICATION_TYPES)[number];

const publicationType: z.ZodType<PublicationType, PublicationType> =
  z.enum(PUBLICATION_TYPES);

/** @public */
export const publicationShape = z.object({
  target: z.string().describe('Name of the target, as configured'),
  type: publicationType,
  lastSize: count.optional().describe('Newest head that was published there'),
  lastAtMs: epochMs.optional(),
  failingSinceMs: epochMs.optional().describe('Absent while all is well'),
  code: z.string().optional().describe('Why the last attempt failed'),
  message: z.string().optional(),
  nextAttemptMs: epochMs.optional(),
});

/** @public */
export const ledgerCheckShape = z.object({
  checkedAtMs: epochMs,
  tookMs: z.number(),
  ok: z.boolean(),
  itemCount: count.optional(),
  headCount: count.optional(),
  redactedCount: count
    .optional()
    .describe('Items whose payload was erased; their leaves were checked'),
  table: z.string().optional().describe('Of the first wrong row'),
  row: z.string().optional(),
  problem: z.string().optional(),
  verifierKey: z
    .string()
    .optional()
    .describe('The key that signs heads at the time of the check'),
});

/** @public */
export const ledgerStatusShape = z.object({
  size: count,
  head: headSummaryShape.optional(),
  keyId: z.string().optional().describe('The key that signs now'),
  keyCount: count,
  redactedCount: count,
  publications: z.array(publicationShape),
  check: ledgerCheckShape.optional().describe('The newest check, if any'),
  problem: z
    .string()
    .optional()
    .describe('What somebody has to look at now, in a sentence'),
});

/** Why a payload was erased. @public */
export const REDACTION_CAUSES = ['request', 'retention'] as const;

/** @public */
export type RedactionCause = (typeof REDACTION_CAUSES)[number];

const redactionCause: z.ZodType<RedactionCause, RedactionCause> =
  z.enum(REDACTION_CAUSES);

/** @public */
export const redactionShape = z.object({
  evidenceId: z.string().describe('The evidence of the redaction itself'),
  cause: redactionCause,
  redactedAtMs: epochMs,
  reasonCode: z.string().optional(),
  reason: z.string().optional(),
  redactedBy: entityRefSchema.optional(),
  ruleId: z.string().optional().describe('Retention rule that ended its time'),
});
