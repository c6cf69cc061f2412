import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { toHex, utf8 } from '../bytes/bytes';
import { assembleProof, inclusionPath } from '../merkle/proofs';
import {
  appendToFrontier,
  emptyFrontier,
  frontierRoot,
  leafHash,
  NodeRef,
} from '../merkle/tree';
import {
  checkpointBody,
  parseCheckpointBody,
  verifyCheckpoint,
} from './checkpoint';
import {
  fingerprintOf,
  NoteError,
  openNote,
  parseSignedNote,
  parseVerifierKey,
  signerFromSeed,
  signNote,
  verifierKeyOf,
} from './note';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlogProof';

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof NoteError) return error.code;
    throw error;
  }
  return 'none';
}

const signer = signerFromSeed(
  'ledger.example/demo',
  new Uint8Array(32).fill(7),
);
const other = signerFromSeed(
  'ledger.example/other',
  new Uint8Array(32).fill(8),
);
const rootHash = toHex(leafHash(utf8('leaf')));
const head = signNote(
  checkpointBody({ origin: 'ledger.example/demo', size: 1, rootHash }),
  signer,
);

describe('signed notes', () => {
  // The example of Go's golang.org/x/mod/sumdb/note, which C2SP signed-note was written from.
  const key =
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const body =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const line =
    '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

  it('read what another implementation signed', () => {
    expect(openNote(`${body}\n${line}`, key)).toBe(body);
    const { name, publicKey } = parseVerifierKey(key);
    expect(verifierKeyOf(name, publicKey)).toBe(key);
  });

  it('read the example of the specification, whose body has a blank line', () => {
    const note =
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
      '\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';
    const parsed = parseSignedNote(note);
    expect(parsed.body.endsWith(':\n\ned è subito sera.\n')).toBe(true);
    expect(
      parsed.signatures.map(s => [
        s.name,
        s.keyId.toString(16),
        s.signature.length,
      ]),
    ).toEqual([['quasimodo.example/salvatore', '367ba04b', 64]]);
  });

  it('ignore signatures of other keys, and refuse when the known key signed nothing', () => {
    const both =
      signNote(body, signer) + signNote(body, other).slice(body.length + 1);
    expect(openNote(both, signer.verifierKey)).toBe(body);
    expect(openNote(both, other.verifierKey)).toBe(body);
    expect(codeOf(() => openNote(both, key))).toBe('KEY_UNKNOWN');
  });

  it('refuse another text under the same signature', () => {
    expect(
      codeOf(() =>
        openNote(head.replace('\n1\n', '\n2\n'), signer.verifierKey),
      ),
    ).toBe('SIGNATURE_INVALID');
  });

  it.each([
    ['no blank line', 'text\n\u2014 a AAAAAAAA\n'],
    ['no newline at the end', head.slice(0, -1)],
    ['a carriage return', head.replace('\n', '\r\n')],
    ['another dash', head.replace('\u2014', '-')],
    [
      'base64 with stray bits',
      head.replace(/.=\n$/, m => `${m[0] === 'B' ? 'C' : 'B'}=\n`),
    ],
    ['a signature without bytes', 'text\n\n\u2014 a AAAAAA==\n'],
    ['nothing signed', 'text\n\n'],
    ['too many signatures', `text\n\n${'\u2014 a AAAAAAAA\n'.repeat(65)}`],
    ['too long', `${'x'.repeat(300_000)}\n\n\u2014 a AAAAAAAA\n`],
  ])('refuse a note with %s', (_, text) => {
    expect(codeOf(() => parseSignedNote(text))).toBe('NOTE_MALFORMED');
  });

  it.each([
    ['nothing', ''],
    ['no key', 'name+00000000'],
    ['an id that is not its own', key.replace('c74f20a3', 'c74f20a4')],
    ['another algorithm', key.replace('ARpc', 'Ahpc')],
  ])('refuse a verifier key with %s', (_, text) => {
    expect(codeOf(() => parseVerifierKey(text))).toBe('KEY_MALFORMED');
  });

  it('refuse to sign what cannot be a note', () => {
    expect(codeOf(() => signNote('no newline', signer))).toBe('NOTE_MALFORMED');
    expect(codeOf(() => signNote('tab\t\n', signer))).toBe('NOTE_MALFORMED');
    expect(codeOf(() => signNote('text\n', { ...signer, name: 'a b' }))).toBe(
      'KEY_MALFORMED',
    );
  });

  it('name a key by a fingerprint for people to compare', () => {
    expect(fingerprintOf(parseVerifierKey(key))).toBe(
      toHex(
        createHash('sha256').update(parseVerifierKey(key).publicKey).digest(),
      ),
    );
  });
});

describe('heads', () => {
  it('are written as C2SP tlog-checkpoint has it', () => {
    const example =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
    const checkpoint = parseCheckpointBody(example);
    expect(checkpoint).toEqual({
      origin: 'example.com/behind-the-sofa',
      size: 20852163,
      rootHash:
        '0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62',
    });
    expect(checkpointBody(checkpoint)).toBe(example);
  });

  it('state origin, size and root once the signature held', () => {
    expect(verifyCheckpoint(head, signer.verifierKey)).toEqual({
      origin: 'ledger.example/demo',
      size: 1,
      rootHash,
    });
  });

  it('fail on any changed character', () => {
    fc.assert(
      fc.property(
        fc.nat(head.length - 1),
        fc.constantFrom('A', 'z', '0', '\n', ' ', '+'),
        (at, put) => {
          fc.pre(head[at] !== put);
          const changed = head.slice(0, at) + put + head.slice(at + 1);
          expect(
            codeOf(() => verifyCheckpoint(changed, signer.verifierKey)),
          ).toMatch(/^(NOTE_MALFORMED|KEY_UNKNOWN|SIGNATURE_INVALID)$/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a leading zero', 'o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    [
      'a size beyond exact numbers',
      'o\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    ],
    ['a short root', 'o\n1\nCsUY\n'],
    [
      'an empty extension line',
      'o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n',
    ],
    ['too few lines', 'o\n1\n'],
  ])('refuse %s', (_, body) => {
    expect(codeOf(() => parseCheckpointBody(body))).toBe(
      'CHECKPOINT_MALFORMED',
    );
  });

  it.each([
    ['an origin of two lines', { origin: 'a\nb', size: 1, rootHash }],
    ['a negative size', { origin: 'a', size: -1, rootHash }],
    [
      'a root in upper case',
      { origin: 'a', size: 1, rootHash: rootHash.toUpperCase() },
    ],
  ])('are not written with %s', (_, checkpoint) => {
    expect(codeOf(() => checkpointBody(checkpoint))).toBe(
      'CHECKPOINT_MALFORMED',
    );
  });
});

describe('proofs that stand alone', () => {
  const nodes = new Map<string, Uint8Array>();
  const hashes = [...Array(7).keys()].map(i => leafHash(utf8(`leaf ${i}`)));
  let frontier = emptyFrontier;
  for (const hash of hashes) {
    const next = appendToFrontier(frontier, hash);
    for (const node of next.created)
      nodes.set(`${node.level}/${node.index}`, node.hash);
    frontier = next.frontier;
  }
  const at = (ref: NodeRef) => nodes.get(`${ref.level}/${ref.index}`)!;
  const checkpoint = signNote(
    checkpointBody({
      origin: 'ledger.example/demo',
      size: 7,
      rootHash: toHex(frontierRoot(frontier)),
    }),
    signer,
  );
  const proofOf = (index: number, extra?: Uint8Array) =>
    formatTlogProof({
      index,
      hashes: assembleProof(inclusionPath(index, 7), at),
      checkpoint,
      extra,
    });

  it('hold for every leaf, through text and back', () => {
    hashes.forEach((hash, index) => {
      expect(
        verifyTlogProof({
          proof: proofOf(index),
          leafHash: hash,
          verifierKey: signer.verifierKey,
        }),
      ).toEqual({
        checkpoint: {
          origin: 'ledger.example/demo',
          size: 7,
          rootHash: toHex(frontierRoot(frontier)),
        },
        index,
      });
    });
    expect(parseTlogProof(proofOf(2, utf8('more'))).extra).toEqual(
      utf8('more'),
    );
  });

  it('fail for another leaf, another index and another key, each by its name', () => {
    const of = (
      proof: string,
      leaf = hashes[2],
      verifierKey = signer.verifierKey,
    ) => codeOf(() => verifyTlogProof({ proof, leafHash: leaf, verifierKey }));
    expect(of(proofOf(2))).toBe('none');
    expect(of(proofOf(2), hashes[3])).toBe('PROOF_INVALID');
    expect(of(proofOf(2).replace('index 2', 'index 3'))).toBe('PROOF_INVALID');
    expect(of(proofOf(2).replace('index 2', 'index 02'))).toBe(
      'PROOF_MALFORMED',
    );
    expect(of(proofOf(2).replace('@v1', '@v2'))).toBe('PROOF_MALFORMED');
    expect(of(proofOf(2).replace('\nindex', '\nextra !\nindex'))).toBe(
      'PROOF_MALFORMED',
    );
    expect(of(proofOf(2), hashes[2], other.verifierKey)).toBe('KEY_UNKNOWN');
    expect(of(proofOf(2).replace('\n7\n', '\n8\n'))).toBe('SIGNATURE_INVALID');
  });
});
