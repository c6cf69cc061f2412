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
import { isSameItem, PreparedItem, SameItem } from './core/prepare';
import { TILE_HEIGHT } from './core/tiles';
import { requireCurrentKey } from './keys';
import { hexOf, recordsOf, rowOf } from './rows';
import { CounterRow, HeadRow, ItemRow, NodeRow } from './tables';
import { AppendOutcome } from './types';
import { Words } from './words';

const idsPerQuery = 500;

export interface LedgerStoreDeps {
  signer: NoteSigner;
  hash: Hasher;
  words: Words;
  /** A second signature on every head: that of the key which `signer` takes over from. */
  alsoSignedBy?: NoteSigner;
}

type KnownItem = SameItem & { position: number };

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
    nowMs: number,
  ): Promise<AppendOutcome[]> {
    if (items.length === 0) return [];
    const locked = await this.#lock(tx);
    let { frontier } = locked;
    // The order of recording is the order of positions, whatever the clocks of several replicas say.
    const recordedAtMs = Math.max(nowMs, locked.recordedAtMs);
    const known = await this.#known(tx, items);

    const outcomes: AppendOutcome[] = [];
    const accepted: PreparedItem[] = [];
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
          evidenceId: String(stored.position),
        });
        continue;
      }
      const position = frontier.size;
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
      // The same item may come twice in one batch.
      known.set(key, knownOf(prepared, position));
      accepted.push(prepared);
      outcomes.push({ outcome: 'accepted', evidenceId: String(position) });
    }

    if (accepted.length > 0) {
      const wordIds = await this.#deps.words.require(tx, wordsOf(accepted));
      const rows = accepted.map((prepared, i) =>
        rowOf(prepared, wordIds, {
          position: locked.frontier.size + i,
          recordedAtMs,
        }),
      );
      await insertRows(tx, 'ledger_item', rows);
      await insertRows(tx, 'ledger_node', nodes);
      await tx<HeadRow>('ledger_head').insert(
        this.#signedHead(frontier, recordedAtMs),
      );
      await this.#unlock(tx, frontier, recordedAtMs);
    }
    return outcomes;
  }

  /** On PostgreSQL the row lock makes writers queue here until the holder commits; SQLite has one writer anyway. */
  async #lock(tx: Tx): Promise<{ frontier: Frontier; recordedAtMs: number }> {
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
    return {
      frontier: { size: readBigint(row.size), nodes },
      recordedAtMs: readBigint(row.recorded_at_ms),
    };
  }

  async #unlock(
    tx: Tx,
    frontier: Frontier,
    recordedAtMs: number,
  ): Promise<void> {
    const moved = await tx<CounterRow>('ledger_counter')
      .where('ledger_counter.id', 1)
      .update({
        size: frontier.size,
        recorded_at_ms: recordedAtMs,
        frontier: JSON.stringify(frontier.nodes.map(hexOf)),
      });
    if (moved !== 1)
      throw new Error('The counter row of the ledger could not be updated');
  }

  async #known(tx: Tx, items: PreparedItem[]): Promise<Map<string, KnownItem>> {
    const { words } = this.#deps;
    const idsBySource = new Map<string, string[]>();
    for (const { item } of items) {
      const ids = idsBySource.get(item.source);
      if (ids) ids.push(item.id);
      else idsBySource.set(item.source, [item.id]);
    }
    const known = new Map<string, KnownItem>();
    const numbers = await words.idsOf(tx, idsBySource.keys());
    for (const [source, ids] of idsBySource) {
      const number = numbers.get(source);
      if (number === undefined) continue;
      for (let at = 0; at < ids.length; at += idsPerQuery) {
        const rows: ItemRow[] = await tx<ItemRow>('ledger_item')
          .select('ledger_item.*')
          .where('ledger_item.source', number)
          .whereIn('ledger_item.id', ids.slice(at, at + idsPerQuery));
        for (const record of await recordsOf(tx, words, rows))
          known.set(keyOf(record), record);
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

function knownOf(prepared: PreparedItem, position: number): KnownItem {
  const { time, subject, type } = prepared.item;
  const { envelope, payload } = prepared;
  return { position, time, subject, type, envelope, payload };
}

function* wordsOf(items: PreparedItem[]): Iterable<string> {
  for (const { item } of items) {
    yield item.source;
    yield item.type;
    yield item.subject;
  }
}
