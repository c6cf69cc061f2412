import { z } from 'zod';
import { fromHex, sameBytes, utf8 } from '../bytes/bytes';
import { canonicalize } from '../canonical/canonicalize';
import { verifyCheckpoint } from '../checkpoint/checkpoint';
import { fingerprintOf, parseVerifierKey } from '../checkpoint/note';
import { parseTlogProof } from '../checkpoint/tlogProof';
import { type EvidenceItem, evidenceItemSchema } from '../item/item';
import { commitPayload, leafOf } from '../item/leaf';
import { verifyInclusion } from '../merkle/proofs';
import { leafHash } from '../merkle/tree';

/** The steps of {@link verifyItem}, in the order in which they rest on each other. @public */
export const ITEM_VERIFICATION_STEPS = [
  'payload',
  'leaf',
  'hash',
  'head',
  'path',
  'position',
] as const;

/** @public */
export type ItemVerificationStep = (typeof ITEM_VERIFICATION_STEPS)[number];

/** How one step went. `facts` are for its sentence. @public */
export interface ItemStepResult {
  readonly step: ItemVerificationStep;
  readonly result: 'holds' | 'fails' | 'erased' | 'not-reached';
  readonly facts: Readonly<Record<string, string | number>>;
}

/**
 * One item with everything that proves it, as `GET /evidence/{evidenceId}` answers it and the evidence page saves it. What it
 * says is not believed before {@link verifyItem} has looked at it.
 * @public
 */
export interface ProvenItem {
  readonly position: number;
  /** The payload is gone once it was erased. */
  readonly item: Omit<EvidenceItem, 'data'> & {
    readonly data: Partial<EvidenceItem['data']>;
  };
  /** The canonical text that was hashed. */
  readonly leaf: string;
  /** Lower-case hexadecimal, as are the next two. */
  readonly leafHash: string;
  readonly payloadCommitment: string;
  readonly salt?: string;
  /** Set when payload and salt were erased. */
  readonly redacted?: true;
  /** c2sp.org/tlog-proof\@v1. */
  readonly proof: string;
  /** C2SP signed-note verifier key. */
  readonly verifierKey: string;
}

/** What was found out. A failed step ends the run: what rests on it proves nothing. @public */
export interface ItemVerification {
  readonly holds: boolean;
  readonly steps: readonly ItemStepResult[];
  /** Why it does not hold. */
  readonly message: string | undefined;
  /** Of the key that signed the head, once the signature held. */
  readonly fingerprint: string | undefined;
  readonly index: number;
  readonly size: number;
}

const provenItemSchema: z.ZodType<ProvenItem> = z.object({
  position: z.number().int().nonnegative(),
  item: evidenceItemSchema.extend({
    data: evidenceItemSchema.shape.data.partial({ payload: true }),
  }),
  leaf: z.string(),
  leafHash: z.string(),
  payloadCommitment: z.string(),
  salt: z.string().optional(),
  redacted: z.literal(true).optional(),
  proof: z.string(),
  verifierKey: z.string(),
});

/** Reads what was saved of an item; a sentence that names the place when it is something else. Pure. @public */
export function readProvenItem(text: string): ProvenItem | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  const reading = provenItemSchema.safeParse(value);
  if (reading.success) return reading.data;
  const { path, message } = reading.error.issues[0];
  return `/${path.map(String).join('/')}: ${message}`;
}

const short = (hex: string) => `${hex.slice(0, 12)}…`;

/**
 * Recomputes everything from the item itself to the signed head. What is left to trust is the log's key, whose fingerprint is
 * returned to be compared with the published one. Of an item whose payload was erased the first step has nothing to check; all
 * others hold as before. Never throws: what cannot be read fails its step. Pure, safe to repeat.
 * @public
 */
export function verifyItem(given: ProvenItem): ItemVerification {
  const steps: ItemStepResult[] = [];
  let fingerprint: string | undefined;
  let size = 0;
  let step: ItemVerificationStep = 'payload';
  const answer = (holds: boolean, message?: string): ItemVerification => ({
    holds,
    steps,
    message,
    fingerprint,
    index: given.position,
    size,
  });
  const held = (facts: ItemStepResult['facts']) =>
    steps.push({ step, result: 'holds', facts });

  try {
    if (given.item.data.payload === undefined || given.salt === undefined) {
      if (!given.redacted)
        throw new Error('the payload is missing, and nothing says why');
      steps.push({ step, result: 'erased', facts: {} });
    } else {
      const salt = fromHex(given.salt);
      if (!salt) throw new Error('the salt is not hexadecimal');
      const commitment = commitPayload(
        salt,
        canonicalize(given.item.data.payload),
      );
      if (commitment !== given.payloadCommitment)
        throw new Error('the payload is not the one that was committed to');
      held({ commitment: short(commitment) });
    }

    step = 'leaf';
    const leaf = leafOf(given.item as EvidenceItem, given.payloadCommitment);
    if (leaf !== given.leaf)
      throw new Error('the item is not the one in the leaf');
    held({ length: utf8(leaf).length });

    step = 'hash';
    const hash = leafHash(utf8(leaf));
    const stated = fromHex(given.leafHash);
    if (!stated || !sameBytes(hash, stated))
      throw new Error('the leaf has another hash');
    held({ hash: short(given.leafHash) });

    step = 'head';
    const proof = parseTlogProof(given.proof);
    const checkpoint = verifyCheckpoint(proof.checkpoint, given.verifierKey);
    size = checkpoint.size;
    fingerprint = fingerprintOf(parseVerifierKey(given.verifierKey));
    held({ origin: checkpoint.origin, size });

    step = 'path';
    const leads = verifyInclusion({
      leafHash: hash,
      index: proof.index,
      size,
      proof: proof.hashes,
      root: fromHex(checkpoint.rootHash)!,
    });
    if (!leads)
      throw new Error('the path does not lead from this leaf to the root');
    held({ count: proof.hashes.length, root: short(checkpoint.rootHash) });

    step = 'position';
    if (proof.index !== given.position)
      throw new Error(
        `the log holds it at ${proof.index}, the server says ${given.position}`,
      );
    held({ index: proof.index });
    return answer(true);
  } catch (error) {
    steps.push({ step, result: 'fails', facts: {} });
    for (const later of ITEM_VERIFICATION_STEPS.slice(steps.length))
      steps.push({ step: later, result: 'not-reached', facts: {} });
    return answer(
      false,
      error instanceof Error ? error.message : String(error),
    );
  }
}
