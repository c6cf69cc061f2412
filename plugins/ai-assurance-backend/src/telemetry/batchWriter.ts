import { createGroupWriter, Db, GroupWriter, isStoreAway } from '../platform';
import { FoldedBatch, RecordOutcome, TelemetryStore } from './TelemetryStore';

/** Enough to share the cost of a transaction, few enough to keep it short. */
const maxBatchesPerTransaction = 32;

export type BatchWriter = GroupWriter<FoldedBatch, RecordOutcome>;

/** Writes batches in groups: under load most fall into the same windows, which are then read, merged and written once. */
export function createBatchWriter(deps: {
  db: Db;
  store: TelemetryStore;
}): BatchWriter {
  return createGroupWriter({
    db: deps.db,
    work: (tx, batches) => deps.store.record(tx, batches),
    weightOf: () => 1,
    maxWeight: maxBatchesPerTransaction,
    failsTogether: isStoreAway,
  });
}
