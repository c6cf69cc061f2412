import {
  concatBytes,
  fromBase64,
  Hasher,
  sha256,
  toBase64,
  utf8,
} from '../bytes/bytes';
import {
  hexOfKeyId,
  isEd25519Signature,
  NoteError,
  type NoteSignature,
  type VerifierKey,
} from './note';

// C2SP tlog-cosignature, version 1: Ed25519 over a text that names the time.
const ALGORITHM_COSIGNATURE_V1 = 0x04;
const TIME_LENGTH = 8;

function keyIdOf(
  name: string,
  publicKey: Uint8Array,
  hash: Hasher = sha256,
): number {
  const digest = hash(
    concatBytes(
      utf8(`${name}\n`),
      Uint8Array.of(ALGORITHM_COSIGNATURE_V1),
      publicKey,
    ),
  );
  return new DataView(digest.buffer, digest.byteOffset, 4).getUint32(0);
}

/** The key of a witness in one line, `name+keyid+base64(0x04, key)`. Throws NoteError `KEY_MALFORMED`. @public */
export function witnessKeyOf(name: string, publicKey: Uint8Array): string {
  const text = `${name}+${hexOfKeyId(keyIdOf(name, publicKey))}+${toBase64(
    concatBytes(Uint8Array.of(ALGORITHM_COSIGNATURE_V1), publicKey),
  )}`;
  parseWitnessKey(text);
  return text;
}

/** Reads the key of a witness (C2SP tlog-cosignature, Ed25519). Throws NoteError `KEY_MALFORMED`. @public */
export function parseWitnessKey(text: string): VerifierKey {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  const bytes = match ? fromBase64(match[3]) : undefined;
  if (
    !match ||
    !bytes ||
    bytes.length !== 33 ||
    bytes[0] !== ALGORITHM_COSIGNATURE_V1
  ) {
    throw new NoteError(
      'KEY_MALFORMED',
      'The key of a witness is one line: name+keyid+base64, of an Ed25519 cosignature key (type 4)',
    );
  }
  const publicKey = bytes.slice(1);
  const keyId = keyIdOf(match[1], publicKey);
  if (hexOfKeyId(keyId) !== match[2]) {
    throw new NoteError(
      'KEY_MALFORMED',
      `The key of ${match[1]} does not match its own id ${match[2]}`,
    );
  }
  return { name: match[1], keyId, publicKey };
}

/** The bytes that a witness signs: when it saw which head. @public */
export function cosignedBytes(body: string, timeSeconds: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${timeSeconds}\n${body}`);
}

/**
 * When a witness says it saw this head, in Unix seconds, once its signature held. `body` is the text of the head. Throws
 * NoteError `SIGNATURE_INVALID`.
 * @public
 */
export function verifyCosignature(
  body: string,
  cosignature: NoteSignature,
  witnessKey: string,
): number {
  const key = parseWitnessKey(witnessKey);
  const { signature } = cosignature;
  const refuse = (why: string) =>
    new NoteError('SIGNATURE_INVALID', `The cosignature of ${key.name} ${why}`);
  if (cosignature.name !== key.name || cosignature.keyId !== key.keyId)
    throw refuse('is of another key');
  if (signature.length !== TIME_LENGTH + 64) throw refuse('has another length');
  const time = Number(
    new DataView(signature.buffer, signature.byteOffset).getBigUint64(0),
  );
  if (
    !Number.isSafeInteger(time) ||
    !isEd25519Signature(
      signature.slice(TIME_LENGTH),
      cosignedBytes(body, time),
      key.publicKey,
    )
  )
    throw refuse('is not over this head');
  return time;
}
