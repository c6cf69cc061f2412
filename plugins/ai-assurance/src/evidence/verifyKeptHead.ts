import { Consistency } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  fromBase64,
  fromHex,
  parseCheckpointBody,
  parseSignedNote,
  sameBytes,
  verifyCheckpoint,
  verifyConsistency,
} from '@ai-assurance/evidence';

/** A head that somebody kept, as it says of itself. */
export interface KeptHead {
  origin: string;
  size: number;
  rootHash: string;
}

// What was pasted may have lost its last line break, or gained some around it.
const noteOf = (text: string) => `${text.trim().replace(/\r\n/g, '\n')}\n`;

/** Reads a kept checkpoint without believing it. Throws NoteError for anything else. */
export function readKeptHead(text: string): KeptHead {
  return parseCheckpointBody(parseSignedNote(noteOf(text)).body);
}

/**
 * Whether today's log continues the one whose head was kept: same entries, in the same order, with others added at the end.
 * Throws an Error that says what is wrong. Both heads MUST carry a signature of one of the log's keys: a head that the log
 * never signed proves nothing against it.
 */
export function verifyKeptHead(
  text: string,
  answer: Consistency,
  verifierKeys: string[],
): { size: number } {
  const kept = signedBy(noteOf(text), verifierKeys, 'the head that you kept');
  if (answer.checkpoint === undefined)
    throw new Error('no signed head of the later size was given');
  const head = signedBy(answer.checkpoint, verifierKeys, 'today’s head');
  const root1 = fromHex(kept.rootHash)!;
  const root2 = fromHex(head.rootHash)!;
  if (kept.size === head.size && !sameBytes(root1, root2))
    throw new Error(
      `the log had another root at ${kept.size} entries: it was rewritten`,
    );
  const holds = verifyConsistency({
    size1: kept.size,
    root1,
    size2: head.size,
    root2,
    proof: answer.hashes.map(hash => fromBase64(hash) ?? new Uint8Array()),
  });
  if (!holds)
    throw new Error(
      `the log of ${head.size} entries does not continue the one of ${kept.size}: it was rewritten or cut short`,
    );
  return { size: head.size };
}

function signedBy(
  checkpoint: string,
  verifierKeys: string[],
  what: string,
): KeptHead {
  for (const key of verifierKeys) {
    try {
      return verifyCheckpoint(checkpoint, key);
    } catch {
      // Another key of the log may have signed it.
    }
  }
  throw new Error(`${what} carries no signature of a key of this log`);
}
