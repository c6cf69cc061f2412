import { Knex } from 'knex';
import { Tx } from '../platform';
import { WordRow } from './tables';

/** Forgets all it knows beyond this, so that a flood of new words cannot fill the memory. */
const maxKept = 100_000;
const wordsPerQuery = 500;

/**
 * The dictionary of sources, types and subjects. Words are only ever added, so what was read from committed rows stays
 * true and is remembered.
 */
export class Words {
  readonly #ids = new Map<string, number>();
  readonly #words = new Map<number, string>();
  /** Transactions that added words themselves: what they read may still be rolled back. */
  readonly #adding = new WeakSet<Knex>();

  /** Numbers of words, as far as they are at hand; `undefined` when one of them has to be looked up. */
  keptIds(words: Iterable<string>): Map<string, number> | undefined {
    const kept = new Map<string, number>();
    for (const word of words) {
      if (kept.has(word)) continue;
      const id = this.#ids.get(word);
      if (id === undefined) return undefined;
      kept.set(word, id);
    }
    return kept;
  }

  /** Numbers of those words that are in the dictionary. */
  async idsOf(
    from: Knex,
    words: Iterable<string>,
  ): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const unknown: string[] = [];
    for (const word of new Set(words)) {
      const id = this.#ids.get(word);
      if (id === undefined) unknown.push(word);
      else found.set(word, id);
    }
    for (const row of await this.#read(from, 'word', unknown))
      found.set(row.word, row.id);
    return found;
  }

  /** Words of numbers. Throws when the dictionary lacks one: then it was tampered with. */
  async wordsOf(
    from: Knex,
    ids: Iterable<number>,
  ): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    const unknown: number[] = [];
    for (const id of new Set(ids)) {
      const word = this.#words.get(id);
      if (word === undefined) unknown.push(id);
      else found.set(id, word);
    }
    for (const row of await this.#read(from, 'id', unknown))
      found.set(row.id, row.word);
    for (const id of unknown)
      if (!found.has(id))
        throw new Error(
          `The ledger lacks word ${id} of its dictionary. Run "fsck"; restore the database from a backup.`,
        );
    return found;
  }

  /** Numbers of words, which are added where they are new. MUST run under the lock of the counter row. */
  async require(tx: Tx, words: Iterable<string>): Promise<Map<string, number>> {
    const all = [...new Set(words)];
    const known = await this.idsOf(tx, all);
    const fresh = all.filter(word => !known.has(word));
    if (fresh.length === 0) return known;
    this.#adding.add(tx);
    const newest = await tx<WordRow>('ledger_word')
      .max({ id: 'ledger_word.id' })
      .first();
    const next = (newest?.id ?? -1) + 1;
    const rows = fresh.map((word, i) => ({ id: next + i, word }));
    await tx.batchInsert('ledger_word', rows, wordsPerQuery);
    for (const { id, word } of rows) known.set(word, id);
    return known;
  }

  async #read<Name extends 'id' | 'word'>(
    from: Knex,
    name: Name,
    values: WordRow[Name][],
  ): Promise<WordRow[]> {
    const rows: WordRow[] = [];
    for (let at = 0; at < values.length; at += wordsPerQuery) {
      const some = values.slice(at, at + wordsPerQuery);
      rows.push(
        ...(await from('ledger_word').whereIn(`ledger_word.${name}`, some)),
      );
    }
    if (!this.#adding.has(from)) for (const row of rows) this.#keep(row);
    return rows;
  }

  #keep({ id, word }: WordRow): void {
    if (this.#ids.size >= maxKept) {
      this.#ids.clear();
      this.#words.clear();
    }
    this.#ids.set(word, id);
    this.#words.set(id, word);
  }
}
