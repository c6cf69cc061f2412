import { EvidenceDetail } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  canonicalize,
  commitPayload,
  EvidenceItem,
  fingerprintOf,
  fromHex,
  leafHash,
  leafOf,
  parseTlogProof,
  parseVerifierKey,
  sameBytes,
  utf8,
  verifyCheckpoint,
  verifyInclusion,
} from '@ai-assurance/evidence';

/** The steps, in the order in which they rest on each other. */
export const VERIFICATION_STEPS = [
  'payload',
  'leaf',
  'hash',
  'head',
  'path',
  'position',
] as const;

export type VerificationStep = (typeof VERIFICATION_STEPS)[number];

/** How one step went. `facts` are for its sentence. */
export interface StepResult {
  step: VerificationStep;
  result: 'holds' | 'fails' | 'erased' | 'not-reached';
  facts: Record<string, string | number>;
}

/** What the browser found out by itself. A failed step ends the run: what rests on it proves nothing. */
export interface Verification {
  holds: boolean;
  steps: StepResult[];
  /** Why it does not hold. */
  message: string | undefined;
  /** Of the key that signed the head, once the signature held. */
  fingerprint: string | undefined;
  index: number;
  size: number;
}

const short = (hex: string) => `${hex.slice(0, 12)}…`;

/**
 * Recomputes everything from the item itself to the signed head, without asking the server again. What is left to trust is
 * the log's key, whose fingerprint is returned to be compared with the published one. Of an item whose payload was erased
 * the first step has nothing to check; all others hold as before.
 */
export function verifyEvidence(detail: EvidenceDetail): Verification {
  const steps: StepResult[] = [];
  const verification: Verification = {
    holds: false,
    steps,
    message: undefined,
    fingerprint: undefined,
    index: detail.position,
    size: 0,
  };
  let step: VerificationStep = 'payload';
  const held = (facts: StepResult['facts']) =>
    steps.push({ step, result: 'holds', facts });

  try {
    if (detail.item.data.payload === undefined || detail.salt === undefined) {
      if (!detail.redacted)
        throw new Error('the payload is missing, and nothing says why');
      steps.push({ step, result: 'erased', facts: {} });
    } else {
      const salt = fromHex(detail.salt);
      if (!salt) throw new Error('the salt is not hexadecimal');
      const commitment = commitPayload(
        salt,
        canonicalize(detail.item.data.payload),
      );
      if (commitment !== detail.payloadCommitment)
        throw new Error('the payload is not the one that was committed to');
      held({ commitment: short(commitment) });
    }

    step = 'leaf';
    const leaf = leafOf(detail.item as EvidenceItem, detail.payloadCommitment);
    if (leaf !== detail.leaf)
      throw new Error('the item is not the one in the leaf');
    held({ length: utf8(leaf).length });

    step = 'hash';
    const hash = leafHash(utf8(leaf));
    const stated = fromHex(detail.leafHash);
    if (!stated || !sameBytes(hash, stated))
      throw new Error('the leaf has another hash');
    held({ hash: short(detail.leafHash) });

    step = 'head';
    const proof = parseTlogProof(detail.proof);
    const checkpoint = verifyCheckpoint(proof.checkpoint, detail.verifierKey);
    verification.size = checkpoint.size;
    verification.fingerprint = fingerprintOf(
      parseVerifierKey(detail.verifierKey),
    );
    held({ origin: checkpoint.origin, size: checkpoint.size });

    step = 'path';
    const leads = verifyInclusion({
      leafHash: hash,
      index: proof.index,
      size: checkpoint.size,
      proof: proof.hashes,
      root: fromHex(checkpoint.rootHash)!,
    });
    if (!leads)
      throw new Error('the path does not lead from this leaf to the root');
    held({ count: proof.hashes.length, root: short(checkpoint.rootHash) });

    step = 'position';
    if (proof.index !== detail.position)
      throw new Error(
        `the log holds it at ${proof.index}, the server says ${detail.position}`,
      );
    held({ index: proof.index });
    return { ...verification, holds: true };
  } catch (error) {
    steps.push({ step, result: 'fails', facts: {} });
    for (const later of VERIFICATION_STEPS.slice(steps.length))
      steps.push({ step: later, result: 'not-reached', facts: {} });
    verification.message =
      error instanceof Error ? error.message : String(error);
    return verification;
  }
}
