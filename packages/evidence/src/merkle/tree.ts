import { concatBytes, Hasher, sha256 } from '../bytes/bytes';

const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = Uint8Array.of(0x01);

/**
 * Hash of a leaf (RFC 6962): SHA-256 of 0x00 and the leaf's bytes. The prefix keeps a leaf from passing as a node.
 * @public
 */
export function leafHash(leaf: Uint8Array, hash: Hasher = sha256): Uint8Array {
  return hash(concatBytes(LEAF_PREFIX, leaf));
}

/** Hash of an inner node (RFC 6962): SHA-256 of 0x01 and both children. @public */
export function nodeHash(
  left: Uint8Array,
  right: Uint8Array,
  hash: Hasher = sha256,
): Uint8Array {
  return hash(concatBytes(NODE_PREFIX, left, right));
}

/** Root of the tree without leaves: SHA-256 of nothing. MUST NOT be changed by the caller. @public */
export const emptyRoot: Uint8Array = sha256(new Uint8Array(0));

/**
 * The right edge of a growing tree: all that is needed to append and to know the root, in O(log n) hashes.
 * `nodes` are the roots of the complete subtrees that `size` is made of, largest and leftmost first.
 * @public
 */
export interface Frontier {
  readonly size: number;
  readonly nodes: readonly Uint8Array[];
}

/**
 * A complete subtree: `level` 0 is a leaf; it covers leaves `[index · 2^level, (index + 1) · 2^level)`.
 * @public
 */
export interface NodeRef {
  readonly level: number;
  readonly index: number;
}

/** A complete subtree with its hash; never changes once created. @public */
export interface TreeNode extends NodeRef {
  readonly hash: Uint8Array;
}

/** The right edge of a tree without leaves. @public */
export const emptyFrontier: Frontier = { size: 0, nodes: [] };

/**
 * The right edge after one more leaf, and the complete subtrees that this leaf finished, smallest first: the leaf itself
 * and each parent whose right child it closed. A store that keeps them can answer every later proof. Throws a RangeError
 * on a frontier whose nodes do not fit its size, which is how a damaged store shows itself.
 * @public
 */
export function appendToFrontier(
  frontier: Frontier,
  newLeafHash: Uint8Array,
  hash: Hasher = sha256,
): { frontier: Frontier; created: TreeNode[] } {
  demandEdge(frontier);
  const nodes = frontier.nodes.slice();
  let index = frontier.size;
  let level = 0;
  let current = newLeafHash;
  const created: TreeNode[] = [{ level, index, hash: current }];
  // An odd index closes its parent; the sibling on the left is the last edge node.
  while (index % 2 === 1) {
    current = nodeHash(nodes.pop()!, current, hash);
    index = (index - 1) / 2;
    level += 1;
    created.push({ level, index, hash: current });
  }
  nodes.push(current);
  return { frontier: { size: frontier.size + 1, nodes }, created };
}

/** A tree that many leaves are added to; see {@link growTree}. @public */
export interface GrowingTree {
  readonly size: number;
  /** Adds one leaf. `onNode` is told of each node above it that it closed, smallest first. */
  append(
    leaf: Uint8Array,
    onNode?: (level: number, index: number, hash: Uint8Array) => void,
  ): void;
  /** The right edge as it is now. */
  frontier(): Frontier;
}

/** A class: an object literal with a getter would cost a hidden class for each tree. */
class Growing implements GrowingTree {
  readonly #nodes: Uint8Array[];
  readonly #hash: Hasher;
  readonly #scratch = new Uint8Array(65);
  #size: number;

  constructor(from: Frontier, hash: Hasher) {
    this.#nodes = from.nodes.slice();
    this.#hash = hash;
    this.#scratch[0] = 0x01;
    this.#size = from.size;
  }

  get size(): number {
    return this.#size;
  }

  append(
    leaf: Uint8Array,
    onNode?: (level: number, index: number, hash: Uint8Array) => void,
  ): void {
    const hash = this.#hash;
    let current = leaf;
    let index = this.#size;
    for (let level = 1; index % 2 === 1; level++) {
      this.#scratch.set(this.#nodes.pop()!, 1);
      this.#scratch.set(current, 33);
      current = hash(this.#scratch);
      index = (index - 1) / 2;
      onNode?.(level, index, current);
    }
    this.#nodes.push(current);
    this.#size += 1;
  }

  frontier(): Frontier {
    return { size: this.#size, nodes: this.#nodes.slice() };
  }
}

/**
 * For many leaves: the same as {@link appendToFrontier} one after the other, without a new edge for each. `hash` MUST NOT
 * keep the bytes that it is handed. Throws a RangeError on a frontier whose nodes do not fit its size.
 * @public
 */
export function growTree(from: Frontier, hash: Hasher = sha256): GrowingTree {
  demandEdge(from);
  return new Growing(from, hash);
}

/**
 * Root over leaf hashes in order. For whole lists at hand; a log that grows keeps a {@link Frontier} instead.
 * @public
 */
export function rootOf(
  leafHashes: readonly Uint8Array[],
  hash: Hasher = sha256,
): Uint8Array {
  const tree = growTree(emptyFrontier, hash);
  for (const leaf of leafHashes) tree.append(leaf);
  return frontierRoot(tree.frontier(), hash);
}

/** The root of the tree whose right edge this is. @public */
export function frontierRoot(
  frontier: Frontier,
  hash: Hasher = sha256,
): Uint8Array {
  return frontier.nodes.length === 0
    ? emptyRoot
    : foldNodes(frontier.nodes, hash);
}

/**
 * The complete subtrees that make up a tree of `size` leaves, in the order of {@link Frontier.nodes}: what a store reads
 * to build the right edge again.
 * @public
 */
export function frontierNodes(size: number): NodeRef[] {
  return completeSubtrees(0, size);
}

/** Hash over adjacent complete subtrees, left to right, that end at the right edge. At least one. @public */
export function foldNodes(
  hashes: readonly Uint8Array[],
  hash: Hasher = sha256,
): Uint8Array {
  if (hashes.length === 0) throw new RangeError('There is nothing to fold');
  let folded = hashes[hashes.length - 1];
  for (let i = hashes.length - 2; i >= 0; i--)
    folded = nodeHash(hashes[i], folded, hash);
  return folded;
}

/** The complete subtrees of leaves `[start, end)`, largest first; `start` is a multiple of the largest. */
export function completeSubtrees(start: number, end: number): NodeRef[] {
  const refs: NodeRef[] = [];
  let at = start;
  while (at < end) {
    const level = floorLog2(end - at);
    refs.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return refs;
}

/** Exact for safe integers, which Math.log2 is not near powers of two. */
export function floorLog2(value: number): number {
  let level = 0;
  for (let rest = value; rest >= 2; rest = Math.floor(rest / 2)) level += 1;
  return level;
}

function demandEdge(frontier: Frontier): void {
  const expected = countOnes(frontier.size);
  if (frontier.nodes.length !== expected) {
    throw new RangeError(
      `A tree of ${frontier.size} leaves has ${expected} edge nodes, not ${frontier.nodes.length}`,
    );
  }
}

function countOnes(value: number): number {
  let ones = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2))
    ones += rest % 2;
  return ones;
}
