import { Db, readBigint } from '../../platform';
import { itemOf } from '../core/prepare';
import { recordsOf } from '../rows';
import { scanItems, ScannedItem } from '../scan';
import { ItemRow, RedactionRow } from '../tables';
import { Words } from '../words';
import { Finding } from './Finding';

const redactionType = /^io\.ai-assurance\.redaction\.v[0-9]+$/;
/** Orders remembered: neighbours are mostly erased by the same one. */
const maxOrders = 32;

/** Checks that only that was erased which evidence in the ledger orders to erase. */
export class RedactionCheck {
  readonly #db: Db;
  readonly #words = new Words();
  /** Leaf hashes by evidence id, for each order read last. */
  readonly #orders = new Map<number, Map<string, string>>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Where the orders stand for what is listed at `[from, to)`. Read after the items, since both change in one commit. */
  async listed(from: number, to: number): Promise<Map<number, number>> {
    const rows: RedactionRow[] = await this.#db
      .knex<RedactionRow>('ledger_redaction')
      .where('ledger_redaction.position', '>=', from)
      .andWhere('ledger_redaction.position', '<', to);
    return new Map(
      rows.map(row => [
        readBigint(row.position),
        readBigint(row.redaction_position),
      ]),
    );
  }

  /** Checks an item that is erased or listed. */
  async check(item: ScannedItem, orderAt: number | undefined): Promise<void> {
    const { position } = item;
    if (orderAt === undefined)
      throw new Finding(
        'ledger_item',
        position,
        'The payload is gone, and no redaction lists the item',
      );
    const order = await this.#order(position, orderAt);
    if (order.get(String(position)) !== item.leafHash)
      throw new Finding(
        'ledger_redaction',
        position,
        `The evidence at position ${orderAt} does not order the redaction of this item`,
      );
    // It may have been erased since it was read.
    const [now] = await scanItems(this.#db, position, position + 1);
    if (now.payload !== '' || now.salt.length > 0)
      throw new Finding(
        'ledger_redaction',
        position,
        'The item is listed, but its payload was not erased',
      );
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
    const position = readBigint(stray.position);
    const [item] = await scanItems(this.#db, position, position + 1);
    if (!item)
      throw new Finding(
        'ledger_redaction',
        position,
        'There is no item at this position',
      );
  }

  async #order(position: number, at: number): Promise<Map<string, string>> {
    const kept = this.#orders.get(at);
    if (kept) return kept;
    const rows: ItemRow[] = await this.#db
      .knex<ItemRow>('ledger_item')
      .where('ledger_item.position', at);
    const [record] = await recordsOf(this.#db.knex, this.#words, rows);
    const refuse = (problem: string) =>
      new Finding('ledger_redaction', position, problem);
    if (!record || !redactionType.test(record.type))
      throw refuse(`There is no evidence of a redaction at position ${at}`);
    if (record.payload === undefined)
      throw refuse(
        `The evidence of the redaction, at position ${at}, was itself erased`,
      );
    const { items } = itemOf(record).data.payload as {
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
}
