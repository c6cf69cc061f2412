import { Db } from '../../platform';
import { ScannedItem } from '../scan';
import { WordRow } from '../tables';
import { Finding } from './Finding';

const idsPerQuery = 500;
const maxKept = 100_000;

/** Checks the dictionary: that it has every word that items name, and none beside. Its words are checked by the leaves. */
export class WordCheck {
  readonly #db: Db;
  readonly #texts = new Map<number, string>();
  /** One bit for each word that an item named. */
  #used = new Uint8Array(1024);

  constructor(db: Db) {
    this.#db = db;
  }

  /** The words of some items. */
  async textsOf(items: ScannedItem[]): Promise<Map<number, string>> {
    const missing = new Map<number, number>();
    const see = (id: number, position: number) => {
      if (!this.#texts.has(id) && !missing.has(id)) missing.set(id, position);
    };
    for (const { position, source, type, subject } of items) {
      see(source, position);
      see(type, position);
      see(subject, position);
    }
    if (missing.size === 0) return this.#texts;
    if (this.#texts.size + missing.size > maxKept) {
      this.#texts.clear();
      return this.textsOf(items);
    }
    const ids = [...missing.keys()];
    for (let at = 0; at < ids.length; at += idsPerQuery) {
      const rows: WordRow[] = await this.#db
        .knex<WordRow>('ledger_word')
        .whereIn('ledger_word.id', ids.slice(at, at + idsPerQuery));
      for (const { id, word } of rows) {
        if (typeof word !== 'string')
          throw new Finding('ledger_word', id, 'The word is no text');
        this.#texts.set(id, word);
        this.#use(id);
      }
    }
    for (const [id, position] of missing)
      if (!this.#texts.has(id))
        throw new Finding(
          'ledger_word',
          id,
          `The word is missing that the item at position ${position} names`,
        );
    return this.#texts;
  }

  /** MUST come after all items. */
  async checkRest(): Promise<void> {
    for (let after = -1; ; ) {
      const rows: { id: number }[] = await this.#db
        .knex<WordRow>('ledger_word')
        .select('ledger_word.id')
        .where('ledger_word.id', '>', after)
        .orderBy('ledger_word.id')
        .limit(idsPerQuery);
      if (rows.length === 0) return;
      for (const { id } of rows) {
        // Words are added with their first item: one that is newer than the items that were read is no finding.
        if (!this.#isUsed(id)) await this.#demandUse(id);
        after = id;
      }
    }
  }

  async #demandUse(id: number): Promise<void> {
    const row = await this.#db
      .knex('ledger_item')
      .select('ledger_item.position')
      .where('ledger_item.source', id)
      .orWhere('ledger_item.type', id)
      .orWhere('ledger_item.subject', id)
      .first();
    if (!row) throw new Finding('ledger_word', id, 'No item names this word');
  }

  #use(id: number): void {
    if (id >> 3 >= this.#used.length) {
      const more = new Uint8Array(2 * ((id >> 3) + 1));
      more.set(this.#used);
      this.#used = more;
    }
    this.#used[id >> 3] |= 1 << (id & 7);
  }

  #isUsed(id: number): boolean {
    return (this.#used[id >> 3] & (1 << (id & 7))) !== 0;
  }
}
