import { fromBase64, fromHex, Hasher, sha256, toBase64 } from '../bytes/bytes';
import { verifyInclusion } from '../merkle/proofs';
import { Checkpoint, verifyCheckpoint } from './checkpoint';
import { NoteError } from './note';

const FORMAT_LINE = 'c2sp.org/tlog-proof@v1';

/**
 * An inclusion proof that stands alone: leaf index, sibling hashes from the leaf upwards, and the signed head verbatim.
 * `extra` is whatever the writer adds; it is not authenticated.
 * @public
 */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: string;
  readonly extra?: Uint8Array;
}

/** The proof as text (c2sp.org/tlog-proof\@v1). @public */
export function formatTlogProof(proof: TlogProof): string {
  const extra =
    proof.extra === undefined ? '' : `extra ${toBase64(proof.extra)}\n`;
  const hashes = proof.hashes.map(hash => `${toBase64(hash)}\n`).join('');
  return `${FORMAT_LINE}\n${extra}index ${proof.index}\n${hashes}\n${proof.checkpoint}`;
}

/** Reads a proof without believing it. Throws NoteError `PROOF_MALFORMED`. @public */
export function parseTlogProof(text: string): TlogProof {
  const split = text.indexOf('\n\n');
  if (split < 0) throw malformed('no blank line before the checkpoint');
  const lines = text.slice(0, split).split('\n');
  if (lines.shift() !== FORMAT_LINE)
    throw malformed(`its first line is not ${FORMAT_LINE}`);
  let extra: Uint8Array | undefined;
  if (lines[0]?.startsWith('extra ')) {
    extra = fromBase64(lines.shift()!.slice('extra '.length));
    if (!extra) throw malformed('its extra data is not base64');
  }
  const indexText = /^index (0|[1-9][0-9]*)$/.exec(lines.shift() ?? '')?.[1];
  const index = Number(indexText);
  if (indexText === undefined || !Number.isSafeInteger(index))
    throw malformed('it names no leaf index');
  if (lines.length > 64) throw malformed('no tree is that deep');
  const hashes = lines.map(line => {
    const hash = fromBase64(line);
    if (!hash || hash.length !== 32)
      throw malformed('a line is no SHA-256 in base64');
    return hash;
  });
  const checkpoint = text.slice(split + 2);
  return extra === undefined
    ? { index, hashes, checkpoint }
    : { index, hashes, checkpoint, extra };
}

/**
 * Checks a proof for one leaf: the head's signature, then the way from the leaf to its root. Returns the believed head and
 * the leaf's index. Throws NoteError: `PROOF_MALFORMED`, the codes of verifyCheckpoint, or `PROOF_INVALID`.
 * @public
 */
export function verifyTlogProof(
  input: { proof: string; leafHash: Uint8Array; verifierKey: string },
  hash: Hasher = sha256,
): { checkpoint: Checkpoint; index: number } {
  const proof = parseTlogProof(input.proof);
  const checkpoint = verifyCheckpoint(proof.checkpoint, input.verifierKey);
  demandInclusion(
    { leafHash: input.leafHash, index: proof.index, proof: proof.hashes },
    { size: checkpoint.size, root: fromHex(checkpoint.rootHash)! },
    hash,
  );
  return { checkpoint, index: proof.index };
}

/**
 * A head whose signature was checked once, for checking many proofs under it: an Ed25519 signature costs more than some
 * ten proofs. Only {@link OpenedCheckpoint.open} makes one.
 * @public
 */
export class OpenedCheckpoint {
  /** The signed text, as it came. */
  readonly text: string;
  readonly checkpoint: Checkpoint;
  readonly #root: Uint8Array;
  readonly #hash: Hasher;

  private constructor(text: string, checkpoint: Checkpoint, hash: Hasher) {
    this.text = text;
    this.checkpoint = checkpoint;
    this.#root = fromHex(checkpoint.rootHash)!;
    this.#hash = hash;
  }

  /** Checks the signature. Throws NoteError with the codes of verifyCheckpoint. */
  static open(
    text: string,
    verifierKey: string,
    hash: Hasher = sha256,
  ): OpenedCheckpoint {
    return new OpenedCheckpoint(
      text,
      verifyCheckpoint(text, verifierKey),
      hash,
    );
  }

  /**
   * Checks a proof for one leaf under this head and returns the leaf's index. The head that the proof carries MUST be this
   * one, to the letter. Throws NoteError: `PROOF_MALFORMED`, or `PROOF_INVALID`.
   */
  verify(proofText: string, leaf: Uint8Array): number {
    const { index, hashes, checkpoint } = parseTlogProof(proofText);
    if (checkpoint !== this.text)
      throw new NoteError(
        'PROOF_INVALID',
        'The proof is under another head than the one that was opened',
      );
    demandInclusion(
      { leafHash: leaf, index, proof: hashes },
      { size: this.checkpoint.size, root: this.#root },
      this.#hash,
    );
    return index;
  }
}

function demandInclusion(
  claim: {
    leafHash: Uint8Array;
    index: number;
    proof: readonly Uint8Array[];
  },
  tree: { size: number; root: Uint8Array },
  hash: Hasher,
): void {
  if (verifyInclusion({ ...claim, ...tree }, hash)) return;
  throw new NoteError(
    'PROOF_INVALID',
    `The proof does not lead from this leaf at ${claim.index} to the signed root`,
  );
}

function malformed(why: string): NoteError {
  return new NoteError('PROOF_MALFORMED', `Not a tlog proof: ${why}`);
}
