import {
  NoteError,
  parseSignedNote,
  parseWitnessKey,
} from '@ai-assurance/evidence';
import {
  addCheckpointBody,
  cosignatureLines,
  heldSizeOf,
} from './core/witness';
import { post } from './http';
import { HeadToPublish, PublicationError, PublicationTarget } from './targets';

/**
 * Submits heads to a witness (C2SP tlog-witness) and keeps its cosignatures. A witness remembers the newest head it saw, so
 * it finds a log that was rewritten or rolled back. `verifierKey` is the key of the witness.
 */
export function witnessTarget(settings: {
  url: string;
  verifierKey: string;
  everyMs: number;
}): PublicationTarget {
  const { name } = parseWitnessKey(settings.verifierKey);
  const url = `${settings.url.replace(/\/+$/, '')}/add-checkpoint`;

  const submit = async (head: HeadToPublish, oldSize: number) =>
    post(
      url,
      'text/plain; charset=utf-8',
      addCheckpointBody({
        oldSize,
        proof:
          oldSize === 0 || oldSize === head.size
            ? []
            : await head.proofFrom(oldSize),
        checkpoint: head.checkpoint,
      }),
    );

  return {
    name: `witness:${name}`,
    type: 'witness',
    everyMs: settings.everyMs,
    async publish(head, heldSize) {
      let oldSize = Math.min(heldSize, head.size);
      let answer = await submit(head, oldSize);
      if (answer.status === 409) {
        oldSize = sizeAfterConflict(answer, name, oldSize, head.size);
        answer = await submit(head, oldSize);
        if (answer.status === 409)
          sizeAfterConflict(answer, name, oldSize, head.size);
      }
      if (answer.status !== 200) throw refusalOf(answer, name, oldSize);
      try {
        const lines = cosignatureLines(
          answer.bytes.toString('utf8'),
          parseSignedNote(head.checkpoint).body,
          settings.verifierKey,
        );
        return { answer: lines, heldSize: head.size };
      } catch (error) {
        if (!(error instanceof NoteError)) throw error;
        throw new PublicationError(
          'BAD_ANSWER',
          `The witness ${name} answered, but not with its cosignature: ${error.message}.`,
        );
      }
    },
  };
}

interface Answer {
  status: number;
  contentType: string;
  bytes: Buffer;
}

/** Where to start from instead, as the witness tells. Throws when that cannot be. */
function sizeAfterConflict(
  answer: Answer,
  name: string,
  oldSize: number,
  size: number,
): number {
  const held = heldSizeOf(answer.bytes.toString('utf8'));
  if (held === undefined || !answer.contentType.startsWith('text/x.tlog.size'))
    throw new PublicationError(
      'BAD_ANSWER',
      `The witness ${name} answered 409 without the size that it holds.`,
    );
  if (held > size) {
    throw new PublicationError(
      'LOG_ROLLED_BACK',
      `The witness ${name} holds a head of ${held} entries, the ledger has only ${size}: entries were taken away since, or an old database was restored.`,
    );
  }
  if (held === oldSize) {
    throw held === size
      ? new PublicationError(
          'LOG_REWRITTEN',
          `The witness ${name} holds another head of ${held} entries: the ledger was rewritten.`,
        )
      : new PublicationError(
          'BAD_ANSWER',
          `The witness ${name} refuses the size ${held} that it says it holds.`,
        );
  }
  return held;
}

function refusalOf(
  { status, bytes }: Answer,
  name: string,
  oldSize: number,
): PublicationError {
  const said = bytes
    .toString('utf8')
    .slice(0, 200)
    .replace(/\p{Cc}+/gu, ' ');
  switch (status) {
    case 422:
      return new PublicationError(
        'LOG_REWRITTEN',
        `The witness ${name} says that the ledger does not continue the ${oldSize} entries that it saw: the ledger was rewritten.`,
      );
    case 404:
      return new PublicationError(
        'UNKNOWN_LOG',
        `The witness ${name} does not know this log. Ask its operator to add the origin and the verifier key.`,
      );
    case 403:
      return new PublicationError(
        'KEY_NOT_TRUSTED',
        `The witness ${name} does not trust the key that signed the head. After a rotation its operator has to add the new verifier key.`,
      );
    default:
      return new PublicationError(
        'REFUSED',
        `The witness ${name} answered ${status}: ${said}`,
      );
  }
}
