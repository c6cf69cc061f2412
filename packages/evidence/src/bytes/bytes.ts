import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

/**
 * SHA-256 of some bytes. Every function here that hashes takes one as an optional last argument, so that a server can
 * hand in its native one; the default runs anywhere.
 * @public
 */
export type Hasher = (bytes: Uint8Array) => Uint8Array;

/**
 * SHA-256 that is fed piece by piece, for files too large to hold.
 * @public
 */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** The hash of all that was fed. MUST be called once. */
  digest(): Uint8Array;
}

/** SHA-256 in plain JavaScript: the same answer in browser and server. Safe to repeat. @public */
export const sha256: Hasher = bytes => nobleSha256(bytes);

/** A fresh running SHA-256 in plain JavaScript. @public */
export function startSha256(): RunningHash {
  const running = nobleSha256.create();
  return {
    update: bytes => {
      running.update(bytes);
    },
    digest: () => running.digest(),
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. @public */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes; `undefined` when they are not valid UTF-8. A byte-order mark is kept, so that no byte is lost. @public */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** Lower-case hexadecimal. @public */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (let i = 0; i < bytes.length; i++) hex += hexOfByte[bytes[i]];
  return hex;
}

/** Bytes of lower-case hexadecimal; `undefined` for anything else, upper case included: one value has one spelling. @public */
export function fromHex(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/.test(hex)) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Standard base64 with padding (RFC 4648, section 4). @public */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * Bytes of standard base64; `undefined` for any other spelling of the same bytes (missing padding, stray trailing bits,
 * white space). Two texts that decode alike would let a signed line be changed unnoticed.
 * @public
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
    return undefined;
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return toBase64(bytes) === text ? bytes : undefined;
}

/** One array of all parts in order. @public */
export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether both hold the same bytes. Not constant-time: nothing compared here is secret. @public */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Digest of exact bytes in the way evidence names it: `sha256:` and 64 hexadecimal digits. @public */
export function digestOf(bytes: Uint8Array, hash: Hasher = sha256): string {
  return `sha256:${toHex(hash(bytes))}`;
}
