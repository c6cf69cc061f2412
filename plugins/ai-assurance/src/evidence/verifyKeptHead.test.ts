import {
  assembleProof,
  checkpointBody,
  consistencyPath,
  leafHash,
  NodeRef,
  rootOf,
  signerFromSeed,
  signNote,
  toBase64,
  toHex,
  utf8,
} from '@ai-assurance/evidence';
import { readKeptHead, verifyKeptHead } from './verifyKeptHead';

const signer = signerFromSeed('log.example.com', new Uint8Array(32).fill(1));
const stranger = signerFromSeed('log.example.com', new Uint8Array(32).fill(2));
const leavesOf = (...texts: string[]) =>
  texts.map(text => leafHash(utf8(text)));
const log = leavesOf('a', 'b', 'c', 'd', 'e');

const headOf = (leaves: Uint8Array[], by = signer) =>
  signNote(
    checkpointBody({
      origin: 'log.example.com',
      size: leaves.length,
      rootHash: toHex(rootOf(leaves)),
    }),
    by,
  );

function answerOf(from: number, leaves: Uint8Array[]) {
  const hashes = assembleProof(
    consistencyPath(from, leaves.length),
    ({ level, index }: NodeRef) =>
      rootOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
  );
  return {
    from: { size: from, rootHash: '' },
    to: { size: leaves.length, rootHash: toHex(rootOf(leaves)) },
    hashes: hashes.map(toBase64),
    checkpoint: headOf(leaves),
  };
}
const keys = [signer.verifierKey];

describe('a head that somebody kept', () => {
  it('is read as it was pasted', () => {
    const text = `\n  ${headOf(log.slice(0, 3)).replace(/\n/g, '\r\n')}\n\n`;
    expect(readKeptHead(text)).toEqual({
      origin: 'log.example.com',
      size: 3,
      rootHash: toHex(rootOf(log.slice(0, 3))),
    });
    expect(() => readKeptHead('hello')).toThrow('no blank line');
  });

  it.each([1, 2, 3, 4, 5])('of %p items is continued by the log', size => {
    expect(
      verifyKeptHead(headOf(log.slice(0, size)), answerOf(size, log), [
        stranger.verifierKey,
        ...keys,
      ]),
    ).toEqual({ size: 5 });
  });

  it('shows a log that was rewritten', () => {
    const rewritten = leavesOf('a', 'x', 'c', 'd', 'e');
    expect(() =>
      verifyKeptHead(headOf(log.slice(0, 3)), answerOf(3, rewritten), keys),
    ).toThrow('the log of 5 entries does not continue the one of 3');
    expect(() =>
      verifyKeptHead(headOf(log), answerOf(5, rewritten), keys),
    ).toThrow('the log had another root at 5 entries: it was rewritten');
  });

  it('shows a log that was cut short', () => {
    const short = { ...answerOf(3, log), checkpoint: headOf(log.slice(0, 3)) };
    expect(() => verifyKeptHead(headOf(log), short, keys)).toThrow(
      'the log of 3 entries does not continue the one of 5: it was rewritten or cut short',
    );
  });

  it('proves nothing when the log never signed it', () => {
    expect(() =>
      verifyKeptHead(headOf(log.slice(0, 3), stranger), answerOf(3, log), keys),
    ).toThrow(
      'the head that you kept carries no signature of a key of this log',
    );
    const foreign = { ...answerOf(3, log), checkpoint: headOf(log, stranger) };
    expect(() =>
      verifyKeptHead(headOf(log.slice(0, 3)), foreign, keys),
    ).toThrow('today’s head carries no signature of a key of this log');
  });
});
