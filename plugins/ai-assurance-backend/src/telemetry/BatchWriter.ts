import { Db } from '../platform';
import { FoldedBatch, RecordOutcome, TelemetryStore } from './TelemetryStore';

/** Most batches written in one transaction: enough to share its cost, few enough to keep it short. */
const maxGroup = 32;

interface Waiting {
  batch: FoldedBatch;
  resolve(outcome: RecordOutcome): void;
  reject(error: unknown): void;
}

/**
 * Writes batches one transaction after the other. Those that arrive while one is being written share the next: under
 * load most of them fall into the same windows, which are then read, merged and written once for all.
 */
export class BatchWriter {
  readonly #db: Db;
  readonly #store: TelemetryStore;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(deps: { db: Db; store: TelemetryStore }) {
    this.#db = deps.db;
    this.#store = deps.store;
  }

  /** Resolves once the batch is committed. Safe to repeat with the same digest. */
  write(batch: FoldedBatch): Promise<RecordOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (!this.#isWriting) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      await this.#commit(this.#waiting.splice(0, maxGroup));
    }
    this.#isWriting = false;
  }

  async #commit(group: Waiting[]): Promise<void> {
    try {
      const batches = group.map(({ batch }) => batch);
      const outcomes = await this.#db.transaction(tx =>
        this.#store.record(tx, batches),
      );
      group.forEach(({ resolve }, i) => resolve(outcomes[i]));
    } catch (error) {
      if (group.length === 1) group[0].reject(error);
      // A batch must not fail for the company it was in.
      else for (const one of group) await this.#commit([one]);
    }
  }
}
