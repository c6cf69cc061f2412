import {
  fromBase64,
  type KnownHead,
  parseVerifierKey,
} from '@ai-assurance/evidence';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../words';

/** The key of `--key`, given as its line, as its fingerprint or as a file that holds one of them. Throws UsageError. */
export async function readKeyOption(
  given: string | undefined,
): Promise<string | undefined> {
  if (given === undefined) return undefined;
  if (isVerifierKey(given) || isFingerprint(given)) return given;
  let text: string;
  try {
    text = await readFile(given, 'utf8');
  } catch {
    throw new UsageError(
      `--key is neither a verifier key (name+keyid+base64), nor a fingerprint (64 hexadecimal digits), nor a file that can be read: ${given}`,
    );
  }
  const key = text.trim();
  if (!isVerifierKey(key) && !isFingerprint(key))
    throw new UsageError(
      `The file ${given} does not hold a verifier key, one line, name+keyid+base64, nor a fingerprint`,
    );
  return key;
}

/** The text of a file that an option names. Throws UsageError. */
export async function readFileOption(
  name: string,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`${name}: ${file} cannot be read`);
  }
}

/** The head of `--head`, and the proof of `--consistency` where it was given. Throws UsageError. */
export async function readHeadOption(
  head: string | undefined,
  consistency: string | undefined,
): Promise<KnownHead | undefined> {
  const checkpoint = await readFileOption('--head', head);
  const proof = await readFileOption('--consistency', consistency);
  if (checkpoint === undefined) {
    if (proof === undefined) return undefined;
    throw new UsageError(
      '--consistency proves something of the head that you hold: give it as --head',
    );
  }
  if (proof === undefined) return { checkpoint };
  let answer: { hashes?: unknown };
  try {
    answer = JSON.parse(proof);
  } catch {
    answer = {};
  }
  const hashes = Array.isArray(answer?.hashes) ? answer.hashes : [undefined];
  const consistencyProof = hashes.map(hash =>
    typeof hash === 'string' ? fromBase64(hash) : undefined,
  );
  if (!consistencyProof.every(hash => hash !== undefined))
    throw new UsageError(
      `--consistency: ${consistency} is not what GET /ledger/consistency answers: JSON with hashes in base64`,
    );
  return { checkpoint, consistencyProof };
}

/** Whether a key is given by its fingerprint: the SHA-256 of its 32 bytes, as packs and the portal show it. */
export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function isVerifierKey(text: string): boolean {
  try {
    parseVerifierKey(text);
    return true;
  } catch {
    return false;
  }
}

/** A whole number of 1 or more, up to a bound. Throws UsageError. */
export function wholeNumber(
  name: string,
  given: string | undefined,
  fallback: number,
  most: number,
): number {
  if (given === undefined) return fallback;
  const value = /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (value < 1 || value > most)
    throw new UsageError(
      `${name} is a whole number from 1 to ${most}, not ${given}`,
    );
  return value;
}

/** An error of the system in words. */
export function unreadable(path: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new UsageError(`There is no file ${path}`);
  if (code === 'EISDIR')
    return new UsageError(`${path} is a folder, not a file`);
  if (code === 'EACCES' || code === 'EPERM')
    return new UsageError(`${path} may not be read by this user`);
  return error instanceof Error ? error : new Error(String(error));
}
