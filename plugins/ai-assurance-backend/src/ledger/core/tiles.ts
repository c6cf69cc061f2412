/**
 * The tree is read through tiles: 256 neighbouring nodes of level 0 (leaves), 8, 16, … Only these levels are stored; what
 * lies between is folded from them. So an append writes one extra row in 256, and a proof reads at most 256 rows a level.
 */
export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;

/** A node of the tree: the root of a complete subtree of `2^level` leaves, counted from the left. */
export interface NodeId {
  level: number;
  index: number;
}

/** Where the hashes lie from which a node is folded: rows `from` to `to` (exclusive) of a stored level. */
export interface TileSpan {
  /** 0 for leaves, 1 for nodes of 256 leaves, … */
  tileLevel: number;
  from: number;
  to: number;
}

/** Which stored hashes make up a node. A node never needs more than one tile. */
export function spanOf(node: NodeId): TileSpan {
  const tileLevel = Math.floor(node.level / TILE_HEIGHT);
  const width = 2 ** (node.level % TILE_HEIGHT);
  return { tileLevel, from: node.index * width, to: (node.index + 1) * width };
}

/** Folds a complete subtree: the number of hashes MUST be a power of two. */
export function foldComplete(hashes: Uint8Array[], hashPair: (left: Uint8Array, right: Uint8Array) => Uint8Array): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    if (row.length % 2 !== 0) throw new Error(`A complete subtree has a power of two of leaves, not ${hashes.length}`);
    const next: Uint8Array[] = [];
    for (let i = 0; i < row.length; i += 2) next.push(hashPair(row[i], row[i + 1]));
    row = next;
  }
  return row[0];
}
