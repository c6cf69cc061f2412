import { ed25519 } from '@noble/curves/ed25519.js';
import {
  concatBytes,
  fromBase64,
  Hasher,
  sha256,
  toBase64,
  toHex,
  utf8,
} from '../bytes/bytes';

const ALGORITHM_ED25519 = 0x01;
const MAX_NOTE_LENGTH = 256 * 1024;
const MAX_SIGNATURES = 64;
const EM_DASH = '\u2014';

/**
 * Who signs notes. `sign` gives the bare Ed25519 signature (64 bytes) of exactly the bytes it is handed.
 * @public
 */
export interface NoteSigner {
  readonly name: string;
  /** First four bytes of the key's hash as an unsigned number; see {@link keyIdOf}. */
  readonly keyId: number;
  sign(bytes: Uint8Array): Uint8Array;
}

/** A public key as C2SP signed-note writes it, taken apart. @public */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: number;
  readonly publicKey: Uint8Array;
}

/** One signature line of a note. @public */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A note taken apart, not yet believed. `body` ends in a newline and is what the signatures cover. @public */
export interface SignedNote {
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * Why a note or what it carries cannot be believed.
 * @public
 */
export type NoteErrorCode =
  | 'NOTE_MALFORMED'
  | 'KEY_MALFORMED'
  | 'KEY_UNKNOWN'
  | 'SIGNATURE_INVALID'
  | 'CHECKPOINT_MALFORMED'
  | 'PROOF_MALFORMED'
  | 'PROOF_INVALID';

/** A note that cannot be believed; `code` says why. @public */
export class NoteError extends Error {
  readonly code: NoteErrorCode;

  constructor(code: NoteErrorCode, message: string) {
    super(message);
    this.name = 'NoteError';
    this.code = code;
  }
}

/**
 * Short identifier of an Ed25519 key under a name: first four bytes of SHA-256(name, newline, 0x01, key), big-endian. Not a
 * fingerprint: anyone can make a key with the same one, so a verifier MUST hold the whole key.
 * @public
 */
export function keyIdOf(
  name: string,
  publicKey: Uint8Array,
  hash: Hasher = sha256,
): number {
  const digest = hash(
    concatBytes(utf8(`${name}\n`), Uint8Array.of(ALGORITHM_ED25519), publicKey),
  );
  return new DataView(digest.buffer, digest.byteOffset, 4).getUint32(0);
}

/**
 * A public key in one line: `name+keyid+base64(0x01, key)`, the form that Go's and C2SP's tools read. Throws NoteError
 * `KEY_MALFORMED` on a name with spaces or plus, or a key that has not 32 bytes.
 * @public
 */
export function verifierKeyOf(name: string, publicKey: Uint8Array): string {
  if (!isKeyName(name))
    throw new NoteError(
      'KEY_MALFORMED',
      `"${name}" cannot name a key: no spaces, no plus, not empty`,
    );
  if (publicKey.length !== 32)
    throw new NoteError(
      'KEY_MALFORMED',
      `An Ed25519 key has 32 bytes, not ${publicKey.length}`,
    );
  const encoded = toBase64(
    concatBytes(Uint8Array.of(ALGORITHM_ED25519), publicKey),
  );
  return `${name}+${hexOfKeyId(keyIdOf(name, publicKey))}+${encoded}`;
}

/** Reads a verifier key; its id is recomputed. Throws NoteError `KEY_MALFORMED`. @public */
export function parseVerifierKey(text: string): VerifierKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  const bytes = match ? fromBase64(match[3]) : undefined;
  if (!match || !bytes || !isKeyName(match[1])) {
    throw new NoteError(
      'KEY_MALFORMED',
      'A verifier key is one line: name+keyid+base64',
    );
  }
  if (bytes.length !== 33 || bytes[0] !== ALGORITHM_ED25519) {
    throw new NoteError(
      'KEY_MALFORMED',
      `The verifier key of ${match[1]} is not an Ed25519 key`,
    );
  }
  const publicKey = bytes.slice(1);
  const keyId = keyIdOf(match[1], publicKey);
  if (hexOfKeyId(keyId) !== match[2]) {
    throw new NoteError(
      'KEY_MALFORMED',
      `The verifier key of ${match[1]} does not match its own id ${match[2]}`,
    );
  }
  return { name: match[1], keyId, publicKey };
}

/** The eight hexadecimal digits by which people name a key. @public */
export function hexOfKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}

/**
 * A signer from a 32-byte Ed25519 seed, in plain JavaScript, with its verifier key. The seed is the private key: the caller
 * MUST keep it secret.
 * @public
 */
export function signerFromSeed(
  name: string,
  seed: Uint8Array,
): NoteSigner & { readonly verifierKey: string } {
  const publicKey = ed25519.getPublicKey(seed);
  return {
    name,
    keyId: keyIdOf(name, publicKey),
    verifierKey: verifierKeyOf(name, publicKey),
    sign: bytes => ed25519.sign(bytes, seed),
  };
}

/**
 * Signs a text (C2SP signed-note): the body, a blank line, one signature line for each signer. The body MUST be non-empty,
 * end in a newline and hold no other control characters; else NoteError `NOTE_MALFORMED`.
 * @public
 */
export function signNote(
  body: string,
  signer: NoteSigner,
  ...others: NoteSigner[]
): string {
  if (!isNoteText(body) || !body.endsWith('\n')) {
    throw new NoteError(
      'NOTE_MALFORMED',
      'A note ends in a newline and has no other control characters',
    );
  }
  const bytes = utf8(body);
  const lines = [signer, ...others].map(each => signatureLine(bytes, each));
  return `${body}\n${lines.join('')}`;
}

function signatureLine(body: Uint8Array, signer: NoteSigner): string {
  if (!isKeyName(signer.name))
    throw new NoteError('KEY_MALFORMED', `"${signer.name}" cannot name a key`);
  const keyId = new Uint8Array(4);
  new DataView(keyId.buffer).setUint32(0, signer.keyId);
  const line = toBase64(concatBytes(keyId, signer.sign(body)));
  return `${EM_DASH} ${signer.name} ${line}\n`;
}

/** Takes a note apart without believing it. Throws NoteError `NOTE_MALFORMED`. @public */
export function parseSignedNote(text: string): SignedNote {
  if (text.length > MAX_NOTE_LENGTH)
    throw malformed(`longer than ${MAX_NOTE_LENGTH} characters`);
  if (!isNoteText(text))
    throw malformed('it holds control characters or broken text');
  // The last blank line divides; the body may hold blank lines itself.
  const split = text.lastIndexOf('\n\n');
  if (split < 0 || !text.endsWith('\n'))
    throw malformed('no blank line, or no newline at its end');
  const lines = text.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES)
    throw malformed(`more than ${MAX_SIGNATURES} signatures`);
  return {
    body: text.slice(0, split + 1),
    signatures: lines.map(readSignatureLine),
  };
}

/**
 * Believes a note: returns its body when the given key signed it. Signatures of other keys are ignored, as the
 * specification demands. Throws NoteError: `NOTE_MALFORMED`, `KEY_MALFORMED`, `KEY_UNKNOWN` when this key signed nothing,
 * `SIGNATURE_INVALID` when what it is said to have signed is not this.
 * @public
 */
export function openNote(text: string, verifierKey: string): string {
  const key = parseVerifierKey(verifierKey);
  const note = parseSignedNote(text);
  const mine = note.signatures.filter(
    s => s.name === key.name && s.keyId === key.keyId,
  );
  if (mine.length === 0) {
    const signers = note.signatures
      .map(s => `${s.name} (${hexOfKeyId(s.keyId)})`)
      .join(', ');
    throw new NoteError(
      'KEY_UNKNOWN',
      `Signed by ${signers}, not by ${key.name} (${hexOfKeyId(key.keyId)})`,
    );
  }
  const body = utf8(note.body);
  if (!mine.every(s => isEd25519Signature(s.signature, body, key.publicKey))) {
    throw new NoteError(
      'SIGNATURE_INVALID',
      `The signature of ${key.name} is not over this text`,
    );
  }
  return note.body;
}

/** Whether these 64 bytes are the key's signature of the message. Nothing throws. */
export function isEd25519Signature(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  if (signature.length !== 64) return false;
  try {
    // RFC 8032 strictly: with the laxer ZIP-215 rules one message could carry several valid encodings of a signature.
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // A key or point that is none: it proves nothing.
  }
}

/** Reads one signature line of a note, without its newline. Throws NoteError `NOTE_MALFORMED`. @public */
export function readSignatureLine(line: string): NoteSignature {
  const match = /^\u2014 (\S+) (\S+)$/u.exec(line);
  const bytes = match ? fromBase64(match[2]) : undefined;
  if (!match || !bytes || bytes.length < 5 || !isKeyName(match[1]))
    throw malformed('a signature line cannot be read');
  return {
    name: match[1],
    keyId: new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0),
    signature: bytes.slice(4),
  };
}

function isKeyName(name: string): boolean {
  return /^[^\s+]+$/u.test(name) && isNoteText(name);
}

/** UTF-8 text without control characters, but for the newline where it is allowed. */
export function isPlainText(
  text: string,
  newline: 'allowed' | 'refused',
): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 && !(unit === 0x0a && newline === 'allowed')) return false;
  }
  return text.length > 0 && !/\p{Surrogate}/u.test(text);
}

function isNoteText(text: string): boolean {
  return isPlainText(text, 'allowed');
}

function malformed(why: string): NoteError {
  return new NoteError('NOTE_MALFORMED', `Not a signed note: ${why}`);
}

/** Fingerprint of a key for people to compare by eye: SHA-256 of its 32 bytes, hexadecimal. @public */
export function fingerprintOf(key: VerifierKey): string {
  return toHex(sha256(key.publicKey));
}
