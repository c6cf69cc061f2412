import { Tx } from './database';

/** Rows of one statement. A fixed number keeps the text the same from call to call. */
const rowsPerInsert = 50;

interface Statement {
  reader: boolean;
}
interface SqliteConnection {
  prepare(text: string): Statement;
}

/** Prepared statements of each SQLite connection, by their text. */
const prepared = new WeakMap<SqliteConnection, Map<string, Statement>>();
const maxPrepared = 32;

/**
 * Has a SQLite connection keep this statement prepared: the driver would compile it anew for each call, which costs more
 * than an insert. Only for statements that return no rows, so that none can be in use twice.
 */
function keepPrepared(connection: SqliteConnection, text: string): void {
  let kept = prepared.get(connection);
  if (!kept) {
    const own = new Map<string, Statement>();
    const prepare = connection.prepare.bind(connection);
    connection.prepare = wanted => own.get(wanted) ?? prepare(wanted);
    prepared.set(connection, own);
    kept = own;
  }
  if (kept.has(text) || kept.size >= maxPrepared) return;
  kept.set(text, connection.prepare(text));
}

/**
 * Inserts rows of equal columns in few statements: one JSON text on PostgreSQL, read with the column types of the table;
 * long lists of values on SQLite, kept prepared. Written by hand since a query builder handles every value by itself, which
 * costs more than the insert. `onConflict` is added as it stands; it and the names MUST be literals of ours.
 */
export async function insertRows<Row extends object>(
  tx: Tx,
  table: string,
  rows: Row[],
  onConflict: string = '',
): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  if (!String(tx.client.config.client).includes('sqlite')) {
    const names = columns.join(', ');
    await tx.raw(
      `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, ?::json) ${onConflict}`,
      [JSON.stringify(rows.map(withHexBytes))],
    );
    return;
  }
  for (let at = 0; at < rows.length; at += rowsPerInsert) {
    const chunk = rows.slice(at, at + rowsPerInsert);
    const text = insertText(table, columns, chunk.length, onConflict);
    if (chunk.length === rowsPerInsert)
      keepPrepared(await tx.client.acquireConnection(), text);
    const bindings: unknown[] = [];
    for (const row of chunk) bindings.push(...Object.values(row));
    await tx.raw(text, bindings as string[]);
  }
}

/** Bytes have no JSON form; PostgreSQL reads theirs from hexadecimal text. */
function withHexBytes(row: object): object {
  const entries = Object.entries(row);
  if (!entries.some(([, value]) => value instanceof Uint8Array)) return row;
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      value instanceof Uint8Array
        ? `\\x${Buffer.from(value).toString('hex')}`
        : value,
    ]),
  );
}

function insertText(
  table: string,
  columns: string[],
  rowCount: number,
  onConflict: string,
): string {
  const row = `(${columns.map(() => '?').join(', ')})`;
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array(rowCount)
    .fill(row)
    .join(', ')} ${onConflict}`.trimEnd();
}
