import {
  appendToFrontier,
  checkpointBody,
  Frontier,
  frontierRoot,
  Hasher,
  NoteSigner,
  signNote,
} from '@ai-assurance/evidence';
import { insertRows, readBigint, Tx } from '../platform';
import { isSameItem, PreparedItem } from './core/prepare';
import { TILE_HEIGHT } from './core/tiles';
import { requireCurrentKey } from './keys';
import { CounterRow, HeadRow, ItemRow, NodeRow } from './tables';
import { AppendOutcome } from './types';

const idsPerQuery = 500;

export interface LedgerStoreDeps {
  signer: NoteSigner;
  hash: Hasher;
  /** A second signature on every head: that of the key which `signer` takes over from. */
  alsoSignedBy?: NoteSigner;
}

/** The only writer of the ledger tables. */
export class LedgerStore {
  readonly #deps: LedgerStoreDeps;

  constructor(deps: LedgerStoreDeps) {
    this.#deps = deps;
  }

  /** Appends what is not known yet, in order, and signs one head over it. All canonical texts are made before the lock. */
  async append(
    tx: Tx,
    items: PreparedItem[],
    recordedAtMs: number,
  ): Promise<AppendOutcome[]> {
    if (items.length === 0) return [];
    let frontier = await this.#lock(tx);
    const known = await this.#known(tx, items);

    const outcomes: AppendOutcome[] = [];
    const rows: ItemRow[] = [];
    const nodes: NodeRow[] = [];
    for (const prepared of items) {
      const key = keyOf(prepared.item);
      const stored = known.get(key);
      if (stored) {
        const outcome = isSameItem(prepared, stored)
          ? 'already-known'
          : 'conflict';
        outcomes.push({
          outcome,
          evidenceId: String(readBigint(stored.position)),
        });
        continue;
      }
      const row = rowOf(prepared, frontier.size, recordedAtMs);
      const step = appendToFrontier(
        frontier,
        prepared.leafHash,
        this.#deps.hash,
      );
      frontier = step.frontier;
      for (const node of step.created) {
        if (node.level > 0 && node.level % TILE_HEIGHT === 0) {
          nodes.push({
            level: node.level / TILE_HEIGHT,
            node_index: node.index,
            hash: hexOf(node.hash),
          });
        }
      }
      known.set(key, row); // The same item may come twice in one batch.
      rows.push(row);
      outcomes.push({ outcome: 'accepted', evidenceId: String(row.position) });
    }

    if (rows.length > 0) {
      await insertRows(tx, 'ledger_item', rows);
      await insertRows(tx, 'ledger_node', nodes);
      await tx<HeadRow>('ledger_head').insert(
        this.#signedHead(frontier, recordedAtMs),
      );
      await this.#unlock(tx, frontier);
    }
    return outcomes;
  }

  /** On PostgreSQL the row lock makes writers queue here until the holder commits; SQLite has one writer anyway. */
  async #lock(tx: Tx): Promise<Frontier> {
    const row = await tx<CounterRow>('ledger_counter')
      .where('ledger_counter.id', 1)
      .forUpdate()
      .first();
    if (!row)
      throw new Error(
        'The ledger has lost its counter row. Restore the database from a backup; do not insert the row by hand.',
      );
    requireCurrentKey(this.#deps.signer, row.key_id);
    const nodes = (JSON.parse(row.frontier) as string[]).map(hex =>
      Buffer.from(hex, 'hex'),
    );
    return { size: readBigint(row.size), nodes };
  }

  async #unlock(tx: Tx, frontier: Frontier): Promise<void> {
    const moved = await tx<CounterRow>('ledger_counter')
      .where('ledger_counter.id', 1)
      .update({
        size: frontier.size,
        frontier: JSON.stringify(frontier.nodes.map(hexOf)),
      });
    if (moved !== 1)
      throw new Error('The counter row of the ledger could not be updated');
  }

  async #known(tx: Tx, items: PreparedItem[]): Promise<Map<string, ItemRow>> {
    const idsBySource = new Map<string, string[]>();
    for (const { item } of items) {
      const ids = idsBySource.get(item.source);
      if (ids) ids.push(item.id);
      else idsBySource.set(item.source, [item.id]);
    }
    const known = new Map<string, ItemRow>();
    for (const [source, ids] of idsBySource) {
      for (let at = 0; at < ids.length; at += idsPerQuery) {
        const rows: ItemRow[] = await tx<ItemRow>('ledger_item')
          .select('ledger_item.*')
          .where('ledger_item.source', source)
          .whereIn('ledger_item.id', ids.slice(at, at + idsPerQuery));
        for (const row of rows) known.set(keyOf(row), row);
      }
    }
    return known;
  }

  #signedHead(frontier: Frontier, signedAtMs: number): HeadRow {
    const { signer, hash, alsoSignedBy } = this.#deps;
    const rootHash = hexOf(frontierRoot(frontier, hash));
    const note = signNote(
      checkpointBody({ origin: signer.name, size: frontier.size, rootHash }),
      signer,
      ...(alsoSignedBy ? [alsoSignedBy] : []),
    );
    return {
      size: frontier.size,
      root_hash: rootHash,
      note,
      signed_at_ms: signedAtMs,
    };
  }
}

function keyOf(item: { source: string; id: string }): string {
  return JSON.stringify([item.source, item.id]);
}

function rowOf(
  prepared: PreparedItem,
  position: number,
  recordedAtMs: number,
): ItemRow {
  const { item } = prepared;
  return {
    position,
    source: item.source,
    id: item.id,
    type: item.type,
    subject: item.subject,
    time_ms: prepared.timeMs,
    recorded_at_ms: recordedAtMs,
    expires_at_ms: prepared.expiresAtMs ?? null,
    status: prepared.status ?? null,
    leaf: prepared.leaf,
    payload: prepared.payload,
    salt: prepared.salt,
    payload_commitment: prepared.payloadCommitment,
    leaf_hash: hexOf(prepared.leafHash),
  };
}

/** Native, for the hot path; the same text as the evidence library's. */
function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'hex',
  );
}
