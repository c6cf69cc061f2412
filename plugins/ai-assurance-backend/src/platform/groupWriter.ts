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
  const waiting: Waiting<Item, Outcome>[] = [];
  let isWriting = false;

  const takeGroup = () => {
    let weight = 0;
    let size = 0;
    while (size < waiting.length) {
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
      group.forEach(({ resolve }, i) => resolve(outcomes[i]));
    } catch (error) {
      if (group.length === 1 || options.failsTogether?.(error))
        group.forEach(({ reject }) => reject(error));
      else for (const one of group) await commit([one]);
    }
  };

  // Requests whose bodies are in already need the event loop to get here; a synchronous driver would keep them out.
  const gather = async () => {
    for (let turn = 0, before = 0; turn < maxTurns; turn += 1) {
      if (waiting.length === before) return;
      before = waiting.length;
      await setImmediate();
    }
  };

  const drain = async () => {
    isWriting = true;
    while (waiting.length > 0) {
      await gather();
      await commit(takeGroup());
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
