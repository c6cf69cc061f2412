import { z } from 'zod';
import { fromBase64, toBase64 } from '../bytes/bytes';
import { canonicalize } from '../canonical/canonicalize';

/** Longest line read, in bytes. A writer's items are far smaller; see MAX_ITEM_LENGTH. @public */
export const MAX_LINE_LENGTH = 4 * 1024 * 1024;

/**
 * One item as a pack carries it. `position` is its zero-based leaf index in the log; `leaf` and `payload` are the exact
 * canonical texts; `salt` is hexadecimal; `proof` leads from the leaf's sibling up to the root of the pack's head. A
 * redacted item has neither `payload` nor `salt`, and says in `redaction` at which position the evidence of that stands.
 * @public
 */
export interface PackEntry {
  readonly position: number;
  readonly leaf: string;
  readonly payload: string | null;
  readonly salt: string | null;
  readonly proof: readonly Uint8Array[];
  readonly redaction?: { readonly position: number } | undefined;
}

const lineSchema = z
  .object({
    position: z.int().nonnegative(),
    leaf: z.string(),
    payload: z.string().nullable(),
    salt: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    proof: z.array(z.string()).max(64),
    redaction: z
      .object({ position: z.int().nonnegative() })
      .strict()
      .optional(),
  })
  .strict();

/** The line of an item, with its newline: canonical JSON, so that one item has one spelling. @public */
export function writeEvidenceLine(entry: PackEntry): string {
  const { position, leaf, payload, salt, proof, redaction } = entry;
  return `${canonicalize({
    position,
    leaf,
    payload,
    salt,
    proof: proof.map(toBase64),
    ...(redaction && { redaction: { position: redaction.position } }),
  })}\n`;
}

/** Reads a line without its newline; a text says why not. @public */
export function readEvidenceLine(line: string): PackEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `/${issue.path.map(String).join('/')}: ${issue.message}`;
  }
  const { proof: proofTexts, ...rest } = parsed.data;
  const proof: Uint8Array[] = [];
  for (const text of proofTexts) {
    const hash = fromBase64(text);
    if (!hash || hash.length !== 32)
      return '/proof: a proof is made of SHA-256 hashes in base64';
    proof.push(hash);
  }
  if ((rest.payload === null) !== (rest.salt === null)) {
    return '/salt: payload and salt are either both there or, when redacted, both left out';
  }
  if (rest.redaction && rest.payload !== null)
    return '/redaction: it says that the item was redacted, and its payload is there';
  const entry: PackEntry = { ...rest, proof };
  return writeEvidenceLine(entry) === `${line}\n`
    ? entry
    : 'it is not written in canonical form';
}
