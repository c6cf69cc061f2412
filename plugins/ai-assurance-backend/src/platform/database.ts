import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { Knex } from 'knex';

export type Dialect = 'postgres' | 'sqlite';
export type Tx = Knex.Transaction;

/** The plugin's database. Every change of state goes through {@link Db.transaction}. */
export interface Db {
  knex: Knex;
  dialect: Dialect;
  /**
   * Runs `work` in one transaction; a throw rolls everything back.
   * `work` MUST use only the `tx` it is given: on SQLite the pool has one connection, so a query beside the transaction
   * would wait for it for ever.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

const packageName = '@ai-assurance/backstage-plugin-ai-assurance-backend';

/** Opens the plugin's database, migrates it unless migrations are skipped, and prepares the connection. Safe to repeat. */
export async function openDatabase(service: DatabaseService): Promise<Db> {
  const knex = await service.getClient();
  const dialect: Dialect = String(knex.client.config.client).includes('sqlite')
    ? 'sqlite'
    : 'postgres';
  if (dialect === 'sqlite') {
    // Write-ahead logging lets readers go on while a batch is written. The mode is a property of the file and survives;
    // an in-memory database answers "memory" and stays as it is.
    await knex.raw('PRAGMA journal_mode = WAL');
    await knex.raw('PRAGMA synchronous = FULL');
    await knex.raw('PRAGMA foreign_keys = ON');
    // What is erased is overwritten, not only forgotten.
    await knex.raw('PRAGMA secure_delete = ON');
    // Else INSERT OR REPLACE would delete a row without asking the triggers that forbid it.
    await knex.raw('PRAGMA recursive_triggers = ON');
    // Indexes in random order touch many pages; few of them should be read again.
    await knex.raw('PRAGMA cache_size = -65536');
    // The log is written back at 32 MB instead of 4: pages that many commits touch are then written once, and fewer
    // requests than one in a hundred wait for it.
    await knex.raw('PRAGMA wal_autocheckpoint = 8000');
  }
  if (!service.migrations?.skip) {
    await knex.migrate.latest({
      directory: resolvePackagePath(packageName, 'migrations'),
    });
  }
  return { knex, dialect, transaction: work => knex.transaction(work) };
}

/** Reads a bigint column: PostgreSQL hands text, SQLite a number. Throws when it is not a safe integer. */
export function readBigint(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(value);
  if (!Number.isSafeInteger(number))
    throw new Error(`Not a safe integer in the database: ${String(value)}`);
  return number;
}
