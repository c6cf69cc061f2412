import { canonicalize } from '@ai-assurance/evidence';
import { Db } from '../../platform';
import { ScannedItem } from '../scan';
import { WordRow } from '../tables';
import { ItemWords } from './checkItem';
import { Finding } from './Finding';

const idsPerQuery = 500;
const maxKept = 100_000;

/** Checks the dictionary: that it has every word that items name, and none beside. Its words are checked by the leaves. */
export class WordCheck {
  readonly #db: Db;
  /** Canonical: few words fill a ledger, and quoting them for each leaf costs a good part of its hash. */
  readonly #texts = new Map<number, string>();
  /** Words that are not known yet, with the first position that names them. */
  #missing = new Map<number, number>();
  /** One bit for each word that an item named. */
  #used = new Uint8Array(1024);

  constructor(db: Db) {
    this.#db = db;
  }

  /** The words of an item; `undefined` when some are to be fetched first. */
  of({ position, source, type, subject }: ScannedItem): ItemWords | undefined {
    const words = {
      source: this.#textOf(source, position)!,
      type: this.#textOf(type, position)!,
      subject: this.#textOf(subject, position)!,
    };
    return this.#missing.size === 0 ? words : undefined;
  }

  /** Fetches the words that were missing. Throws the finding about one that the dictionary does not have. */
  async fetch(): Promise<void> {
    const missing = this.#missing;
    this.#missing = new Map();
    if (this.#texts.size + missing.size > maxKept) this.#texts.clear();
    const ids = [...missing.keys()];
    for (let at = 0; at < ids.length; at += idsPerQuery) {
      const rows: WordRow[] = await this.#db
        .knex<WordRow>('ledger_word')
        .whereIn('ledger_word.id', ids.slice(at, at + idsPerQuery));
      for (const { id, word } of rows) {
        if (typeof word !== 'string')
          throw new Finding('ledger_word', id, 'The word is no text');
        this.#texts.set(id, canonicalize(word));
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

  #textOf(id: number, position: number): string | undefined {
    const text = this.#texts.get(id);
    if (text === undefined && !this.#missing.has(id))
      this.#missing.set(id, position);
    return text;
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
