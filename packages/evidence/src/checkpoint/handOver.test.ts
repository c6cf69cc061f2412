import { createPublicKey, verify } from 'node:crypto';
import { checkpointBody, verifyCheckpoint } from './checkpoint';
import { signHandOver, verifyHandOver } from './handOver';
import {
  NoteError,
  parseSignedNote,
  parseVerifierKey,
  signerFromSeed,
  signNote,
} from './note';

const origin = 'ledger.example/demo';
const oldSigner = signerFromSeed(origin, new Uint8Array(32).fill(7));
const newSigner = signerFromSeed(origin, new Uint8Array(32).fill(8));
const stranger = signerFromSeed(origin, new Uint8Array(32).fill(9));
const statement = {
  origin,
  fromSize: 12,
  oldKey: oldSigner.verifierKey,
  newKey: newSigner.verifierKey,
};

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as NoteError).code;
  }
}

describe('the hand-over of a log from key to key', () => {
  const note = signHandOver(statement, oldSigner, newSigner);

  it('says what both keys signed', () => {
    expect(verifyHandOver(note)).toEqual(statement);
  });

  it('is signed by both as node:crypto sees it too', () => {
    const { body, signatures } = parseSignedNote(note);
    const good = [oldSigner, newSigner].map((signer, i) => {
      const { publicKey } = parseVerifierKey(signer.verifierKey);
      const spki = Buffer.concat([
        Buffer.from('302a300506032b6570032100', 'hex'),
        publicKey,
      ]);
      return verify(
        null,
        Buffer.from(body),
        createPublicKey({ key: spki, format: 'der', type: 'spki' }),
        signatures[i].signature,
      );
    });
    expect(good).toEqual([true, true]);
  });

  it('needs both signatures', () => {
    const { body } = parseSignedNote(note);
    for (const one of [oldSigner, newSigner])
      expect(codeOf(() => verifyHandOver(signNote(body, one)))).toBe(
        'KEY_UNKNOWN',
      );
  });

  it('cannot be made by a stranger who adds a line to what the old key signed', () => {
    const head = signNote(
      checkpointBody({ origin, size: 12, rootHash: '00'.repeat(32) }),
      oldSigner,
      stranger,
    );
    expect(codeOf(() => verifyHandOver(head))).toBe('NOTE_MALFORMED');
    const toStranger = { ...statement, newKey: stranger.verifierKey };
    const forged = signHandOver(toStranger, stranger, stranger);
    expect(codeOf(() => verifyHandOver(forged))).toBe('KEY_UNKNOWN');
  });

  it('never passes for a head, and no head for it', () => {
    expect(codeOf(() => verifyCheckpoint(note, oldSigner.verifierKey))).toBe(
      'CHECKPOINT_MALFORMED',
    );
  });

  it('fails when a word of it is changed', () => {
    for (const [from, to] of [
      ['from 12', 'from 13'],
      [`log ${origin}`, 'log elsewhere'],
    ])
      expect(codeOf(() => verifyHandOver(note.replace(from, to)))).toBe(
        'SIGNATURE_INVALID',
      );
    expect(codeOf(() => verifyHandOver(''))).toBe('NOTE_MALFORMED');
  });

  it('is not from a key to itself', () => {
    const same = { ...statement, newKey: oldSigner.verifierKey };
    expect(
      codeOf(() => verifyHandOver(signHandOver(same, oldSigner, oldSigner))),
    ).toBe('NOTE_MALFORMED');
  });
});
