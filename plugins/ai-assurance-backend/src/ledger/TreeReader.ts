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
import { placeOf, Tile, TILE_WIDTH, tileOf } from './core/tiles';
import { ItemRow, NodeRow } from './tables';

const tilesKept = 64;

/**
 * Proofs in the tree of one size. It remembers the tiles it read last, so that proofs of neighbouring items cost one read.
 * MUST NOT be used for another size: a tile at the right edge is remembered as it was.
 */
export class TreeReader {
  readonly #deps: { knex: Knex; hash: Hasher; size: number };
  readonly #tiles = new Map<string, Tile>();

  constructor(deps: { knex: Knex; hash: Hasher; size: number }) {
    this.#deps = deps;
  }

  /** Sibling hashes from the leaf upwards. Throws a RangeError when the item is not in the tree yet. */
  async inclusionProof(index: number): Promise<Uint8Array[]> {
    const path = inclusionPath(index, this.#deps.size);
    const hashes = new Map<NodeRef, Uint8Array>();
    for (const node of path.flat()) hashes.set(node, await this.#hashOf(node));
    return assembleProof(path, node => hashes.get(node)!, this.#deps.hash);
  }

  /** That this tree continues the one of `oldSize` leaves (RFC 6962). Throws a RangeError unless 0 < oldSize ≤ size. */
  async consistencyProof(oldSize: number): Promise<Uint8Array[]> {
    const path = consistencyPath(oldSize, this.#deps.size);
    const hashes = new Map<NodeRef, Uint8Array>();
    for (const node of path.flat()) hashes.set(node, await this.#hashOf(node));
    return assembleProof(path, node => hashes.get(node)!, this.#deps.hash);
  }

  /** The root of the tree. Throws a RangeError for the empty one. */
  async root(): Promise<Uint8Array> {
    const hashes: Uint8Array[] = [];
    for (const node of frontierNodes(this.#deps.size))
      hashes.push(await this.#hashOf(node));
    return foldNodes(hashes, this.#deps.hash);
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
    const kept = this.#tiles.get(key);
    if (kept) return kept;
    const tile = tileOf(
      await this.#stored(tileLevel, tileIndex * TILE_WIDTH),
      this.#deps.hash,
    );
    if (this.#tiles.size >= tilesKept)
      this.#tiles.delete(this.#tiles.keys().next().value!);
    this.#tiles.set(key, tile);
    return tile;
  }

  async #stored(tileLevel: number, from: number): Promise<Uint8Array[]> {
    const { knex, size } = this.#deps;
    // Rows beyond the tree's size may exist already; they are not part of it.
    const to = Math.min(
      from + TILE_WIDTH,
      Math.floor(size / TILE_WIDTH ** tileLevel),
    );
    const rows: { hash: string | Uint8Array }[] =
      tileLevel === 0
        ? await knex<ItemRow>('ledger_item')
            .select({ hash: 'ledger_item.leaf_hash' })
            .where('ledger_item.position', '>=', from)
            .andWhere('ledger_item.position', '<', to)
            .orderBy('ledger_item.position')
        : await knex<NodeRow>('ledger_node')
            .select({ hash: 'ledger_node.hash' })
            .where('ledger_node.level', tileLevel)
            .andWhere('ledger_node.node_index', '>=', from)
            .andWhere('ledger_node.node_index', '<', to)
            .orderBy('ledger_node.node_index');
    return rows.map(({ hash }) =>
      typeof hash === 'string' ? Buffer.from(hash, 'hex') : hash,
    );
  }
}
