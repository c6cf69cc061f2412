import { Clock } from './clock';
import { Db, readBigint, Tx } from './database';

/** A message that leaves only if its transaction commits. */
export interface OutboxMessage {
  topic: string;
  /** Entity refs of the subjects that changed. */
  subjects: string[];
}

/** A message as its table keeps it. */
export interface OutboxRow {
  topic: string;
  /** JSON list of entity refs. */
  subjects: string;
  queued_at_ms: number;
}

/** Queues messages in the caller's transaction; {@link createOutbox}'s relay hands them on after the commit. */
export interface Outbox {
  queue(tx: Tx, message: OutboxMessage): Promise<void>;
  /** What {@link queue} inserts into the table `outbox`, for a statement that inserts it along with all else. */
  rowOf(message: OutboxMessage): OutboxRow;
  /** Hands every queued message to `deliver`, oldest first, and forgets those that it accepted. At least once. */
  relay(deliver: (messages: OutboxMessage[]) => Promise<void>): Promise<number>;
}

/** More than a busy intake commits between two relays: else messages would pile up. */
const batchSize = 5_000;

export function createOutbox(db: Db, clock: Clock): Outbox {
  const rowOf = (message: OutboxMessage): OutboxRow => ({
    topic: message.topic,
    subjects: JSON.stringify(message.subjects),
    queued_at_ms: clock.nowMs(),
  });
  return {
    rowOf,
    async queue(tx, message) {
      await tx('outbox').insert(rowOf(message));
    },
    async relay(deliver) {
      const rows: { seq: unknown; topic: string; subjects: string }[] = await db
        .knex('outbox')
        .select('outbox.seq', 'outbox.topic', 'outbox.subjects')
        .orderBy('outbox.seq')
        .limit(batchSize);
      if (rows.length === 0) return 0;
      await deliver(
        rows.map(row => ({
          topic: row.topic,
          subjects: JSON.parse(row.subjects),
        })),
      );
      await db
        .knex('outbox')
        .where('outbox.seq', '<=', readBigint(rows[rows.length - 1].seq))
        .delete();
      return rows.length;
    },
  };
}
