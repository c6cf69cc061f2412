import { createHash, createPublicKey, verify } from 'node:crypto';
import { checkpointBody } from './checkpoint';
import { signerFromSeed, signNote } from './note';

// A reader of checkpoints that shares no line with this library: written from the C2SP specifications signed-note and
// tlog-checkpoint, with nothing but node:crypto. What it believes, strangers' tools believe.

function readByTheBook(
  note: string,
  key: string,
): { origin: string; size: bigint; root: Buffer } {
  // signed-note: "<key name>+<hex(key ID)>+<base64(signature type || public key)>"
  const [name, keyIdHex, ...encodedParts] = key.split('+');
  const typed = Buffer.from(encodedParts.join('+'), 'base64');
  if (typed[0] !== 0x01 || typed.length !== 33)
    throw new Error('not an Ed25519 key');
  // key ID: the first 4 bytes of SHA-256(key name || 0x0A || signature type || public key)
  const keyId = createHash('sha256')
    .update(name)
    .update('\n')
    .update(typed)
    .digest()
    .subarray(0, 4);
  if (keyId.toString('hex') !== keyIdHex) throw new Error('wrong key ID');

  // "a text, followed by an empty line, followed by one or more signature lines"; the last empty line divides.
  const bytes = Buffer.from(note);
  const divide = bytes.lastIndexOf('\n\n');
  if (divide < 0 || bytes[bytes.length - 1] !== 0x0a)
    throw new Error('not a note');
  const text = bytes.subarray(0, divide + 1);
  const lines = bytes
    .subarray(divide + 2, bytes.length - 1)
    .toString()
    .split('\n');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: typed.subarray(1).toString('base64url'),
    },
  });
  // "— <key name> base64(32-bit key ID || signature)"
  const holds = lines.some(line => {
    const [dash, signerName, encoded] = line.split(' ');
    const signature = Buffer.from(encoded, 'base64');
    return (
      dash === '\u2014' &&
      signerName === name &&
      signature.subarray(0, 4).equals(keyId) &&
      verify(null, text, publicKey, signature.subarray(4))
    );
  });
  if (!holds) throw new Error('not signed by this key');

  // tlog-checkpoint: origin, tree size in decimal, root hash in base64, each on its line
  const [origin, size, root] = text.toString().split('\n');
  if (!/^(0|[1-9][0-9]*)$/.test(size)) throw new Error('no tree size');
  return { origin, size: BigInt(size), root: Buffer.from(root, 'base64') };
}

describe('a checkpoint of ours', () => {
  const signer = signerFromSeed(
    'ai-assurance.example/log',
    new Uint8Array(32).fill(7),
  );

  it.each([0, 1, 255, 1_000_000, Number.MAX_SAFE_INTEGER])(
    'of %i entries is believed by an independent reader',
    size => {
      const rootHash = createHash('sha256').update(String(size)).digest('hex');
      const note = signNote(
        checkpointBody({ origin: signer.name, size, rootHash }),
        signer,
      );
      expect(readByTheBook(note, signer.verifierKey)).toEqual({
        origin: 'ai-assurance.example/log',
        size: BigInt(size),
        root: Buffer.from(rootHash, 'hex'),
      });
    },
  );

  it('is not believed by it once a character changed', () => {
    const note = signNote(
      checkpointBody({
        origin: signer.name,
        size: 12,
        rootHash: '0'.repeat(64),
      }),
      signer,
    );
    expect(() =>
      readByTheBook(note.replace('\n12\n', '\n13\n'), signer.verifierKey),
    ).toThrow('not signed by this key');
  });
});
