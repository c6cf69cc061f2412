import {
  checkpointBody,
  Frontier,
  frontierRoot,
  growTree,
  Hasher,
  NoteSigner,
  signNote,
} from '@ai-assurance/evidence';
import { Dialect, readBigint, Tx } from '../platform';
import { hexOf } from './core/hex';
import { isSameItem, PreparedItem, SameItem } from './core/prepare';
import { TILE_HEIGHT } from './core/tiles';
import { requireCurrentKey } from './keys';
import { recordsOf, rowOf } from './rows';
import { HeadRow, NodeRow } from './tables';
import { TailStatements, tailStatementsFor } from './tailStatements';
import { AppendOutcome } from './types';
import { Words } from './words';

export interface LedgerStoreDeps {
  signer: NoteSigner;
  dialect: Dialect;
  hash: Hasher;
  words: Words;
  /** A second signature on every head: that of the key which `signer` takes over from. */
  alsoSignedBy?: NoteSigner;
}

type KnownItem = SameItem & { position: number };

/** By source, then by id: no text has to be made for a key of both. */
class KnownItems {
  readonly #bySource = new Map<string, Map<string, KnownItem>>();

  get(of: { source: string; id: string }): KnownItem | undefined {
    return this.#bySource.get(of.source)?.get(of.id);
  }

  set(of: { source: string; id: string }, item: KnownItem): void {
    const byId = this.#bySource.get(of.source);
    if (byId) byId.set(of.id, item);
    else this.#bySource.set(of.source, new Map([[of.id, item]]));
  }
}

/** The only writer of the ledger tables. */
export class LedgerStore {
  readonly #deps: LedgerStoreDeps;
  readonly #statements: TailStatements;

  constructor(deps: LedgerStoreDeps) {
    this.#deps = deps;
    this.#statements = tailStatementsFor(deps.dialect);
  }

  /** Appends what is not known yet, in order, and signs one head over it. All canonical texts are made before the lock. */
  async append(
    tx: Tx,
    items: PreparedItem[],
    nowMs: number,
  ): Promise<AppendOutcome[]> {
    if (items.length === 0) return [];
    const locked = await this.#lock(tx);
    // The order of recording is the order of positions, whatever the clocks of several replicas say.
    const recordedAtMs = Math.max(nowMs, locked.recordedAtMs);
    const known = await this.#known(tx, items);

    const outcomes: AppendOutcome[] = [];
    const accepted: PreparedItem[] = [];
    const nodes: NodeRow[] = [];
    const tree = growTree(locked.frontier, this.#deps.hash);
    const keepNode = (level: number, index: number, hash: Uint8Array) => {
      if (level % TILE_HEIGHT === 0)
        nodes.push({
          level: level / TILE_HEIGHT,
          node_index: index,
          hash: hexOf(hash),
        });
    };
    for (const prepared of items) {
      const stored = known.get(prepared.item);
      if (stored) {
        const outcome = isSameItem(prepared, stored)
          ? 'already-known'
          : 'conflict';
        outcomes.push({ outcome, evidenceId: String(stored.position) });
        continue;
      }
      const position = tree.size;
      tree.append(prepared.leafHash, keepNode);
      // The same item may come twice in one batch.
      known.set(prepared.item, knownOf(prepared, position));
      accepted.push(prepared);
      outcomes.push({ outcome: 'accepted', evidenceId: String(position) });
    }

    if (accepted.length > 0) {
      const wordIds = await this.#deps.words.require(tx, wordsOf(accepted));
      const frontier = tree.frontier();
      await this.#statements.add(tx, {
        items: accepted.map((prepared, i) =>
          rowOf(prepared, wordIds, {
            position: locked.frontier.size + i,
            recordedAtMs,
          }),
        ),
        nodes,
        head: this.#signedHead(frontier, recordedAtMs),
        counter: {
          size: frontier.size,
          frontier: JSON.stringify(frontier.nodes.map(hexOf)),
          recorded_at_ms: recordedAtMs,
        },
      });
    }
    return outcomes;
  }

  /** On PostgreSQL the row lock makes writers queue here until the holder commits; SQLite has one writer anyway. */
  async #lock(tx: Tx): Promise<{ frontier: Frontier; recordedAtMs: number }> {
    const row = await this.#statements.lock(tx);
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

  async #known(tx: Tx, items: PreparedItem[]): Promise<KnownItems> {
    const { words } = this.#deps;
    const idsBySource = new Map<string, string[]>();
    for (const { item } of items) {
      const ids = idsBySource.get(item.source);
      if (ids) ids.push(item.id);
      else idsBySource.set(item.source, [item.id]);
    }
    const known = new KnownItems();
    const numbers = await words.idsOf(tx, idsBySource.keys());
    for (const [source, ids] of idsBySource) {
      const number = numbers.get(source);
      if (number === undefined) continue;
      const rows = await this.#statements.known(tx, number, ids);
      for (const record of await recordsOf(tx, words, rows))
        known.set(record, record);
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
