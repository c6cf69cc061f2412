import { concatBytes, textOf } from '../bytes/bytes';
import { Refusal, type VerificationFailureCode } from './report';

/**
 * The files of a pack, wherever they are: `names` in the order in which they stand in the pack. `read` gives the bytes in pieces of any size, and MUST be repeatable.
 * @public
 */
export interface PackFiles {
  readonly names: readonly string[];
  read(name: string): AsyncIterable<Uint8Array>;
}

/** Every file but the evidence is small; what is larger was not made by us and is not held in memory. */
const MAX_SMALL_FILE = 1024 * 1024;

/** A small text file, whole. */
export async function readText(
  files: PackFiles,
  name: string,
  code: VerificationFailureCode,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of files.read(name)) {
    size += part.length;
    if (size > MAX_SMALL_FILE)
      throw new Refusal(
        code,
        name,
        `It is larger than ${MAX_SMALL_FILE} bytes`,
      );
    parts.push(part);
  }
  const text = textOf(concatBytes(...parts));
  if (text === undefined) throw new Refusal(code, name, 'It is not UTF-8 text');
  return text;
}

/** The lines of a file without their newlines, numbered from 1. The last line must end like the others. */
export async function* linesOf(
  files: PackFiles,
  name: string,
  maxLength: number,
): AsyncGenerator<{ number: number; text: string }> {
  let pending: Uint8Array[] = [];
  let pendingLength = 0;
  let number = 0;
  const refuse = (message: string) =>
    new Refusal('LINE_MALFORMED', `${name}, line ${number + 1}`, message);
  for await (const part of files.read(name)) {
    let start = 0;
    for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, start)) {
      pendingLength += end - start;
      if (pendingLength > maxLength)
        throw refuse(`It is longer than ${maxLength} bytes`);
      const text = textOf(concatBytes(...pending, part.subarray(start, end)));
      if (text === undefined) throw refuse('It is not UTF-8 text');
      number += 1;
      yield { number, text };
      pending = [];
      pendingLength = 0;
      start = end + 1;
    }
    if (start < part.length) {
      // A copy: the caller may use its buffer again.
      pending.push(part.slice(start));
      pendingLength += part.length - start;
      if (pendingLength > maxLength)
        throw refuse(`It is longer than ${maxLength} bytes`);
    }
  }
  if (pendingLength > 0) throw refuse('It is cut off: no newline at its end');
}
