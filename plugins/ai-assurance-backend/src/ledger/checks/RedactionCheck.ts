import { Db } from '../../platform';
import { scanItem } from '../scan';
import { RedactionRow, WordRow } from '../tables';
import { checkColumns, checkCommitment, isErased } from './checkItem';
import { Finding, wholeNumber } from './Finding';

const redactionType = /^io\.ai-assurance\.redaction\.v[0-9]+$/;
/** Orders remembered: neighbours are mostly erased by the same one. */
const maxOrders = 32;

const table = 'ledger_redaction' as const;

const positionOf = (row: RedactionRow) =>
  wholeNumber(row.position, {
    table,
    row: String(row.position),
    column: 'position',
  });

/** Checks that only that was erased which evidence in the ledger orders to erase. */
export class RedactionCheck {
  readonly #db: Db;
  /** Leaf hashes by evidence id, for each order read last. */
  readonly #orders = new Map<number, Map<string, string>>();

  constructor(db: Db) {
    this.#db = db;
  }

  /**
   * Checks the items at `[from, to)` that are erased or listed, in order; `erased` has the leaf hashes of the erased ones by
   * position. MUST come after the items were read.
   */
  async check(
    from: number,
    to: number,
    erased: Map<number, string>,
  ): Promise<void> {
    const listed = await this.#listed(from, to);
    const positions = new Set([...erased.keys(), ...listed.keys()]);
    for (const position of [...positions].sort((a, b) => a - b)) {
      const leafHash = erased.get(position);
      const orderAt = listed.get(position);
      if (orderAt === undefined)
        throw new Finding(
          'ledger_item',
          position,
          'The payload is gone, and no redaction lists the item',
        );
      // It was there when it was read, and may have been erased since.
      const now =
        leafHash === undefined
          ? await scanItem(this.#db, position)
          : { leafHash, payload: '', saltLength: 0 };
      const order = await this.#order(position, orderAt);
      if (order.get(String(position)) !== now?.leafHash)
        throw new Finding(
          'ledger_redaction',
          position,
          `The evidence at position ${orderAt} does not order the redaction of this item`,
        );
      if (!now || !isErased(now))
        throw new Finding(
          'ledger_redaction',
          position,
          'The item is listed, but its payload was not erased',
        );
    }
  }

  /** Rows about items that do not exist. */
  async checkRest(itemCount: number): Promise<void> {
    const stray = await this.#db
      .knex<RedactionRow>('ledger_redaction')
      .where('ledger_redaction.position', '<', 0)
      .orWhere('ledger_redaction.position', '>=', itemCount)
      .orderBy('ledger_redaction.position')
      .first();
    if (!stray) return;
    const position = positionOf(stray);
    const item = await scanItem(this.#db, position);
    if (!item)
      throw new Finding(
        'ledger_redaction',
        position,
        'There is no item at this position',
      );
  }

  /** Where the orders stand for what is listed at `[from, to)`. */
  async #listed(from: number, to: number): Promise<Map<number, number>> {
    const rows: RedactionRow[] = await this.#db
      .knex<RedactionRow>('ledger_redaction')
      .where('ledger_redaction.position', '>=', from)
      .andWhere('ledger_redaction.position', '<', to);
    return new Map(
      rows.map(row => {
        const position = positionOf(row);
        const at = { table, row: position, column: 'redaction_position' };
        return [position, wholeNumber(row.redaction_position, at)];
      }),
    );
  }

  async #order(position: number, at: number): Promise<Map<string, string>> {
    const kept = this.#orders.get(at);
    if (kept) return kept;
    const refuse = (problem: string) => new Finding(table, position, problem);
    const evidence = await scanItem(this.#db, at);
    if (!evidence || !redactionType.test(await this.#word(evidence.type)))
      throw refuse(`There is no evidence of a redaction at position ${at}`);
    if (isErased(evidence))
      throw refuse(
        `The evidence of the redaction, at position ${at}, was itself erased`,
      );
    // It is checked once more in its own place, but what it says counts here.
    checkColumns(evidence);
    checkCommitment(evidence);
    const { items } = JSON.parse(evidence.payload) as {
      items: { evidenceId: string; leafHash: string }[];
    };
    const order = new Map(
      items.map(({ evidenceId, leafHash }) => [evidenceId, leafHash]),
    );
    if (this.#orders.size >= maxOrders)
      this.#orders.delete(this.#orders.keys().next().value!);
    this.#orders.set(at, order);
    return order;
  }

  async #word(id: number): Promise<string> {
    const row: WordRow | undefined = await this.#db
      .knex<WordRow>('ledger_word')
      .where('ledger_word.id', id)
      .first();
    return String(row?.word);
  }
}
