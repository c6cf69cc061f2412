import {
  checkpointBody,
  Frontier,
  frontierRoot,
  growTree,
  Hasher,
  hexOfKeyId,
  NoteSigner,
  signNote,
} from '@ai-assurance/evidence';
import { Db, Dialect, OutboxRow, readBigint, Tx } from '../platform';
import { Guess } from './core/guess';
import { hexOf } from './core/hex';
import { isSameItem, PreparedItem, SameItem } from './core/prepare';
import { TILE_HEIGHT } from './core/tiles';
import { requireCurrentKey } from './keys';
import { recordsOf, rowOf } from './rows';
import { HeadRow, NodeRow } from './tables';
import { Addition, TailStatements, tailStatementsFor } from './tailStatements';
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

/** The right edge of the tree, and when the newest item was recorded. */
interface Tail {
  frontier: Frontier;
  recordedAtMs: number;
}

/** Larger groups are copied, which costs the database less; their round trips serve many. */
const maxItemsAlone = 50;

/** For fewer items the look whether they are known costs next to nothing. */
const minItemsUnseen = 20;

/** The only writer of the ledger tables. */
export class LedgerStore {
  readonly #deps: LedgerStoreDeps;
  readonly #statements: TailStatements;
  /** As this process saw it last, committed or not: {@link appendAlone} has the database compare it. */
  #seen: Tail | undefined;
  /** That nobody else was here since {@link LedgerStore.#seen}. */
  readonly #isAlone = new Guess();
  /** That none of many items is known. */
  readonly #isUnseen = new Guess();

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
    const unseen = await this.#appendUnseen(tx, items, locked, recordedAtMs);
    if (unseen) return unseen;
    const known = await this.#known(tx, items);

    const outcomes: AppendOutcome[] = [];
    const accepted: PreparedItem[] = [];
    for (const prepared of items) {
      const stored = known.get(prepared.item);
      if (stored) {
        const outcome = isSameItem(prepared, stored)
          ? 'already-known'
          : 'conflict';
        outcomes.push({ outcome, evidenceId: String(stored.position) });
        continue;
      }
      const position = locked.frontier.size + accepted.length;
      // The same item may come twice in one batch.
      known.set(prepared.item, knownOf(prepared, position));
      accepted.push(prepared);
      outcomes.push({ outcome: 'accepted', evidenceId: String(position) });
    }

    this.#seen = locked;
    if (accepted.length > 0) {
      const wordIds = await this.#deps.words.require(tx, wordsOf(accepted));
      const grown = this.#grown(locked, accepted, wordIds, recordedAtMs);
      await this.#statements.add(tx, grown.addition);
      this.#seen = grown.tail;
    }
    return outcomes;
  }

  /**
   * Appends many items without a look whether they are known: the index of their ids looks anyway when they are added. Nearly
   * all are new. `undefined` when one is not; nothing was added then.
   */
  async #appendUnseen(
    tx: Tx,
    items: PreparedItem[],
    locked: Tail,
    recordedAtMs: number,
  ): Promise<AppendOutcome[] | undefined> {
    if (items.length < minItemsUnseen || !this.#isUnseen.isWorthIt())
      return undefined;
    if (holdsTwins(items)) return undefined;
    const wordIds = await this.#deps.words.require(tx, wordsOf(items));
    const grown = this.#grown(locked, items, wordIds, recordedAtMs);
    const isAdded = await this.#statements.addUnseen(tx, grown.addition);
    this.#isUnseen.cameTrue(isAdded);
    if (!isAdded) return undefined;
    this.#seen = grown.tail;
    return acceptedFrom(locked.frontier.size, items.length);
  }

  /**
   * Appends items and queues a message in one statement that is a transaction of its own: no lock is held while this process
   * thinks or waits. It rests on what this process saw of the ledger last. `undefined` when that does not hold: another was
   * here meanwhile, an item is known, a word is new, the key changed. Nothing was written then, and {@link append} has to look.
   */
  async appendAlone(
    db: Db,
    items: PreparedItem[],
    message: OutboxRow,
    nowMs: number,
  ): Promise<AppendOutcome[] | undefined> {
    const seen = this.#seen;
    const { addAlone } = this.#statements;
    if (!addAlone || !seen || items.length > maxItemsAlone) return undefined;
    if (!this.#isAlone.isWorthIt()) return undefined;
    const wordIds = this.#deps.words.keptIds(wordsOf(items));
    if (!wordIds || holdsTwins(items)) return undefined;
    const recordedAtMs = Math.max(nowMs, seen.recordedAtMs);
    const { addition, tail } = this.#grown(seen, items, wordIds, recordedAtMs);
    const isAdded = await addAlone(db, {
      ...addition,
      message,
      onlyAfter: counterOf(seen),
      keyId: hexOfKeyId(this.#deps.signer.keyId),
    });
    // Where several replicas take turns, or a sender repeats itself, most guesses would be wrong.
    this.#isAlone.cameTrue(isAdded);
    if (!isAdded) return undefined;
    this.#seen = tail;
    return acceptedFrom(seen.frontier.size, items.length);
  }

  /** What is added when these items follow a tail, and the tail after them. */
  #grown(
    { frontier: before }: Tail,
    items: PreparedItem[],
    wordIds: Map<string, number>,
    recordedAtMs: number,
  ): { addition: Addition; tail: Tail } {
    const nodes: NodeRow[] = [];
    const tree = growTree(before, this.#deps.hash);
    const keepNode = (level: number, index: number, hash: Uint8Array) => {
      if (level % TILE_HEIGHT === 0)
        nodes.push({
          level: level / TILE_HEIGHT,
          node_index: index,
          hash: hexOf(hash),
        });
    };
    const rows = items.map((prepared, i) => {
      tree.append(prepared.leafHash, keepNode);
      return rowOf(prepared, wordIds, {
        position: before.size + i,
        recordedAtMs,
      });
    });
    const tail = { frontier: tree.frontier(), recordedAtMs };
    return {
      tail,
      addition: {
        items: rows,
        nodes,
        head: this.#signedHead(tail.frontier, recordedAtMs),
        counter: counterOf(tail),
      },
    };
  }

  /** On PostgreSQL the row lock makes writers queue here until the holder commits; SQLite has one writer anyway. */
  async #lock(tx: Tx): Promise<Tail> {
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

function acceptedFrom(position: number, count: number): AppendOutcome[] {
  return Array.from({ length: count }, (_, i) => ({
    outcome: 'accepted',
    evidenceId: String(position + i),
  }));
}

function knownOf(prepared: PreparedItem, position: number): KnownItem {
  const { time, subject, type } = prepared.item;
  const { envelope, payload } = prepared;
  return { position, time, subject, type, envelope, payload };
}

function counterOf({ frontier, recordedAtMs }: Tail): Addition['counter'] {
  return {
    size: frontier.size,
    frontier: JSON.stringify(frontier.nodes.map(hexOf)),
    recorded_at_ms: recordedAtMs,
  };
}

/** Whether two items have the same source and id. */
function holdsTwins(items: PreparedItem[]): boolean {
  const idsBySource = new Map<string, Set<string>>();
  for (const { item } of items) {
    const ids = idsBySource.get(item.source);
    if (!ids) idsBySource.set(item.source, new Set([item.id]));
    else if (ids.has(item.id)) return true;
    else ids.add(item.id);
  }
  return false;
}

function* wordsOf(items: PreparedItem[]): Iterable<string> {
  for (const { item } of items) {
    yield item.source;
    yield item.type;
    yield item.subject;
  }
}
