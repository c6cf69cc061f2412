import { ActionOrder } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ConflictError } from '@backstage/errors';
import { Db, readBigint, Tx, withCode } from '../platform';
import { answerInWords } from './core/order';
import { ActionOrderRow } from './tables';

const shownLimit = 10;
const batch = 50;

/** An order as the wire has it. */
export function orderOf(row: ActionOrderRow): ActionOrder {
  return {
    orderId: row.order_id,
    state: row.state,
    fromVersion: row.from_version,
    toVersion: row.to_version,
    orderedBy: row.ordered_by,
    reason: row.reason,
    orderedAtMs: readBigint(row.ordered_at_ms),
    answeredAtMs:
      row.answered_at_ms === null ? null : readBigint(row.answered_at_ms),
    answer: answerInWords({
      state: row.state,
      status: row.answer_status,
      code: row.answer_code,
      reference: row.answer_reference,
    }),
  };
}

/** Orders, and who may send them: each is claimed once. */
export class OrderStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Fails while another order of the service waits for its answer, and for a request that was taken already. */
  async insert(tx: Tx, row: ActionOrderRow): Promise<void> {
    await tx('action_order').insert(row);
  }

  /** Throws `ORDER_OPEN` while an order of the service waits for its answer. */
  async requireNoneOpen(subject: string): Promise<void> {
    const open: { order_id: string } | undefined = await this.#db
      .knex('action_order')
      .where('action_order.subject', subject)
      .whereIn('action_order.state', ['ordered', 'sending'])
      .first('action_order.order_id');
    if (open)
      throw withCode(
        new ConflictError(
          `The order ${open.order_id} for ${subject} is on its way. Wait for its answer.`,
        ),
        'ORDER_OPEN',
      );
  }

  /** Whether this caller may send the order; nobody may a second time. */
  async claim(orderId: string, nowMs: number): Promise<boolean> {
    const claimed = await this.#db
      .knex('action_order')
      .where({ order_id: orderId, state: 'ordered' })
      .update({ state: 'sending', sent_at_ms: nowMs });
    return claimed === 1;
  }

  /** Whether the answer was the first. */
  async answer(tx: Tx, row: ActionOrderRow): Promise<boolean> {
    const { state, answered_at_ms } = row;
    const { answer_status, answer_code, answer_reference } = row;
    const moved = await tx('action_order')
      .where({ order_id: row.order_id, state: 'sending' })
      .update({
        state,
        answered_at_ms,
        answer_status,
        answer_code,
        answer_reference,
      });
    return moved === 1;
  }

  async byId(orderId: string): Promise<ActionOrderRow> {
    return this.#db
      .knex('action_order')
      .where('action_order.order_id', orderId)
      .first();
  }

  async byRequest(
    subject: string,
    requestId: string,
  ): Promise<ActionOrderRow | undefined> {
    return this.#db
      .knex('action_order')
      .where({ subject, request_id: requestId })
      .first();
  }

  /** As they are now, or those that were made by then: what became of them later is left out. */
  async newest(subject: string, atMs?: number): Promise<ActionOrder[]> {
    const query = this.#db
      .knex('action_order')
      .where('action_order.subject', subject);
    if (atMs !== undefined)
      query.where('action_order.ordered_at_ms', '<=', atMs);
    const rows: ActionOrderRow[] = await query
      .orderBy('action_order.ordered_at_ms', 'desc')
      .limit(shownLimit);
    return rows.map(row => {
      const answeredAtMs =
        row.answered_at_ms === null
          ? undefined
          : readBigint(row.answered_at_ms);
      const isLater =
        atMs !== undefined &&
        (answeredAtMs === undefined || answeredAtMs > atMs);
      return orderOf(
        isLater
          ? {
              ...row,
              state: 'ordered',
              answered_at_ms: null,
              answer_status: null,
              answer_code: null,
              answer_reference: null,
            }
          : row,
      );
    });
  }

  /** How often it was ordered to take a version of a service back. */
  async attempts(subject: string, fromVersion: string): Promise<number> {
    const [row] = await this.#db
      .knex('action_order')
      .where({ subject, from_version: fromVersion })
      .count({ orders: '*' });
    return readBigint(row.orders);
  }

  async unsent(orderedBeforeMs: number): Promise<ActionOrderRow[]> {
    return this.#db
      .knex('action_order')
      .where('action_order.state', 'ordered')
      .andWhere('action_order.ordered_at_ms', '<', orderedBeforeMs)
      .limit(batch);
  }

  async unanswered(sentBeforeMs: number): Promise<ActionOrderRow[]> {
    return this.#db
      .knex('action_order')
      .where('action_order.state', 'sending')
      .andWhere('action_order.sent_at_ms', '<', sentBeforeMs)
      .limit(batch);
  }
}
