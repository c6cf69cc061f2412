import Database from 'better-sqlite3';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BenchDatabase, sqlitePragmas } from './databases';
import { evidenceBodies } from './evidenceBodies';

const rowsPerCommit = 1_000;

/**
 * Rows per second of the quickest way into the database from Node: order, hash and text, a thousand a commit; COPY on
 * PostgreSQL, a prepared insert on SQLite. The rows are made before.
 */
export async function copyRate(
  database: BenchDatabase,
  rowCount: number,
): Promise<number> {
  const batches: [number, Buffer, string][][] = [];
  const bodies = evidenceBodies(rowsPerCommit);
  for (let at = 0; at < rowCount; at += rowsPerCommit) {
    const items: object[] = JSON.parse(bodies.next().toString());
    batches.push(
      items.map((item, i) => {
        const text = JSON.stringify(item);
        return [at + i, hash('sha256', text, 'buffer'), text];
      }),
    );
  }
  const place = await database.place();
  try {
    const seconds = place.env.BENCH_PG
      ? await copySeconds(place.env.BENCH_PG, batches)
      : insertSeconds(place.env.BENCH_SQLITE, batches);
    return (batches.length * rowsPerCommit) / seconds;
  } finally {
    await place.remove();
  }
}

async function copySeconds(
  url: string,
  batches: [number, Buffer, string][][],
): Promise<number> {
  const client = new Client(url);
  await client.connect();
  await client.query(
    'CREATE TABLE floor (position bigint PRIMARY KEY, digest bytea NOT NULL, payload text NOT NULL)',
  );
  const startedAt = performance.now();
  for (const batch of batches) {
    const stream = client.query(copyFrom('COPY floor FROM STDIN'));
    stream.end(
      batch
        .map(
          ([position, digest, text]) =>
            `${position}\t\\\\x${digest.toString('hex')}\t${text.replaceAll(
              '\\',
              '\\\\',
            )}\n`,
        )
        .join(''),
    );
    await once(stream, 'finish');
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await client.end();
  return seconds;
}

function insertSeconds(
  filename: string,
  batches: [number, Buffer, string][][],
): number {
  const database = new Database(filename);
  for (const pragma of sqlitePragmas) database.pragma(pragma);
  database.exec(
    'CREATE TABLE floor (position integer PRIMARY KEY, digest blob NOT NULL, payload text NOT NULL)',
  );
  const insert = database.prepare('INSERT INTO floor VALUES (?, ?, ?)');
  const insertAll = database.transaction((rows: [number, Buffer, string][]) => {
    for (const row of rows) insert.run(...row);
  });
  const startedAt = performance.now();
  for (const batch of batches) insertAll(batch);
  const seconds = (performance.now() - startedAt) / 1000;
  database.close();
  return seconds;
}
