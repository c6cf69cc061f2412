import { PreparedRead, readPrepared, Tx } from '../platform';
import { inChunks } from './inChunks';
import { BatchKeyRow, BatchRow } from './tables';

/** What makes a batch the same as one before. */
export interface NamedBatch {
  /** SHA-256 of the body, in hexadecimal. */
  digest: string;
  /** SHA-256 of the sender and the id that it gave the batch; `undefined` where it gave none. */
  keyHash: string | undefined;
  receivedAtMs: number;
}

export type Standing =
  | { is: 'fresh' }
  /** The body was recorded before; the row says how it was answered. */
  | { is: 'repeat'; row: BatchRow }
  /** The sender gave the id to another body. */
  | { is: 'conflict' };

const byText = (a: string, b: string) => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};
const unique = <T>(items: T[]) => [...new Set(items)];

/** Inserts the digests that are not there yet, in their order, and answers them. */
const newBatches: PreparedRead = {
  name: 'telemetry-new-batches',
  sqlite: `INSERT INTO telemetry_batch (digest, received_at_ms, rejected_points, message)
    SELECT d.value, r.value, 0, '' FROM json_each(?) d JOIN json_each(?) r ON r.key = d.key WHERE true
    ON CONFLICT (digest) DO NOTHING RETURNING digest`,
  postgres: `INSERT INTO telemetry_batch (digest, received_at_ms, rejected_points, message)
    SELECT b.digest, b.received_at_ms, 0, '' FROM unnest($1::text[], $2::bigint[]) AS b(digest, received_at_ms)
    ON CONFLICT (digest) DO NOTHING RETURNING digest`,
};

/**
 * Remembers batches by the digests of their bodies and by the ids that their senders gave, and tells which were there before.
 * Digests and ids are taken in their order, so that two writers never wait for each other.
 */
export async function rememberBatches<Batch extends NamedBatch>(
  tx: Tx,
  batches: Batch[],
): Promise<Map<Batch, Standing>> {
  const standings = new Map<Batch, Standing>();
  const firstOf = firsts(batches, batch => batch.digest);
  const inserted = await readPrepared<{ digest: string }>(tx, newBatches, [
    [...firstOf.keys()],
    [...firstOf.values()].map(batch => batch.receivedAtMs),
  ]);
  const fresh = new Set(inserted.map(({ digest }) => digest));
  const keyed = batches.filter(batch => batch.keyHash !== undefined);
  const clashing = await clashes(tx, keyed);
  // The id stands for another body: this one must stay unknown, or its next try would be taken for a repeat.
  const undone = unique(
    batches.filter(b => clashing.has(b)).map(b => b.digest),
  ).filter(
    digest =>
      fresh.has(digest) &&
      batches.every(b => b.digest !== digest || clashing.has(b)),
  );
  await inChunks(undone, chunk =>
    tx('telemetry_batch').whereIn('telemetry_batch.digest', chunk).delete(),
  );
  const isTaken = new Set<string>();
  for (const batch of batches) {
    if (clashing.has(batch)) standings.set(batch, { is: 'conflict' });
    else if (fresh.has(batch.digest) && !isTaken.has(batch.digest)) {
      isTaken.add(batch.digest);
      standings.set(batch, { is: 'fresh' });
    }
  }
  const earlier = new Map<string, BatchRow>();
  const repeated = batches.filter(batch => !standings.has(batch));
  await inChunks(unique(repeated.map(batch => batch.digest)), async chunk => {
    const rows: BatchRow[] = await tx('telemetry_batch')
      .select('telemetry_batch.*')
      .whereIn('telemetry_batch.digest', chunk);
    for (const row of rows) earlier.set(row.digest, row);
  });
  for (const batch of repeated)
    standings.set(batch, { is: 'repeat', row: earlier.get(batch.digest)! });
  return standings;
}

/** Which batches carry an id that stands for another body. */
async function clashes<Batch extends NamedBatch>(
  tx: Tx,
  batches: Batch[],
): Promise<Set<Batch>> {
  if (batches.length === 0) return new Set();
  const firstOf = firsts(batches, batch => batch.keyHash!);
  await insertNew(
    tx,
    'telemetry_batch_key',
    'key_hash',
    [...firstOf.values()].map(batch => ({
      key_hash: batch.keyHash,
      digest: batch.digest,
      received_at_ms: batch.receivedAtMs,
    })),
  );
  const digestOf = new Map<string, string>();
  await inChunks([...firstOf.keys()], async chunk => {
    const rows: BatchKeyRow[] = await tx('telemetry_batch_key')
      .select('telemetry_batch_key.key_hash', 'telemetry_batch_key.digest')
      .whereIn('telemetry_batch_key.key_hash', chunk);
    for (const row of rows) digestOf.set(row.key_hash, row.digest);
  });
  return new Set(
    batches.filter(batch => digestOf.get(batch.keyHash!) !== batch.digest),
  );
}

/** The first of the batches for each name, in the order of the names. */
function firsts<Batch>(
  batches: Batch[],
  nameOf: (batch: Batch) => string,
): Map<string, Batch> {
  const found = new Map<string, Batch>();
  for (const batch of batches) {
    const name = nameOf(batch);
    if (!found.has(name)) found.set(name, batch);
  }
  return new Map([...found].sort(([a], [b]) => byText(a, b)));
}

/** Inserts rows that are not there yet; answers the keys of those that were new. */
async function insertNew(
  tx: Tx,
  table: string,
  key: string,
  rows: object[],
): Promise<Set<string>> {
  const inserted = new Set<string>();
  await inChunks(rows, async chunk => {
    const own: Record<string, string>[] = await tx(table)
      .insert(chunk)
      .onConflict(key)
      .ignore()
      .returning(key);
    for (const row of own) inserted.add(row[key]);
  });
  return inserted;
}
