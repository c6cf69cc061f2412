import fc from 'fast-check';
import { utf8 } from '../bytes/bytes';
import { checkpointBody } from '../checkpoint/checkpoint';
import { NoteError, signerFromSeed, signNote } from '../checkpoint/note';
import {
  formatTlogProof,
  OpenedCheckpoint,
  verifyTlogProof,
} from '../checkpoint/tlogProof';
import { toHex } from '../bytes/bytes';
import {
  assembleProof,
  consistencyPath,
  inclusionPath,
  verifyConsistency,
} from './proofs';
import {
  appendToFrontier,
  emptyFrontier,
  frontierRoot,
  growTree,
  leafHash,
  rootOf,
} from './tree';

const signer = signerFromSeed('tests.example/log', new Uint8Array(32).fill(1));

/** All complete subtrees of some leaves. */
function treeOf(leaves: Uint8Array[]) {
  const nodes = new Map<string, Uint8Array>();
  let frontier = emptyFrontier;
  for (const leaf of leaves) {
    const step = appendToFrontier(frontier, leaf);
    frontier = step.frontier;
    for (const { level, index, hash } of step.created)
      nodes.set(`${level}/${index}`, hash);
  }
  const at = ({ level, index }: { level: number; index: number }) =>
    nodes.get(`${level}/${index}`)!;
  return { root: frontierRoot(frontier), at };
}

const texts = fc.array(fc.string(), { minLength: 2, maxLength: 40 });

/** A log of some entries, a place in it, and the proof of what stands there. */
const proven = fc
  .tuple(texts, fc.nat())
  .map(([entries, nat]) => ({ entries, index: nat % entries.length }))
  .map(({ entries, index }) => {
    const leaves = entries.map((entry, i) => leafHash(utf8(`${i}:${entry}`)));
    const { root, at } = treeOf(leaves);
    const hashes = assembleProof(inclusionPath(index, leaves.length), at);
    const checkpoint = headOf(leaves.length, root);
    return { leaves, index, hashes, checkpoint, at, root };
  });

function headOf(size: number, root: Uint8Array): string {
  return signNote(
    checkpointBody({ origin: signer.name, size, rootHash: toHex(root) }),
    signer,
  );
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof NoteError) return error.code;
    throw error;
  }
  return 'none';
}

const verify = (proof: string, leaf: Uint8Array) =>
  codeOf(() =>
    verifyTlogProof({
      proof,
      leafHash: leaf,
      verifierKey: signer.verifierKey,
    }),
  );

const changedByte = (bytes: Uint8Array, at: number) => {
  const changed = bytes.slice();
  changed[at % bytes.length] ^= 1 + (at % 255);
  return changed;
};

describe('tampering', () => {
  it('with a leaf is PROOF_INVALID', () => {
    fc.assert(
      fc.property(
        proven,
        fc.nat(),
        ({ leaves, index, hashes, checkpoint }, at) => {
          const proof = formatTlogProof({ index, hashes, checkpoint });
          expect(verify(proof, leaves[index])).toBe('none');
          expect(verify(proof, changedByte(leaves[index], at))).toBe(
            'PROOF_INVALID',
          );
        },
      ),
    );
  });

  it('with the order is PROOF_INVALID: no other place proves a leaf', () => {
    fc.assert(
      fc.property(
        proven,
        fc.nat(),
        ({ leaves, index, hashes, checkpoint }, nat) => {
          const other = nat % leaves.length;
          fc.pre(other !== index);
          const proof = formatTlogProof({ index: other, hashes, checkpoint });
          expect(verify(proof, leaves[index])).toBe('PROOF_INVALID');
          // And two entries that changed places are another tree.
          const swapped = leaves.slice();
          [swapped[index], swapped[other]] = [leaves[other], leaves[index]];
          expect(rootOf(swapped)).not.toEqual(rootOf(leaves));
        },
      ),
    );
  });

  it('with the count is SIGNATURE_INVALID in the head, and PROOF_INVALID under a head of another size', () => {
    fc.assert(
      fc.property(
        proven,
        fc.integer({ min: 1, max: 1000 }),
        ({ leaves, index, hashes, checkpoint, root }, size) => {
          fc.pre(size !== leaves.length);
          const counted = checkpoint.replace(
            `\n${leaves.length}\n`,
            `\n${size}\n`,
          );
          expect(
            verify(
              formatTlogProof({ index, hashes, checkpoint: counted }),
              leaves[index],
            ),
          ).toBe('SIGNATURE_INVALID');
          // The signer itself states another count for the same root: the way up has another shape, or this leaf none.
          const proofUnder = formatTlogProof({
            index,
            hashes,
            checkpoint: headOf(size, root),
          });
          const sameShape =
            index < size &&
            JSON.stringify(shapeOf(index, size)) ===
              JSON.stringify(shapeOf(index, leaves.length));
          expect(verify(proofUnder, leaves[index])).toBe(
            sameShape ? 'none' : 'PROOF_INVALID',
          );
        },
      ),
    );
  });

  it('with any character of the head has a code of its own', () => {
    fc.assert(
      fc.property(
        proven,
        fc.nat(),
        ({ leaves, index, hashes, checkpoint }, nat) => {
          const at = nat % checkpoint.length;
          const changed =
            checkpoint.slice(0, at) +
            (checkpoint[at] === 'x' ? 'y' : 'x') +
            checkpoint.slice(at + 1);
          expect([
            'SIGNATURE_INVALID',
            'KEY_UNKNOWN',
            'NOTE_MALFORMED',
            'CHECKPOINT_MALFORMED',
          ]).toContain(
            verify(
              formatTlogProof({ index, hashes, checkpoint: changed }),
              leaves[index],
            ),
          );
        },
      ),
    );
  });

  it('with a proof is PROOF_INVALID or PROOF_MALFORMED: a changed, missing or added hash', () => {
    fc.assert(
      fc.property(
        proven,
        fc.nat(),
        ({ leaves, index, hashes, checkpoint }, nat) => {
          const at = nat % hashes.length;
          const changes = [
            hashes.map((hash, i) => (i === at ? changedByte(hash, nat) : hash)),
            hashes.filter((_, i) => i !== at),
            [...hashes, hashes[at]],
          ];
          for (const changed of changes)
            expect(
              verify(
                formatTlogProof({ index, hashes: changed, checkpoint }),
                leaves[index],
              ),
            ).toBe('PROOF_INVALID');
          const text = formatTlogProof({ index, hashes, checkpoint });
          expect(
            verify(text.replace('\nindex ', '\nindex 0'), leaves[index]),
          ).toBe('PROOF_MALFORMED');
        },
      ),
    );
  });

  it('with history fails the consistency between two heads', () => {
    fc.assert(
      fc.property(
        proven,
        fc.nat(),
        fc.nat(),
        ({ leaves, at, root }, nat, byte) => {
          const oldSize = 1 + (nat % leaves.length);
          const proof = assembleProof(
            consistencyPath(oldSize, leaves.length),
            at,
          );
          const claim = {
            size1: oldSize,
            size2: leaves.length,
            root1: rootOf(leaves.slice(0, oldSize)),
            root2: root,
            proof,
          };
          expect(verifyConsistency(claim)).toBe(true);
          const rewritten = leaves.slice(0, oldSize);
          rewritten[nat % oldSize] = changedByte(
            rewritten[nat % oldSize],
            byte,
          );
          expect(
            verifyConsistency({ ...claim, root1: rootOf(rewritten) }),
          ).toBe(false);
        },
      ),
    );
  });
});

/** Where the siblings of a leaf stand, from below: left or right. */
function shapeOf(index: number, size: number): string[] {
  const shape: string[] = [];
  let at = index;
  let last = size - 1;
  while (last > 0) {
    if (at % 2 === 1) shape.push('left');
    else if (at < last) shape.push('right');
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return shape;
}

describe('a head that was opened once', () => {
  it('judges proofs as the whole check does', () => {
    fc.assert(
      fc.property(
        proven,
        fc.nat(),
        ({ leaves, index, hashes, checkpoint }, at) => {
          const opened = OpenedCheckpoint.open(checkpoint, signer.verifierKey);
          expect(opened.checkpoint.size).toBe(leaves.length);
          const proof = formatTlogProof({ index, hashes, checkpoint });
          expect(opened.verify(proof, leaves[index])).toBe(index);
          expect(
            codeOf(() => opened.verify(proof, changedByte(leaves[index], at))),
          ).toBe('PROOF_INVALID');
        },
      ),
      { numRuns: 20 },
    );
  });

  it('takes no proof under another head, and is not opened by another key', () => {
    const leaves = [0, 1, 2].map(i => leafHash(utf8(String(i))));
    const { root, at } = treeOf(leaves);
    const hashes = assembleProof(inclusionPath(1, 3), at);
    const checkpoint = headOf(3, root);
    const opened = OpenedCheckpoint.open(checkpoint, signer.verifierKey);
    const other = formatTlogProof({
      index: 1,
      hashes,
      checkpoint: headOf(4, root),
    });
    expect(() => opened.verify(other, leaves[1])).toThrow(
      'The proof is under another head than the one that was opened',
    );
    const stranger = signerFromSeed(
      'tests.example/log',
      new Uint8Array(32).fill(2),
    );
    expect(
      codeOf(() => OpenedCheckpoint.open(checkpoint, stranger.verifierKey)),
    ).toBe('KEY_UNKNOWN');
  });
});

describe('a tree that many leaves are added to', () => {
  it('is the same as leaf by leaf, and tells of the same nodes', () => {
    fc.assert(
      fc.property(fc.nat(70), fc.nat(70), (before, more) => {
        const leaves = Array.from({ length: before + more }, (_, i) =>
          leafHash(utf8(String(i))),
        );
        let frontier = emptyFrontier;
        const expected: unknown[] = [];
        leaves.forEach((leaf, i) => {
          const step = appendToFrontier(frontier, leaf);
          frontier = step.frontier;
          if (i >= before)
            for (const { level, index, hash } of step.created)
              if (level > 0) expected.push([level, index, toHex(hash)]);
        });
        const first = growTree(emptyFrontier);
        for (const leaf of leaves.slice(0, before)) first.append(leaf);
        const tree = growTree(first.frontier());
        const told: unknown[] = [];
        for (const leaf of leaves.slice(before))
          tree.append(leaf, (level, index, hash) =>
            told.push([level, index, toHex(hash)]),
          );
        expect(tree.size).toBe(leaves.length);
        expect(tree.frontier()).toEqual(frontier);
        expect(told).toEqual(expected);
      }),
    );
    expect(() => growTree({ size: 3, nodes: [] })).toThrow(
      'A tree of 3 leaves has 2 edge nodes, not 0',
    );
  });
});
