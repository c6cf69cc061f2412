import Database from 'better-sqlite3';
import { hash } from 'node:crypto';
import { Client } from 'pg';
import { sqlitePragmas } from './databases';

/** A row of the floor: no more than an order, a chained hash and the canonical text. */
export type FloorRow = [position: number, digest: Buffer, text: string];

export interface FloorStore {
  /** Stores rows in one transaction. */
  insert(rows: FloorRow[]): Promise<void>;
}

/** The least that can store evidence durably: one table, one index, one multi-row insert and one commit for each group. */
export async function openFloorStore(
  place: Record<string, string | undefined>,
): Promise<FloorStore> {
  if (place.BENCH_PG) {
    const client = new Client(place.BENCH_PG);
    await client.connect();
    await client.query(
      'CREATE TABLE floor (position bigint PRIMARY KEY, digest bytea NOT NULL, payload text NOT NULL)',
    );
    return {
      async insert(rows) {
        await client.query({
          name: 'insert',
          text: 'INSERT INTO floor SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[])',
          values: [0, 1, 2].map(column => rows.map(row => row[column])),
        });
      },
    };
  }
  const database = new Database(place.BENCH_SQLITE!);
  for (const pragma of sqlitePragmas) database.pragma(pragma);
  database.exec(
    'CREATE TABLE floor (position integer PRIMARY KEY, digest blob NOT NULL, payload text NOT NULL)',
  );
  const insert = database.prepare('INSERT INTO floor VALUES (?, ?, ?)');
  const insertAll = database.transaction((rows: FloorRow[]) => {
    for (const row of rows) insert.run(...row);
  });
  return {
    async insert(rows) {
      insertAll(rows);
    },
  };
}

/** Canonical JSON in the plainest way. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = value as Record<string, unknown>;
  return `{${Object.keys(members)
    .sort()
    .map(name => `${JSON.stringify(name)}:${canonicalText(members[name])}`)
    .join(',')}}`;
}

/** Links values to a chain of hashes, from the last one on. */
export function createChain(): (values: unknown[]) => FloorRow[] {
  let position = -1;
  let previous = Buffer.alloc(32);
  return values =>
    values.map(value => {
      const text = canonicalText(value);
      previous = hash(
        'sha256',
        Buffer.concat([previous, Buffer.from(text)]),
        'buffer',
      );
      position += 1;
      return [position, previous, text];
    });
}
