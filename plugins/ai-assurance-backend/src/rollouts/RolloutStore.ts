import { Db, Tx } from '../platform';
import {
  observationFromRow,
  RolloutObservationRow,
  rowFromObservation,
  StoredObservation,
} from './tables';

/** Keeps the last recorded observation of each model. */
export class RolloutStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async last(modelRef: string): Promise<StoredObservation | undefined> {
    const row: RolloutObservationRow | undefined = await this.#db
      .knex('rollout_observation')
      .where({ model_ref: modelRef })
      .first('rollout_observation.*');
    return row && observationFromRow(row);
  }

  /** Answers `false`, and writes nothing, when another replica recorded one since `before` was read. */
  async replace(
    tx: Tx,
    before: StoredObservation | undefined,
    after: StoredObservation,
  ): Promise<boolean> {
    const row = rowFromObservation(after);
    if (before === undefined) {
      const inserted = await tx('rollout_observation')
        .insert(row)
        .onConflict('model_ref')
        .ignore()
        .returning('model_ref');
      return inserted.length === 1;
    }
    const moved = await tx('rollout_observation')
      .where({ model_ref: after.modelRef, recorded_at_ms: before.recordedAtMs })
      .update(row);
    return moved === 1;
  }
}
