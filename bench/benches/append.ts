/**
 * Evidence per second that the ledger takes from inside the process, a thousand items a transaction, on both databases,
 * beside a plain insert of the same rows by the query builder, which reads, hashes and proves nothing; and the bytes that it takes on disk.
 */
import { hash } from 'node:crypto';
import { Knex } from 'knex';
import {
  BenchDatabase,
  sqlitePragmas,
  withDatabases,
} from '../support/databases';
import { boundFigure, Figure, ratioFigure, report } from '../support/figures';
import { draftOf, openLedger } from '../support/ledger';
import { scale, scaled } from '../support/scale';

const runCount = 5;
const itemsPerTransaction = 1_000;
/** What one statement of SQLite can bind. */
const rowsPerInsert = 500;

const figures: Figure[] = [];

/** The bytes of items as they are pushed. */
let itemBytes = 0;

function draftsFrom(first: number) {
  return Array.from({ length: itemsPerTransaction }, (_, i) =>
    draftOf(first + i),
  );
}

/** The table of the items once more, with no index but its order. */
async function openFloor(database: BenchDatabase, knex: Knex): Promise<void> {
  const isSqlite = database.dialect === 'sqlite';
  if (isSqlite)
    for (const pragma of sqlitePragmas) await knex.raw(`PRAGMA ${pragma}`);
  const bytes = isSqlite ? 'blob' : 'bytea';
  await knex.raw(`CREATE TABLE floor (
    position ${isSqlite ? 'integer' : 'bigint'} PRIMARY KEY,
    time_ms bigint, recorded_at_ms bigint, expires_at_ms bigint, source integer, type integer, subject integer,
    status text, id text, time_text text, salt ${bytes}, payload_commitment ${bytes}, leaf_hash ${bytes},
    envelope text, payload text)`);
}

/** The rows that the ledger makes of drafts, made before the clock runs. */
function floorRows(first: number): object[] {
  return draftsFrom(first).map((draft, i) => {
    const payload = JSON.stringify(draft.payload);
    const digest = hash('sha256', payload, 'buffer');
    return {
      position: first + i,
      time_ms: draft.timeMs,
      recorded_at_ms: draft.timeMs,
      expires_at_ms: null,
      source: 0,
      type: 1,
      subject: 2,
      status: null,
      id: draft.id,
      time_text: null,
      salt: digest,
      payload_commitment: digest,
      leaf_hash: digest,
      envelope: JSON.stringify(draft.envelope),
      payload,
    };
  });
}

async function measure(database: BenchDatabase): Promise<void> {
  const transactions = scaled(20);
  const place = await database.place();
  const floorPlace = await database.place();
  const knex = place.open();
  const floorKnex = floorPlace.open();
  const runs: number[] = [];
  const floorRuns: number[] = [];
  let appendedCount = 0;
  let floorCount = 0;
  itemBytes = 0;
  try {
    const { db, room } = await openLedger(knex);
    await openFloor(database, floorKnex);

    const appendAll = async () => {
      let seconds = 0;
      for (let i = 0; i < transactions; i += 1) {
        const drafts = draftsFrom(appendedCount);
        for (const { timeMs, envelope, payload, ...attributes } of drafts)
          itemBytes += JSON.stringify({
            specversion: '1.0',
            ...attributes,
            time: new Date(timeMs).toISOString(),
            datacontenttype: 'application/json',
            data: { envelope, payload },
          }).length;
        const startedAt = performance.now();
        await db.transaction(tx => room.ledger.append(tx, drafts));
        seconds += (performance.now() - startedAt) / 1000;
        appendedCount += drafts.length;
      }
      return (transactions * itemsPerTransaction) / seconds;
    };
    const insertAll = async () => {
      let seconds = 0;
      for (let i = 0; i < transactions; i += 1) {
        const rows = floorRows(floorCount);
        const startedAt = performance.now();
        await floorKnex.batchInsert(
          'floor',
          rows,
          database.dialect === 'sqlite' ? rowsPerInsert : rows.length,
        );
        seconds += (performance.now() - startedAt) / 1000;
        floorCount += rows.length;
      }
      return (transactions * itemsPerTransaction) / seconds;
    };

    await insertAll();
    await appendAll();
    for (let i = 0; i < runCount; i += 1) {
      // By turns, so that a change of the machine's mood meets both.
      floorRuns.push(await insertAll());
      runs.push(await appendAll());
    }
    const checked = await room.fsck();
    const worked = checked.ok && checked.itemCount === appendedCount;
    figures.push(
      ratioFigure({
        name: `${database.name}: append, 1,000 items a transaction`,
        unit: 'items/s',
        runs,
        floorRuns,
        against: 'knex insert of the same rows, without hashing or indexes',
        atLeast: 0.6,
        worked,
      }),
    );
    await knex.destroy();
    await floorKnex.destroy();
    const diskBytes = await place.sizeInBytes();
    figures.push(
      boundFigure({
        name: `${database.name}: bytes on disk for each byte of the items`,
        unit: 'bytes',
        value: diskBytes / itemBytes,
        atMost: 1.6,
        worked,
      }),
    );
    process.stderr.write(
      `${database.name}: ${appendedCount} items of ${Math.round(
        itemBytes / appendedCount,
      )} bytes take ${Math.round(
        diskBytes / appendedCount,
      )} bytes each on disk\n`,
    );
  } finally {
    await knex.destroy();
    await floorKnex.destroy();
    await place.remove();
    await floorPlace.remove();
  }
}

async function main() {
  await withDatabases(measure);
  if (scale !== 1)
    process.stderr.write(`Scaled by ${scale}: these figures mean nothing.\n`);
  report(figures);
}

main().then(
  () => process.disconnect?.(),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
