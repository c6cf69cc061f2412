import {
  hexOfKeyId,
  NoteError,
  type NoteSigner,
  openNote,
  parseVerifierKey,
  signNote,
} from './note';

const FORMAT_LINE = 'ai-assurance-log-key/v1 hand-over';

/**
 * That a log changes its key: from the head of `fromSize` entries on, `newKey` signs instead of `oldKey`. Both are verifier
 * keys in one line.
 * @public
 */
export interface KeyHandOver {
  readonly origin: string;
  readonly fromSize: number;
  readonly oldKey: string;
  readonly newKey: string;
}

/**
 * The text that both keys sign. It names both, so that a signature line which anybody can add to a head of the old key
 * never passes for one. Its second line is no count where a head has its size, so that it can pass for no head either.
 */
function bodyOf(handOver: KeyHandOver): string {
  return `${FORMAT_LINE}\nlog ${handOver.origin}\nfrom ${handOver.fromSize}\nold ${handOver.oldKey}\nnew ${handOver.newKey}\n`;
}

/** The note of a hand-over, signed by the old key and by the new one. @public */
export function signHandOver(
  handOver: KeyHandOver,
  oldSigner: NoteSigner,
  newSigner: NoteSigner,
): string {
  return signNote(bodyOf(handOver), oldSigner, newSigner);
}

/** Reads a hand-over without believing it. Throws NoteError `NOTE_MALFORMED`. */
function parseBody(body: string): KeyHandOver {
  const match =
    /^ai-assurance-log-key\/v1 hand-over\nlog (.+)\nfrom ([1-9][0-9]{0,14})\nold (\S+)\nnew (\S+)\n$/.exec(
      body,
    );
  if (!match)
    throw new NoteError('NOTE_MALFORMED', 'Not a hand-over between two keys');
  const [, origin, fromSize, oldKey, newKey] = match;
  return { origin, fromSize: Number(fromSize), oldKey, newKey };
}

/**
 * What a hand-over states, once the signatures of both keys that it names held. Whether one of them is trusted is for the
 * caller to judge. Throws NoteError with the codes of {@link openNote}.
 * @public
 */
export function verifyHandOver(note: string): KeyHandOver {
  const handOver = parseBody(note.slice(0, note.lastIndexOf('\n\n') + 1));
  for (const key of [handOver.oldKey, handOver.newKey]) {
    parseVerifierKey(key);
    openNote(note, key);
  }
  if (handOver.oldKey === handOver.newKey)
    throw new NoteError('NOTE_MALFORMED', 'A key cannot take over from itself');
  return handOver;
}

/** The short name of a verifier key for messages: its id. Throws NoteError `KEY_MALFORMED`. @public */
export function idOfKey(verifierKey: string): string {
  return hexOfKeyId(parseVerifierKey(verifierKey).keyId);
}
