import { setImmediate } from 'node:timers/promises';
import {
  CopiedRow,
  copyOut,
  Db,
  readBigint,
  withSqliteStatement,
} from '../platform';

/** An item in its storage form, for reading millions of them. Numbers and texts are whatever the database holds. */
export interface ScannedItem {
  position: number;
  timeMs: number;
  recordedAtMs: number;
  expiresAtMs: number | null;
  source: number;
  type: number;
  subject: number;
  status: string | null;
  id: string;
  timeText: string | null;
  /** Hex; empty once erased. */
  salt: string;
  /** Hex. */
  payloadCommitment: string;
  /** Hex. */
  leafHash: string;
  envelope: string;
  payload: string;
}

const numbers = [
  'position',
  'time_ms',
  'recorded_at_ms',
  'expires_at_ms',
  'source',
  'type',
  'subject',
];
const texts = ['status', 'id', 'time_text'];
const bytes = ['salt', 'payload_commitment', 'leaf_hash'];

/** Rows that SQLite hands over at once. Few: what lives long enough to be moved by the collector costs more than reading. */
const rowsPerRead = 32;
/** Rows after which SQLite lets others come by: some five milliseconds. */
const rowsPerTurn = 1024;

/**
 * Shows the items at `[from, to)` in order, one after the other. Nothing is kept, so that memory does not grow with them.
 * Rows do not change but by erasure, and each may be seen as of another moment. What `visit` throws ends it and is thrown.
 */
export async function visitItems(
  db: Db,
  from: number,
  to: number,
  visit: (item: ScannedItem) => void,
): Promise<void> {
  if (db.dialect === 'postgres') await visitPostgres(db, from, to, visit);
  else
    for (let at = from; at < to; at += rowsPerTurn) {
      await visitSqlite(db, at, Math.min(at + rowsPerTurn, to), visit);
      // A promise of SQLite is kept at once: without this the whole ledger would pass before anybody else is served.
      await setImmediate();
    }
}

/** The item at a position; `undefined` where there is none. */
export async function scanItem(
  db: Db,
  position: number,
): Promise<ScannedItem | undefined> {
  let found: ScannedItem | undefined;
  await visitItems(db, position, position + 1, item => {
    found = item;
  });
  return found;
}

const sqliteText = `SELECT ${[
  ...numbers,
  ...texts,
  ...bytes.map(name => `lower(hex(${name}))`),
].join(
  ', ',
)}, envelope, payload FROM ledger_item WHERE position >= ? AND position < ? ORDER BY position`;

async function visitSqlite(
  db: Db,
  from: number,
  to: number,
  visit: (item: ScannedItem) => void,
): Promise<void> {
  await withSqliteStatement(db.knex, sqliteText, statement => {
    statement.raw(true);
    for (let at = from; at < to; at += rowsPerRead) {
      const until = Math.min(at + rowsPerRead, to);
      for (const row of statement.all(at, until) as any[][])
        visit({
          position: row[0],
          timeMs: row[1],
          recordedAtMs: row[2],
          expiresAtMs: row[3],
          source: row[4],
          type: row[5],
          subject: row[6],
          status: row[7],
          id: row[8],
          timeText: row[9],
          // As text: bytes would each be a piece of memory of their own, and millions of them outgrow the collector.
          salt: row[10],
          payloadCommitment: row[11],
          leafHash: row[12],
          envelope: row[13],
          payload: row[14],
        });
    }
  });
}

// The casts keep the form of each field, whatever somebody made of the columns.
const postgresColumns = [
  ...numbers.map(name => `${name}::bigint`),
  ...texts.map(name => `${name}::text`),
  ...bytes.map(name => `${name}::bytea`),
  'envelope::text',
  'payload::text',
].join(', ');

async function visitPostgres(
  db: Db,
  from: number,
  to: number,
  visit: (item: ScannedItem) => void,
): Promise<void> {
  const text = `COPY (SELECT ${postgresColumns} FROM ledger_item WHERE position >= ${readBigint(
    from,
  )} AND position < ${readBigint(
    to,
  )} ORDER BY position) TO STDOUT (FORMAT binary)`;
  await db.transaction(tx => copyOut(tx, text, row => visit(itemOf(row))));
}

/** The database refuses rows without a value: where somebody changed that, the check of the columns says so. */
function itemOf(row: CopiedRow): ScannedItem {
  return {
    position: row.number()!,
    timeMs: row.number()!,
    recordedAtMs: row.number()!,
    expiresAtMs: row.number(),
    source: row.number()!,
    type: row.number()!,
    subject: row.number()!,
    status: row.text(),
    id: row.text()!,
    timeText: row.text(),
    salt: row.hex()!,
    payloadCommitment: row.hex()!,
    leafHash: row.hex()!,
    envelope: row.text()!,
    payload: row.text()!,
  };
}
