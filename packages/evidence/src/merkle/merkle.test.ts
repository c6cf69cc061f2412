import { toHex, fromHex, utf8 } from '../bytes/bytes';
import {
  consistencyPath,
  inclusionPath,
  assembleProof,
  verifyConsistency,
  verifyInclusion,
} from './proofs';
import {
  appendToFrontier,
  emptyFrontier,
  emptyRoot,
  Frontier,
  frontierNodes,
  frontierRoot,
  leafHash,
  nodeHash,
  NodeRef,
  rootOf,
} from './tree';

/** The inputs and roots of the reference implementation of RFC 6962 (certificate-transparency, merkle_tree_test). */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex => leafHash(fromHex(hex)!));
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** A tree grown leaf by leaf that remembers each complete subtree, as a store does. */
function grow(count: number) {
  const nodes = new Map<string, Uint8Array>();
  const frontiers: Frontier[] = [emptyFrontier];
  const hashes: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const leaf = leafHash(utf8(`leaf ${i}`));
    hashes.push(leaf);
    const next = appendToFrontier(frontiers[i], leaf);
    for (const node of next.created)
      nodes.set(`${node.level}/${node.index}`, node.hash);
    frontiers.push(next.frontier);
  }
  const at = (ref: NodeRef) => nodes.get(`${ref.level}/${ref.index}`)!;
  return { hashes, frontiers, at, nodeCount: nodes.size };
}

/** RFC 6962, 2.1, word for word. */
function rootByDefinition(hashes: Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return emptyRoot;
  if (hashes.length === 1) return hashes[0];
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return nodeHash(
    rootByDefinition(hashes.slice(0, k)),
    rootByDefinition(hashes.slice(k)),
  );
}

describe('the tree', () => {
  it('has the root of the reference implementation at every size', () => {
    expect(toHex(emptyRoot)).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    roots.forEach((root, i) =>
      expect(toHex(rootOf(leaves.slice(0, i + 1)))).toBe(root),
    );
  });

  it('has the root that the definition gives, grown leaf by leaf', () => {
    const tree = grow(70);
    for (let size = 0; size <= 70; size++) {
      expect(toHex(frontierRoot(tree.frontiers[size]))).toBe(
        toHex(rootByDefinition(tree.hashes.slice(0, size))),
      );
    }
  });

  it('creates each complete subtree once, so that the right edge can be read back', () => {
    const tree = grow(70);
    // 70 leaves, 35 pairs, 17 fours, 8 eights, 4, 2, 1.
    expect(tree.nodeCount).toBe(70 + 35 + 17 + 8 + 4 + 2 + 1);
    for (let size = 0; size <= 70; size++) {
      expect(frontierNodes(size).map(ref => toHex(tree.at(ref)))).toEqual(
        tree.frontiers[size].nodes.map(toHex),
      );
    }
  });

  it('refuses to grow a right edge that does not fit its size', () => {
    expect(() =>
      appendToFrontier({ size: 3, nodes: [leaves[0]] }, leaves[1]),
    ).toThrow('A tree of 3 leaves has 2 edge nodes, not 1');
  });
});

describe('inclusion proofs', () => {
  const tree = grow(40);
  const rootAt = (size: number) => frontierRoot(tree.frontiers[size]);

  it('hold for every leaf of every size, and for no other leaf, size or root', () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const proof = assembleProof(inclusionPath(index, size), tree.at);
        const claim = {
          leafHash: tree.hashes[index],
          index,
          size,
          proof,
          root: rootAt(size),
        };
        expect(verifyInclusion(claim)).toBe(true);
        expect(
          verifyInclusion({ ...claim, leafHash: leafHash(utf8('another')) }),
        ).toBe(false);
        expect(verifyInclusion({ ...claim, index: index + 1 })).toBe(false);
        expect(verifyInclusion({ ...claim, root: rootAt(size - 1) })).toBe(
          false,
        );
        expect(
          verifyInclusion({
            ...claim,
            proof: [...proof, proof[0] ?? claim.root],
          }),
        ).toBe(false);
        expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(
          proof.length === 0,
        );
      }
    }
  });

  it('answer nonsense with false and do not throw', () => {
    const claim = {
      leafHash: tree.hashes[0],
      index: 0,
      size: 1,
      proof: [],
      root: tree.hashes[0],
    };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, size: 0 })).toBe(false);
    expect(verifyInclusion({ ...claim, index: -1 })).toBe(false);
    expect(verifyInclusion({ ...claim, index: 0.5 })).toBe(false);
    expect(verifyInclusion({ ...claim, size: Number.NaN })).toBe(false);
    expect(verifyInclusion({ ...claim, size: 2 ** 53 })).toBe(false);
    expect(verifyInclusion({ ...claim, root: new Uint8Array(0) })).toBe(false);
    expect(
      verifyInclusion({ ...claim, proof: Array(10_000).fill(tree.hashes[0]) }),
    ).toBe(false);
  });

  it('are not asked for a leaf that is not there', () => {
    expect(() => inclusionPath(3, 3)).toThrow(
      'Leaf 3 is not in a tree of 3 leaves',
    );
  });
});

describe('consistency proofs', () => {
  const tree = grow(40);
  const rootAt = (size: number) => frontierRoot(tree.frontiers[size]);

  it('hold between every two sizes, and for no other size, root or proof', () => {
    for (let size2 = 1; size2 <= 40; size2++) {
      for (let size1 = 1; size1 <= size2; size1++) {
        const proof = assembleProof(consistencyPath(size1, size2), tree.at);
        const claim = {
          size1,
          root1: rootAt(size1),
          size2,
          root2: rootAt(size2),
          proof,
        };
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, root1: rootAt(size1 - 1) })).toBe(
          false,
        );
        expect(verifyConsistency({ ...claim, root2: rootAt(size2 - 1) })).toBe(
          false,
        );
        expect(
          verifyConsistency({ ...claim, proof: [...proof, claim.root1] }),
        ).toBe(false);
        expect(verifyConsistency({ ...claim, proof: proof.slice(0, -1) })).toBe(
          proof.length === 0,
        );
        expect(
          verifyConsistency({ ...claim, size1: size2, size2: size1 }),
        ).toBe(size1 === size2);
      }
    }
  });

  it('are an error from nothing: anything follows from an empty log', () => {
    expect(
      verifyConsistency({
        size1: 0,
        root1: emptyRoot,
        size2: 5,
        root2: rootAt(5),
        proof: [],
      }),
    ).toBe(false);
    expect(() => consistencyPath(0, 5)).toThrow(
      'There is no proof from 0 to 5 leaves',
    );
  });
});
