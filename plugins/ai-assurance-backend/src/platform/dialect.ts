import { Tx } from './database';

/** Rows of one statement. A fixed number keeps the text the same from call to call. */
const rowsPerInsert = 50;

/** A prepared statement of SQLite. It runs at once, in the open transaction of its connection. */
export interface Statement {
  reader: boolean;
  run(...values: unknown[]): { changes: number };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  /** Has it return rows as lists of values, in the order of the columns. */
  raw(on: boolean): Statement;
}
interface SqliteConnection {
  prepare(text: string): Statement;
}

/** Prepared statements of each SQLite connection, by their text. */
const prepared = new WeakMap<SqliteConnection, Map<string, Statement>>();
const maxPrepared = 64;

function preparedOf(connection: SqliteConnection): Map<string, Statement> {
  const kept = prepared.get(connection);
  if (kept) return kept;
  const own = new Map<string, Statement>();
  const prepare = connection.prepare.bind(connection);
  // A statement that returns rows could be in use twice: only ours, which are read to the end at once, are handed out.
  connection.prepare = wanted => {
    const statement = own.get(wanted);
    return statement && !statement.reader ? statement : prepare(wanted);
  };
  prepared.set(connection, own);
  return own;
}

/**
 * Has a SQLite connection keep this statement prepared: the driver would compile it anew for each call, which costs more
 * than an insert. Only for statements that return no rows, so that none can be in use twice.
 */
function keepPrepared(connection: SqliteConnection, text: string): void {
  const kept = preparedOf(connection);
  if (kept.has(text) || kept.size >= maxPrepared) return;
  kept.set(text, connection.prepare(text));
}

/**
 * A statement of SQLite, prepared once for each connection. For the few places where a query builder would cost more than
 * the work; `text` MUST be a literal of ours.
 */
export async function sqliteStatement(
  tx: Tx,
  text: string,
): Promise<Statement> {
  const connection: SqliteConnection = await tx.client.acquireConnection();
  const statements = preparedOf(connection);
  const kept = statements.get(text);
  if (kept) return kept;
  const statement = connection.prepare(text);
  if (statements.size < maxPrepared) statements.set(text, statement);
  return statement;
}

interface PostgresConnection {
  query(config: object): Promise<{ rows: any[]; rowCount: number | null }>;
}

/** Runs a statement of PostgreSQL that the connection keeps prepared under its name. Both MUST be literals of ours. */
export async function postgresQuery(
  tx: Tx,
  statement: { name: string; text: string; values: unknown[] },
): Promise<{ rows: any[]; rowCount: number | null }> {
  const connection: PostgresConnection = await tx.client.acquireConnection();
  return connection.query(statement);
}

/** What the driver calls on a statement that speaks the protocol itself; see {@link copyIn}. */
interface CopyProtocol {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * Copies rows into a table of PostgreSQL: `text` is a COPY … FROM STDIN and MUST be a literal of ours, `lines` are rows in
 * its text format. It costs the server less than half of an INSERT of the same rows. Refused rows refuse the statement.
 */
export async function copyIn(
  tx: Tx,
  text: string,
  lines: string,
): Promise<void> {
  const connection: PostgresConnection = await tx.client.acquireConnection();
  return new Promise((resolve, reject) => {
    void connection.query({
      submit: (protocol: CopyProtocol) => protocol.query(text),
      handleCopyInResponse(protocol: CopyProtocol) {
        protocol.sendCopyFromChunk(Buffer.from(lines));
        protocol.endCopyFrom();
      },
      handleCommandComplete() {},
      handleReadyForQuery: () => resolve(),
      handleError: (error: Error) => reject(error),
    });
  });
}

/**
 * Reads rows of PostgreSQL as lines of COPY's text format, which costs a third of reading them as rows. `text` is a
 * COPY … TO STDOUT and MUST be made of literals of ours and numbers. All lines are held: read in pages.
 */
export async function copyOut(tx: Tx, text: string): Promise<string[]> {
  const connection: PostgresConnection = await tx.client.acquireConnection();
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    void connection.query({
      submit: (protocol: CopyProtocol) => protocol.query(text),
      // Each message is one row and ends in a newline.
      handleCopyData: ({ chunk }: { chunk: Buffer }) => {
        lines.push(chunk.toString('utf8', 0, chunk.length - 1));
      },
      handleCommandComplete() {},
      handleReadyForQuery: () => resolve(lines),
      handleError: (error: Error) => reject(error),
    });
  });
}

const copyEscapes: Record<string, string> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A text as COPY's text format writes it. */
export function copyText(text: string): string {
  return /[\\\n\r\t]/.test(text)
    ? text.replace(/[\\\n\r\t]/g, character => copyEscapes[character])
    : text;
}

const copyMeanings: Record<string, string> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The text that COPY's text format wrote. */
export function textOfCopy(field: string): string {
  return field.includes('\\')
    ? field.replace(
        /\\(.)/g,
        (_, character: string) => copyMeanings[character] ?? character,
      )
    : field;
}

/** No value, as COPY's text format writes it. */
export const copyNull = '\\N';

/** Bytes as COPY's text format writes them. */
export function copyBytes(bytes: Uint8Array): string {
  return `\\\\x${Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    bytes.byteLength,
  ).toString('hex')}`;
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
