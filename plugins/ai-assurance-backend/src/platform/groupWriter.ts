import { setImmediate } from 'node:timers/promises';
import { Db, Tx } from './database';

/** Writes items in groups; see {@link createGroupWriter}. */
export interface GroupWriter<Item, Outcome> {
  /** Resolves once the item is committed. Safe to repeat as far as the work is. */
  write(item: Item): Promise<Outcome>;
}

interface Waiting<Item, Outcome> {
  item: Item;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** How often a group waits for company as long as more keeps coming: turns of the event loop, far below a millisecond. */
const maxTurns = 8;

/**
 * Writes one transaction after the other. Items that arrive while one is being written, or in the same turns of the event
 * loop, share the next: under load a commit, a lock and a signature then serve many. `work` gets the items in the order of
 * their arrival and answers each in its place. When a group fails, each of its items is tried alone: none fails for the
 * company it was in.
 *
 * PostgreSQL works beside this process. If a group took in everyone who sends, all of them would wait for the database, and
 * then the database for all of them. So a group there is at most half of those who send: while one half is written, the
 * other half is read.
 */
export function createGroupWriter<Item, Outcome>(options: {
  db: Db;
  work(tx: Tx, items: Item[]): Promise<Outcome[]>;
  /**
   * A quicker way to write a group whole, tried before a transaction is begun. It answers `undefined` when it does not apply
   * and nothing changed. When it throws, nobody knows what changed: `work` is asked then too, and MUST be safe to repeat.
   */
  quickly?(items: Item[]): Promise<Outcome[] | undefined>;
  /** What an item counts towards `maxWeight`, which keeps transactions short. A heavier item is written alone. */
  weightOf(item: Item): number;
  maxWeight: number;
  /** Whether an error would meet every item alone too, so that it is not tried again for each. */
  failsTogether?(error: unknown): boolean;
}): GroupWriter<Item, Outcome> {
  const { db, work, quickly, weightOf, maxWeight } = options;
  const isBeside = db.dialect === 'postgres';
  const waiting: Waiting<Item, Outcome>[] = [];
  let isWriting = false;
  /** How many were being written or waiting when a group was written last. */
  let senderCount = 0;

  const takeGroup = (maxSize: number) => {
    let weight = 0;
    let size = 0;
    while (size < waiting.length && size < maxSize) {
      weight += weightOf(waiting[size].item);
      if (size > 0 && weight > maxWeight) break;
      size += 1;
    }
    return waiting.splice(0, size);
  };

  const writtenQuickly = async (items: Item[]) => {
    try {
      return await quickly?.(items);
    } catch {
      // A connection that broke, say. The transaction that follows meets the same, or finds out what became of the group.
      return undefined;
    }
  };

  const commit = async (group: Waiting<Item, Outcome>[]): Promise<void> => {
    try {
      const items = group.map(one => one.item);
      const outcomes =
        (await writtenQuickly(items)) ??
        (await db.transaction(tx => work(tx, items)));
      // Before they are answered: some send again at once.
      senderCount = group.length + waiting.length;
      group.forEach(({ resolve }, i) => resolve(outcomes[i]));
    } catch (error) {
      if (group.length === 1 || options.failsTogether?.(error))
        group.forEach(({ reject }) => reject(error));
      else for (const one of group) await commit([one]);
    }
  };

  // Requests whose bodies are in already need the event loop to get here; a synchronous driver would keep them out.
  const gather = async (maxSize: number) => {
    for (let turn = 0, before = 0; turn < maxTurns; turn += 1) {
      if (waiting.length === before || waiting.length >= maxSize) return;
      before = waiting.length;
      await setImmediate();
    }
  };

  const drain = async () => {
    isWriting = true;
    senderCount = waiting.length;
    while (waiting.length > 0) {
      const maxSize = isBeside ? Math.ceil(senderCount / 2) : Infinity;
      await gather(maxSize);
      await commit(takeGroup(maxSize));
    }
    isWriting = false;
  };

  return {
    write: item =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (!isWriting) void drain();
      }),
  };
}
