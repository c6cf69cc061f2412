import { COMMITMENT_FORMAT, SALT_LENGTH } from '@ai-assurance/evidence';
import { hash } from 'node:crypto';
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
  /** In bytes; 0 once erased. */
  saltLength: number;
  /** Hex. What the stored salt and payload commit to; `undefined` where the salt cannot be one. */
  derivedCommitment: string | undefined;
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

const formatLine = Buffer.from(`${COMMITMENT_FORMAT}\n`);
const saltAt = formatLine.length;
const payloadAt = saltAt + SALT_LENGTH;
/**
 * What a commitment hashes, put together in the same memory for each item: rows are visited one at a time. A text is not
 * made of the salt only to be made bytes again, which took as long as the hash.
 */
let opening = Buffer.alloc(4096);
formatLine.copy(opening);

function reserve(payloadLength: number): void {
  if (payloadAt + payloadLength <= opening.length) return;
  const larger = Buffer.alloc(2 * (payloadAt + payloadLength));
  opening.copy(larger, 0, 0, payloadAt);
  opening = larger;
}

const commitmentOf = (payloadLength: number) =>
  hash('sha256', opening.subarray(0, payloadAt + payloadLength), 'hex');

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
          saltLength: row[10].length / 2,
          derivedCommitment: openedText(row[10], row[14]),
          payloadCommitment: row[11],
          leafHash: row[12],
          envelope: row[13],
          payload: row[14],
        });
    }
  });
}

/** For a salt in hexadecimal. SQLite keeps what it is given: the payload may be no text, which another check says. */
function openedText(salt: string, payload: unknown): string | undefined {
  if (salt.length !== 2 * SALT_LENGTH || typeof payload !== 'string')
    return undefined;
  // No UTF-16 unit takes more than three bytes.
  reserve(3 * payload.length);
  opening.write(salt, saltAt, 'hex');
  return commitmentOf(opening.write(payload, payloadAt));
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
  const item: ScannedItem = {
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
    saltLength: saltIn(row),
    payloadCommitment: row.hex()!,
    leafHash: row.hex()!,
    envelope: row.text()!,
    derivedCommitment: undefined,
    payload: '',
  };
  const payloadLength = row.nextLength();
  if (item.saltLength === SALT_LENGTH && payloadLength >= 0) {
    reserve(payloadLength);
    row.copyNext(opening, payloadAt);
    item.derivedCommitment = commitmentOf(payloadLength);
  }
  item.payload = row.text()!;
  return item;
}

/** Puts the salt where it is hashed, and says how long it is. */
function saltIn(row: CopiedRow): number {
  const length = row.nextLength();
  if (length === SALT_LENGTH) row.copyNext(opening, saltAt);
  row.skip();
  return length;
}
