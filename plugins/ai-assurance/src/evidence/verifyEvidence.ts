import { EvidenceDetail } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  canonicalize,
  commitPayload,
  fingerprintOf,
  fromHex,
  leafHash,
  leafOf,
  parseVerifierKey,
  sameBytes,
  utf8,
  verifyTlogProof,
} from '@ai-assurance/evidence';

/** The steps, in the order in which they rest on each other. */
export const VERIFICATION_STEPS = [
  'payload',
  'leaf',
  'hash',
  'proof',
  'position',
] as const;

export type VerificationStep = (typeof VERIFICATION_STEPS)[number];

/** What the browser found out by itself. A failed step ends the run: what rests on it proves nothing. */
export type Verification =
  | {
      holds: true;
      index: number;
      size: number;
      fingerprint: string;
      heldSteps: VerificationStep[];
    }
  | {
      holds: false;
      failedStep: VerificationStep;
      message: string;
      heldSteps: VerificationStep[];
    };

/**
 * Recomputes everything from the item itself to the signed head, without asking the server again. What is left to trust is
 * the log's key, whose fingerprint is returned to be compared with the published one.
 */
export function verifyEvidence(detail: EvidenceDetail): Verification {
  const heldSteps: VerificationStep[] = [];
  const failed = (
    failedStep: VerificationStep,
    message: string,
  ): Verification => ({
    holds: false,
    failedStep,
    message,
    heldSteps,
  });

  let step: VerificationStep = 'payload';
  try {
    const salt = fromHex(detail.salt);
    if (!salt) return failed(step, 'the salt is not hexadecimal');
    const commitment = commitPayload(
      salt,
      canonicalize(detail.item.data.payload),
    );
    if (commitment !== detail.payloadCommitment) {
      return failed(step, 'the payload is not the one that was committed to');
    }
    heldSteps.push(step);

    step = 'leaf';
    const leaf = leafOf(detail.item, commitment);
    if (leaf !== detail.leaf)
      return failed(step, 'the item is not the one in the leaf');
    heldSteps.push(step);

    step = 'hash';
    const hash = leafHash(utf8(leaf));
    const stated = fromHex(detail.leafHash);
    if (!stated || !sameBytes(hash, stated))
      return failed(step, 'the leaf has another hash');
    heldSteps.push(step);

    step = 'proof';
    const { checkpoint, index } = verifyTlogProof({
      proof: detail.proof,
      leafHash: hash,
      verifierKey: detail.verifierKey,
    });
    heldSteps.push(step);

    step = 'position';
    if (index !== detail.position) {
      return failed(
        step,
        `the log holds it at ${index}, the server says ${detail.position}`,
      );
    }
    heldSteps.push(step);

    const fingerprint = fingerprintOf(parseVerifierKey(detail.verifierKey));
    return {
      holds: true,
      index,
      size: checkpoint.size,
      fingerprint,
      heldSteps,
    };
  } catch (error) {
    return failed(step, error instanceof Error ? error.message : String(error));
  }
}
