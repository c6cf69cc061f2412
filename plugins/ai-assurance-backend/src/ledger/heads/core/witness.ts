import {
  NoteError,
  readSignatureLine,
  toBase64,
  verifyCosignature,
} from '@ai-assurance/evidence';

/** The body of `add-checkpoint` (C2SP tlog-witness): the size that the witness holds, the proof from there, the head. */
export function addCheckpointBody(request: {
  oldSize: number;
  proof: Uint8Array[];
  checkpoint: string;
}): string {
  const lines = request.proof.map(hash => `${toBase64(hash)}\n`).join('');
  return `old ${request.oldSize}\n${lines}\n${request.checkpoint}`;
}

/** The size that a witness says it holds, in its answer 409. `undefined` when it says no such thing. */
export function heldSizeOf(answer: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,14})\n?$/.test(answer)) return undefined;
  return Number(answer);
}

/**
 * The cosignature lines of an answer that this witness's key made over this head. Lines of other keys are left out: nobody
 * here could check them. Throws NoteError when a line cannot be read, or none holds.
 */
export function cosignatureLines(
  answer: string,
  headBody: string,
  witnessKey: string,
): string {
  if (!answer.endsWith('\n'))
    throw new NoteError('NOTE_MALFORMED', 'The answer is cut off');
  const lines = answer.slice(0, -1).split('\n');
  let refusal: unknown;
  const good = lines.filter(line => {
    const signature = readSignatureLine(line);
    try {
      verifyCosignature(headBody, signature, witnessKey);
      return true;
    } catch (error) {
      refusal = error;
      return false;
    }
  });
  if (good.length === 0) throw refusal;
  return good.map(line => `${line}\n`).join('');
}
