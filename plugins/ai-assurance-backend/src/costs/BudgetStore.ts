import { Db, readBigint, Tx } from '../platform';
import { BudgetNotice, ToldState } from './core/notice';

interface BudgetRow {
  subject: string;
  fingerprint: string;
  told: string | null;
  judged_at_ms: unknown;
}

/** What was recorded last about the budget of a subject. */
export interface StoredBudget {
  subject: string;
  /** Verdict and promise; equal when there is nothing new to record. */
  fingerprint: string;
  /** What people were told last and that still stands; `undefined`: nothing. */
  told: ToldState | undefined;
  judgedAtMs: number;
}

const batchSize = 100;

/** What was recorded about cost budgets, and what people are still to be told of them. */
export class BudgetStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async all(): Promise<Map<string, StoredBudget>> {
    const rows: BudgetRow[] = await this.#db
      .knex('cost_budget')
      .select('cost_budget.*');
    return new Map(
      rows.map(row => [
        row.subject,
        {
          subject: row.subject,
          fingerprint: row.fingerprint,
          told: (row.told ?? undefined) as ToldState | undefined,
          judgedAtMs: readBigint(row.judged_at_ms),
        },
      ]),
    );
  }

  /** Answers `false`, and writes nothing, when another replica recorded one since `before` was read. */
  async replace(
    tx: Tx,
    before: StoredBudget | undefined,
    after: StoredBudget,
  ): Promise<boolean> {
    const row: BudgetRow = {
      subject: after.subject,
      fingerprint: after.fingerprint,
      told: after.told ?? null,
      judged_at_ms: after.judgedAtMs,
    };
    if (before === undefined) {
      const inserted = await tx('cost_budget')
        .insert(row)
        .onConflict('subject')
        .ignore()
        .returning('subject');
      return inserted.length === 1;
    }
    const moved = await tx('cost_budget')
      .where({ subject: after.subject, judged_at_ms: before.judgedAtMs })
      .update(row);
    return moved === 1;
  }

  /** Forgets a budget that nobody declares any more. */
  async drop(subject: string): Promise<void> {
    await this.#db.knex('cost_budget').where({ subject }).delete();
  }

  async queue(tx: Tx, notice: BudgetNotice, nowMs: number): Promise<void> {
    await tx('cost_notice').insert({
      notice: JSON.stringify(notice),
      queued_at_ms: nowMs,
    });
  }

  /** Hands every notice to `deliver`, oldest first, and forgets those it took. At least once. */
  async relay(deliver: (notice: BudgetNotice) => Promise<void>): Promise<void> {
    const rows: { notice_id: unknown; notice: string }[] = await this.#db
      .knex('cost_notice')
      .orderBy('cost_notice.notice_id')
      .limit(batchSize)
      .select('cost_notice.notice_id', 'cost_notice.notice');
    for (const row of rows) {
      await deliver(JSON.parse(row.notice));
      await this.#db
        .knex('cost_notice')
        .where('cost_notice.notice_id', readBigint(row.notice_id))
        .delete();
    }
  }
}
