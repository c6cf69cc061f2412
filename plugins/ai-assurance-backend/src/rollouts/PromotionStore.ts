import {
  Promotion,
  PromotionDecision,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, readBigint, Tx } from '../platform';

interface PromotionRow {
  model_ref: string;
  decision: string;
  reason: string;
  version: string;
  policy_id: string | null;
  /** JSON: string[] */
  budgets: string;
  since_ms: unknown;
  attempt_number: number;
}

/** A decision with how many there were about its version. */
export type StoredPromotion = Promotion & { attemptNumber: number };

/** Keeps the last decision about the rollout of each model. */
export class PromotionStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async last(modelRef: string): Promise<StoredPromotion | undefined> {
    const row: PromotionRow | undefined = await this.#db
      .knex('rollout_promotion')
      .where({ model_ref: modelRef })
      .first('rollout_promotion.*');
    return (
      row && {
        decision: row.decision as PromotionDecision,
        reason: row.reason,
        version: row.version,
        policyId: row.policy_id,
        budgets: JSON.parse(row.budgets),
        sinceMs: readBigint(row.since_ms),
        attemptNumber: row.attempt_number,
      }
    );
  }

  /** Answers `false`, and writes nothing, when another replica decided since `before` was read. */
  async replace(
    tx: Tx,
    modelRef: string,
    before: StoredPromotion | undefined,
    after: StoredPromotion,
  ): Promise<boolean> {
    const row: PromotionRow = {
      model_ref: modelRef,
      decision: after.decision,
      reason: after.reason,
      version: after.version,
      policy_id: after.policyId,
      budgets: JSON.stringify(after.budgets),
      since_ms: after.sinceMs,
      attempt_number: after.attemptNumber,
    };
    if (before === undefined) {
      const inserted = await tx('rollout_promotion')
        .insert(row)
        .onConflict('model_ref')
        .ignore()
        .returning('model_ref');
      if (inserted.length === 1) await remember(tx, modelRef, after.sinceMs);
      return inserted.length === 1;
    }
    const moved = await tx('rollout_promotion')
      .where({ model_ref: modelRef, since_ms: before.sinceMs })
      .update(row);
    if (moved === 1) await remember(tx, modelRef, after.sinceMs);
    return moved === 1;
  }

  /** When decisions about a model were made before an instant, newest first, at most `limit`. */
  async momentsBefore(
    modelRef: string,
    beforeMs: number,
    limit: number,
  ): Promise<number[]> {
    const rows: { since_ms: unknown }[] = await this.#db
      .knex('rollout_promotion_moment')
      .where('rollout_promotion_moment.model_ref', modelRef)
      .andWhere('rollout_promotion_moment.since_ms', '<', beforeMs)
      .orderBy('rollout_promotion_moment.since_ms', 'desc')
      .limit(limit)
      .select('rollout_promotion_moment.since_ms');
    return rows.map(row => readBigint(row.since_ms));
  }
}

async function remember(tx: Tx, modelRef: string, sinceMs: number) {
  await tx('rollout_promotion_moment')
    .insert({ model_ref: modelRef, since_ms: sinceMs })
    .onConflict(['model_ref', 'since_ms'])
    .ignore();
}
