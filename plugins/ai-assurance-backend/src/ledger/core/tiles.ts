import { Hasher, nodeHash, NodeRef } from '@ai-assurance/evidence';

/**
 * The tree is read through tiles: up to 256 neighbouring nodes of level 0 (leaves), 8, 16, … Only those levels are stored,
 * what lies between is folded from them. So an append writes one extra row in 256, and a proof reads at most 256 rows of
 * each stored level.
 */
export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;

/** Which tile holds a node, and where in it. */
export interface TilePlace {
  /** 0: made of leaves, 1: of nodes of 256 leaves, … */
  tileLevel: number;
  tileIndex: number;
  row: number;
  column: number;
}

/** Where to find a node. A node never needs more than one tile. */
export function placeOf(node: NodeRef): TilePlace {
  const tileLevel = Math.floor(node.level / TILE_HEIGHT);
  const row = node.level % TILE_HEIGHT;
  const rowWidth = TILE_WIDTH / 2 ** row;
  const tileIndex = Math.floor(node.index / rowWidth);
  return {
    tileLevel,
    tileIndex,
    row,
    column: node.index - tileIndex * rowWidth,
  };
}

/** A tile with all its inner rows: `rows[0]` as stored, each next row its complete pairs. */
export type Tile = Uint8Array[][];

/** Folds what is stored of a tile. A tile at the right edge has fewer columns; pairs that are not complete are left out. */
export function tileOf(stored: Uint8Array[], hash: Hasher): Tile {
  const rows = [stored];
  for (let row = stored; row.length > 1; ) {
    const next: Uint8Array[] = [];
    for (let i = 0; i + 1 < row.length; i += 2)
      next.push(nodeHash(row[i], row[i + 1], hash));
    rows.push(next);
    row = next;
  }
  return rows;
}
