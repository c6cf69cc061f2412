import { Hasher, sameBytes, sha256 } from '../bytes/bytes';
import {
  completeSubtrees,
  floorLog2,
  foldNodes,
  nodeHash,
  NodeRef,
} from './tree';

/**
 * One hash of a proof, as the adjacent complete subtrees it is folded from, left to right. One node nearly always; more at
 * the right edge, where the subtree is not complete.
 * @public
 */
export type ProofStep = readonly NodeRef[];

/** How to find the nodes of a proof, and how to make it from them. @public */
export function assembleProof(
  path: readonly ProofStep[],
  hashOf: (node: NodeRef) => Uint8Array,
  hash: Hasher = sha256,
): Uint8Array[] {
  return path.map(step => foldNodes(step.map(hashOf), hash));
}

/**
 * The nodes whose hashes prove that leaf `index` is in the tree of `size` leaves, from the leaf's sibling upwards
 * (RFC 6962, 2.1.1). Throws a RangeError unless 0 ≤ index \< size.
 * @public
 */
export function inclusionPath(index: number, size: number): ProofStep[] {
  if (!isCount(size) || !isCount(index) || index >= size) {
    throw new RangeError(`Leaf ${index} is not in a tree of ${size} leaves`);
  }
  const steps: ProofStep[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      steps.push(completeSubtrees(middle, end));
      end = middle;
    } else {
      steps.push(completeSubtrees(start, middle));
      start = middle;
    }
  }
  return steps.reverse();
}

/**
 * The nodes whose hashes prove that the tree of `size2` leaves only added to the one of `size1` (RFC 6962, 2.1.2). Empty
 * for equal sizes. Throws a RangeError unless 0 \< size1 ≤ size2.
 * @public
 */
export function consistencyPath(size1: number, size2: number): ProofStep[] {
  if (!isCount(size1) || !isCount(size2) || size1 === 0 || size1 > size2) {
    throw new RangeError(`There is no proof from ${size1} to ${size2} leaves`);
  }
  const steps: ProofStep[] = [];
  let start = 0;
  let end = size2;
  let isOldRoot = true;
  while (end !== size1) {
    const middle = start + splitOf(end - start);
    if (size1 <= middle) {
      steps.push(completeSubtrees(middle, end));
      end = middle;
    } else {
      steps.push(completeSubtrees(start, middle));
      start = middle;
      isOldRoot = false;
    }
  }
  // The verifier knows the old root; only where the old tree is not one of our subtrees does it need the last piece.
  if (!isOldRoot) steps.push(completeSubtrees(start, end));
  return steps.reverse();
}

/**
 * Whether the proof leads from the leaf hash at `index` to the root of `size` leaves. Everything may come from a stranger:
 * any nonsense is `false`, nothing throws, and the work is bounded by the depth of the tree.
 * @public
 */
export function verifyInclusion(
  claim: {
    leafHash: Uint8Array;
    index: number;
    size: number;
    proof: readonly Uint8Array[];
    root: Uint8Array;
  },
  hash: Hasher = sha256,
): boolean {
  const { index, size, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (
    !isHash(claim.leafHash) ||
    !isHash(claim.root) ||
    proof.length > 64 ||
    !proof.every(isHash)
  )
    return false;
  let at = index;
  let last = size - 1;
  let computed = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      computed = nodeHash(sibling, computed, hash);
      // At the right edge levels without a sibling are skipped.
      while (at % 2 === 0 && at !== 0) {
        at = at / 2;
        last = half(last);
      }
    } else {
      computed = nodeHash(computed, sibling, hash);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && sameBytes(computed, claim.root);
}

/**
 * Whether the log of `size2` leaves is that of `size1` leaves with leaves added at its end, and nothing else. A `size1` of
 * 0 is an error, answered `false`: from nothing anything follows, so such a proof would prove nothing. Nothing throws.
 * @public
 */
export function verifyConsistency(
  claim: {
    size1: number;
    root1: Uint8Array;
    size2: number;
    root2: Uint8Array;
    proof: readonly Uint8Array[];
  },
  hash: Hasher = sha256,
): boolean {
  const { size1, root1, size2, root2 } = claim;
  if (!isCount(size1) || !isCount(size2) || size1 === 0 || size1 > size2)
    return false;
  if (
    !isHash(root1) ||
    !isHash(root2) ||
    claim.proof.length > 64 ||
    !claim.proof.every(isHash)
  )
    return false;
  if (size1 === size2)
    return claim.proof.length === 0 && sameBytes(root1, root2);
  const proof =
    2 ** floorLog2(size1) === size1 ? [root1, ...claim.proof] : claim.proof;
  if (proof.length === 0) return false;
  let at = size1 - 1;
  let last = size2 - 1;
  while (at % 2 === 1) {
    at = half(at);
    last = half(last);
  }
  let old = proof[0];
  let grown = proof[0];
  for (const node of proof.slice(1)) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      old = nodeHash(node, old, hash);
      grown = nodeHash(node, grown, hash);
      while (at % 2 === 0 && at !== 0) {
        at = at / 2;
        last = half(last);
      }
    } else {
      grown = nodeHash(grown, node, hash);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && sameBytes(old, root1) && sameBytes(grown, root2);
}

/** Largest power of two below `count`, which is at least 2. */
function splitOf(count: number): number {
  return 2 ** floorLog2(count - 1);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: Uint8Array): boolean {
  return value.length === 32;
}
