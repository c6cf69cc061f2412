import knexFactory, { Knex } from 'knex';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A database of its own for one measurement. */
export interface Place {
  /** What a server process is told, so that it opens the same place. */
  env: Record<string, string>;
  /** Opens it in this process. The caller MUST destroy what it is handed. */
  open(): Knex;
  /** Bytes that it takes on disk, once everything is written back. */
  sizeInBytes(): Promise<number>;
  remove(): Promise<void>;
}

/** One of the two databases of the suite. */
export interface BenchDatabase {
  name: 'SQLite' | 'PostgreSQL';
  dialect: 'sqlite' | 'postgres';
  place(): Promise<Place>;
}

/** Settings of our own for SQLite, which a floor gets as well. */
export const sqlitePragmas = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'cache_size = -65536',
  'wal_autocheckpoint = 8000',
];

async function sqlitePlace(): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-bench-'));
  const filename = join(directory, 'bench.sqlite');
  const open = () =>
    knexFactory({
      client: 'better-sqlite3',
      connection: { filename },
      useNullAsDefault: true,
      pool: { min: 1, max: 1 },
    });
  return {
    env: { BENCH_DIRECTORY: directory, BENCH_SQLITE: filename },
    open,
    async sizeInBytes() {
      const knex = open();
      await knex.raw('PRAGMA wal_checkpoint(TRUNCATE)');
      await knex.destroy();
      return statSync(filename).size;
    },
    async remove() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

let placeNumber = 0;

async function postgresPlace(server: string): Promise<Place> {
  placeNumber += 1;
  const database = `ai_assurance_bench_${process.pid}_${placeNumber}`;
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-bench-'));
  const admin = async (statement: string) => {
    const knex = knexFactory({
      client: 'pg',
      connection: `${server}/postgres`,
      pool: { min: 0, max: 1 },
    });
    try {
      await knex.raw(statement);
    } finally {
      await knex.destroy();
    }
  };
  await admin(`CREATE DATABASE ${database}`);
  const url = `${server}/${database}`;
  const open = () =>
    knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 10 } });
  return {
    env: { BENCH_DIRECTORY: directory, BENCH_PG: url },
    open,
    async sizeInBytes() {
      const knex = open();
      const result = await knex.raw(
        'SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class WHERE relkind = ? AND relnamespace = ?::regnamespace',
        ['r', 'public'],
      );
      await knex.destroy();
      return Number(result.rows[0].bytes);
    },
    async remove() {
      rmSync(directory, { recursive: true, force: true });
      await admin(`DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}

/**
 * Both databases. PostgreSQL is the one that `BENCH_PG_URL` names (without a database), else one that is started for the
 * run. `BENCH_ONLY=SQLite` leaves the other out.
 */
export async function withDatabases(
  work: (database: BenchDatabase) => Promise<void>,
): Promise<void> {
  const only = process.env.BENCH_ONLY;
  if (only !== 'PostgreSQL')
    await work({ name: 'SQLite', dialect: 'sqlite', place: sqlitePlace });
  if (only === 'SQLite') return;
  let server = process.env.BENCH_PG_URL;
  let stop = async () => {};
  if (!server) {
    // The one starter of PostgreSQL; the gate uses it too.
    // eslint-disable-next-line @backstage/no-relative-monorepo-imports
    const { startPostgres } = require('../../scripts/lib/postgres.mjs');
    const started = await startPostgres();
    server = started.connectionString as string;
    stop = started.stop;
  }
  try {
    await work({
      name: 'PostgreSQL',
      dialect: 'postgres',
      place: () => postgresPlace(server!),
    });
  } finally {
    await stop();
  }
}
