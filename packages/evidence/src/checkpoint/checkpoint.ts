import { fromBase64, fromHex, toBase64, toHex } from '../bytes/bytes';
import { isPlainText, NoteError, openNote } from './note';

/**
 * What a head states: which log, how many leaves, and the root over them (64 lower-case hexadecimal digits).
 * @public
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly rootHash: string;
}

/**
 * The text of a head to be signed (C2SP tlog-checkpoint): origin, size, root in base64, each on its line. Throws NoteError
 * `CHECKPOINT_MALFORMED` for an empty or multi-line origin, a size that is no count or a root that is no SHA-256.
 * @public
 */
export function checkpointBody(checkpoint: Checkpoint): string {
  const root = fromHex(checkpoint.rootHash);
  if (!isPlainText(checkpoint.origin, 'refused')) {
    throw malformed('the origin must be one non-empty line');
  }
  if (!Number.isSafeInteger(checkpoint.size) || checkpoint.size < 0)
    throw malformed('the size must be a count');
  if (!root || root.length !== 32)
    throw malformed('the root must be 64 hexadecimal digits');
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(root)}\n`;
}

/**
 * Reads the body of a head without believing it; see {@link verifyCheckpoint}. Extension lines are allowed by the
 * specification and ignored. Throws NoteError `CHECKPOINT_MALFORMED`.
 * @public
 */
export function parseCheckpointBody(body: string): Checkpoint {
  const lines = body.split('\n');
  if (
    lines.length < 4 ||
    lines.pop() !== '' ||
    lines.some(line => line === '')
  ) {
    throw malformed('it needs three non-empty lines: origin, size, root');
  }
  const [origin, sizeText, rootText] = lines;
  const size = Number(sizeText);
  if (!/^(0|[1-9][0-9]*)$/.test(sizeText) || !Number.isSafeInteger(size))
    throw malformed('the size is no count');
  const root = fromBase64(rootText);
  if (!root || root.length !== 32)
    throw malformed('the root is no SHA-256 in base64');
  return { origin, size, rootHash: toHex(root) };
}

/**
 * What a signed head states, once the key's signature held. Throws NoteError with the codes of {@link openNote} and
 * `CHECKPOINT_MALFORMED`. Needs no clock and no network; safe to repeat.
 * @public
 */
export function verifyCheckpoint(
  text: string,
  verifierKey: string,
): Checkpoint {
  return parseCheckpointBody(openNote(text, verifierKey));
}

function malformed(why: string): NoteError {
  return new NoteError('CHECKPOINT_MALFORMED', `Not a checkpoint: ${why}`);
}
