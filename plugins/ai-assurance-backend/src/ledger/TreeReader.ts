import {
  assembleProof,
  consistencyPath,
  foldNodes,
  frontierNodes,
  Hasher,
  inclusionPath,
  NodeRef,
} from '@ai-assurance/evidence';
import { Knex } from 'knex';
import { readPrepared } from '../platform';
import { placeOf, Tile, TILE_WIDTH, tileOf } from './core/tiles';
import { leavesRead, nodesRead } from './reads';

const tilesKept = 64;

/** Tiles by their level and index, the last ones that were put in. */
export class TileMemory {
  readonly #tiles = new Map<string, Tile>();

  get(key: string): Tile | undefined {
    return this.#tiles.get(key);
  }

  set(key: string, tile: Tile): void {
    if (this.#tiles.size >= tilesKept)
      this.#tiles.delete(this.#tiles.keys().next().value!);
    this.#tiles.set(key, tile);
  }
}

export interface TreeReaderDeps {
  knex: Knex;
  hash: Hasher;
  size: number;
  /** Whole tiles of nodes, which every tree that has them shares: most proofs need the same few. */
  wholeTiles?: TileMemory;
}

/**
 * Proofs in the tree of one size. It remembers the tiles it read last, so that proofs of neighbouring items cost one read.
 * MUST NOT be used for another size: a tile at the right edge is remembered as it was.
 */
export class TreeReader {
  readonly #deps: TreeReaderDeps;
  readonly #tiles = new TileMemory();
  readonly #reading = new Map<string, Promise<Tile>>();

  constructor(deps: TreeReaderDeps) {
    this.#deps = deps;
  }

  /** Sibling hashes from the leaf upwards. Throws a RangeError when the item is not in the tree yet. */
  async inclusionProof(index: number): Promise<Uint8Array[]> {
    return this.#assembled(inclusionPath(index, this.#deps.size));
  }

  /** That this tree continues the one of `oldSize` leaves (RFC 6962). Throws a RangeError unless 0 < oldSize ≤ size. */
  async consistencyProof(oldSize: number): Promise<Uint8Array[]> {
    return this.#assembled(consistencyPath(oldSize, this.#deps.size));
  }

  /** The root of the tree. Throws a RangeError for the empty one. */
  async root(): Promise<Uint8Array> {
    const hashes: Uint8Array[] = [];
    for (const node of frontierNodes(this.#deps.size))
      hashes.push(await this.#hashOf(node));
    return foldNodes(hashes, this.#deps.hash);
  }

  async #assembled(
    path: readonly (readonly NodeRef[])[],
  ): Promise<Uint8Array[]> {
    const nodes = path.flat();
    const found = await Promise.all(nodes.map(node => this.#hashOf(node)));
    const hashes = new Map(nodes.map((node, i) => [node, found[i]]));
    return assembleProof(path, node => hashes.get(node)!, this.#deps.hash);
  }

  async #hashOf(node: NodeRef): Promise<Uint8Array> {
    const { tileLevel, tileIndex, row, column } = placeOf(node);
    const tile = await this.#tile(tileLevel, tileIndex);
    const hash = tile[row]?.[column];
    if (!hash)
      throw new Error(
        `The ledger lacks node ${node.index} of level ${
          node.level
        } although its tree has ${this.#deps.size} leaves`,
      );
    return hash;
  }

  async #tile(tileLevel: number, tileIndex: number): Promise<Tile> {
    const key = `${tileLevel}/${tileIndex}`;
    const { wholeTiles } = this.#deps;
    const kept = this.#tiles.get(key) ?? wholeTiles?.get(key);
    if (kept) return kept;
    // Several nodes of one tile may be asked for at once.
    const reading = this.#reading.get(key) ?? this.#read(tileLevel, tileIndex);
    this.#reading.set(key, reading);
    try {
      const tile = await reading;
      this.#tiles.set(key, tile);
      // Tiles of leaves are too many to meet one again.
      if (tileLevel > 0 && tile[0].length === TILE_WIDTH)
        wholeTiles?.set(key, tile);
      return tile;
    } finally {
      this.#reading.delete(key);
    }
  }

  async #read(tileLevel: number, tileIndex: number): Promise<Tile> {
    const { knex, size, hash } = this.#deps;
    const from = tileIndex * TILE_WIDTH;
    // Rows beyond the tree's size may exist already; they are not part of it.
    const to = Math.min(
      from + TILE_WIDTH,
      Math.floor(size / TILE_WIDTH ** tileLevel),
    );
    const rows: { hash: string | Uint8Array }[] =
      tileLevel === 0
        ? await readPrepared(knex, leavesRead, [from, to])
        : await readPrepared(knex, nodesRead, [tileLevel, from, to]);
    return tileOf(
      rows.map(row =>
        typeof row.hash === 'string' ? Buffer.from(row.hash, 'hex') : row.hash,
      ),
      hash,
    );
  }
}
