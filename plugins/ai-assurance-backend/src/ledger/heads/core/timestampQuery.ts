// The little DER that a time-stamp query needs (RFC 3161, 2.4.1). Every length here is below 128, so one byte says it.

const tag = { boolean: 0x01, integer: 0x02, octets: 0x04, null: 0x05 };
const sequenceTag = 0x30;
// 2.16.840.1.101.3.4.2.1, SHA-256.
const sha256Oid = Uint8Array.of(
  0x06,
  0x09,
  0x60,
  0x86,
  0x48,
  0x01,
  0x65,
  0x03,
  0x04,
  0x02,
  0x01,
);

function element(type: number, ...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > 127) throw new RangeError(`${length} bytes need a long length`);
  const bytes = new Uint8Array(2 + length);
  bytes.set([type, length]);
  let at = 2;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A nonce as a positive integer in its shortest form, as DER wants it. */
export function nonceOf(random: Uint8Array): Uint8Array {
  const nonce = Uint8Array.from(random);
  // Below 0x80 it is positive, above 0 it is as short as it can be.
  nonce[0] = (nonce[0] % 0x7f) + 1;
  return nonce;
}

/** Asks for a time-stamp over a SHA-256, with the authority's certificate in the answer. */
export function timestampQuery(
  sha256: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  return element(
    sequenceTag,
    element(tag.integer, Uint8Array.of(1)),
    element(
      sequenceTag,
      element(sequenceTag, sha256Oid, element(tag.null)),
      element(tag.octets, sha256),
    ),
    element(tag.integer, nonce),
    element(tag.boolean, Uint8Array.of(0xff)),
  );
}
