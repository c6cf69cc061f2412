import { Knex } from 'knex';
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
  return preparedIn(await tx.client.acquireConnection(), text);
}

function preparedIn(connection: SqliteConnection, text: string): Statement {
  const statements = preparedOf(connection);
  const kept = statements.get(text);
  if (kept) return kept;
  const statement = connection.prepare(text);
  if (statements.size < maxPrepared) statements.set(text, statement);
  return statement;
}

/**
 * Hands a prepared statement of SQLite to `work`, which reads at once, outside of any transaction: what a transaction makes
 * for itself costs more than a short read. `text` MUST be a literal of ours.
 */
export async function withSqliteStatement(
  knex: Knex,
  text: string,
  work: (statement: Statement) => void,
): Promise<void> {
  const { client } = knex;
  const connection: SqliteConnection = await client.acquireConnection();
  try {
    work(preparedIn(connection, text));
  } finally {
    await client.releaseConnection(connection);
  }
}

interface PostgresConnection {
  query(config: object): Promise<{ rows: any[]; rowCount: number | null }>;
}

/**
 * Runs a statement of PostgreSQL. Under a name the connection keeps it prepared, without one it is planned anew. Name and text
 * MUST be literals of ours.
 */
export async function postgresQuery(
  tx: Tx,
  statement: { name: string | undefined; text: string; values: unknown[] },
): Promise<{ rows: any[]; rowCount: number | null }> {
  const connection: PostgresConnection = await tx.client.acquireConnection();
  return connection.query(statement);
}

/** A read that is asked again and again, in the words of both databases. All of it MUST be literals of ours. */
export interface PreparedRead {
  /** PostgreSQL keeps the statement prepared under it; without one it is planned anew each time. */
  name?: string;
  /** With `?` for each value. A list of values comes as one JSON text, for `json_each`. */
  sqlite: string;
  /** With `$1` for the first value, and so on. A list of values comes as an array, for `ANY`. */
  postgres: string;
}

/**
 * Rows of a read. For answers in which a query builder takes longer than the database: it builds nothing, and the statement
 * stays prepared with its connection. Within a transaction hand in that one.
 */
export async function readPrepared<Row>(
  knex: Knex,
  read: PreparedRead,
  values: unknown[],
): Promise<Row[]> {
  const { client } = knex;
  const connection = await client.acquireConnection();
  try {
    if (String(client.config.client).includes('sqlite')) {
      const listed = values.map(value =>
        Array.isArray(value) ? JSON.stringify(value) : value,
      );
      return preparedIn(connection, read.sqlite).all(...listed) as Row[];
    }
    const { name, postgres: text } = read;
    const { rows } = await (connection as PostgresConnection).query({
      name,
      text,
      values,
    });
    return rows;
  } finally {
    await client.releaseConnection(connection);
  }
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

/** What COPY's binary format begins with, before flags and the length of an extension that is not used. */
const binaryStart = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const binaryHeaderLength = binaryStart.length + 8;
const int32Span = 2 ** 32;

/** A row in COPY's binary format. Its fields MUST be read in their order, by the type that the column has. */
export class CopiedRow {
  #bytes: Buffer = binaryStart;
  #at = 0;

  /** Stands in front of the first field. False where there is no row: before the first and behind the last. */
  open(bytes: Buffer): boolean {
    // The count of fields of a row never begins like this.
    const from = bytes[0] === binaryStart[0] ? binaryHeaderLength : 0;
    if (bytes.length === from) return false;
    this.#bytes = bytes;
    this.#at = from + 2;
    return bytes.readInt16BE(from) >= 0;
  }

  /** A smallint, integer or bigint; NaN for other bytes. */
  number(): number | null {
    const length = this.#length();
    if (length < 0) return null;
    const at = this.#at;
    this.#at += length;
    if (length === 4) return this.#bytes.readInt32BE(at);
    if (length === 8)
      return (
        this.#bytes.readInt32BE(at) * int32Span +
        this.#bytes.readUInt32BE(at + 4)
      );
    return length === 2 ? this.#bytes.readInt16BE(at) : Number.NaN;
  }

  text(): string | null {
    return this.#in('utf8');
  }

  /** Bytes in hexadecimal. */
  hex(): string | null {
    return this.#in('hex');
  }

  /** How many bytes the next field has, as they lie there; -1 where there is no value. Stays in front of it. */
  nextLength(): number {
    return this.#bytes.readInt32BE(this.#at);
  }

  /** Copies the bytes of the next field, which MUST have a value, and stays in front of it. */
  copyNext(target: Buffer, targetAt: number): void {
    const from = this.#at + 4;
    this.#bytes.copy(target, targetAt, from, from + this.nextLength());
  }

  /** Steps over a field without reading it. */
  skip(): void {
    const length = this.#length();
    if (length > 0) this.#at += length;
  }

  #in(encoding: 'utf8' | 'hex'): string | null {
    const length = this.#length();
    if (length < 0) return null;
    const at = this.#at;
    this.#at += length;
    return this.#bytes.toString(encoding, at, at + length);
  }

  #length(): number {
    const length = this.#bytes.readInt32BE(this.#at);
    this.#at += 4;
    return length;
  }
}

/**
 * Reads rows of PostgreSQL in COPY's binary format, which costs both sides less than half of a SELECT. `text` is a COPY …
 * TO STDOUT (FORMAT binary) and MUST be made of literals of ours and numbers. `visit` sees one row at a time, and always the
 * same object: nothing is kept, however many there are. What it throws is thrown, after the rest was passed over.
 */
export async function copyOut(
  tx: Tx,
  text: string,
  visit: (row: CopiedRow) => void,
): Promise<void> {
  const connection: PostgresConnection = await tx.client.acquireConnection();
  const row = new CopiedRow();
  let failure: { error: unknown } | undefined;
  return new Promise((resolve, reject) => {
    void connection.query({
      submit: (protocol: CopyProtocol) => protocol.query(text),
      // Each message is one row.
      handleCopyData: ({ chunk }: { chunk: Buffer }) => {
        if (failure) return;
        try {
          if (row.open(chunk)) visit(row);
        } catch (error) {
          // Thrown from here it would end the process, not the query.
          failure = { error };
        }
      },
      handleCommandComplete() {},
      handleReadyForQuery: () => {
        if (failure) reject(failure.error);
        else resolve();
      },
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

/**
 * Updates rows in one statement: each of `rows` that a row of the table equals in `keys` puts its other columns there. No
 * column may hold bytes. The names MUST be literals of ours.
 */
export async function updateRows(
  tx: Tx,
  table: string,
  keys: string[],
  rows: object[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  const set = columns.filter(name => !keys.includes(name));
  const given = String(tx.client.config.client).includes('sqlite')
    ? `(SELECT ${columns
        .map(name => `json_extract(value, '$.${name}') AS ${name}`)
        .join(', ')} FROM json_each(?))`
    : `json_populate_recordset(NULL::${table}, ?::json)`;
  await tx.raw(
    `UPDATE ${table} SET ${set
      .map(name => `${name} = given.${name}`)
      .join(', ')} FROM ${given} AS given WHERE ${keys
      .map(name => `${table}.${name} = given.${name}`)
      .join(' AND ')}`,
    [JSON.stringify(rows)],
  );
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

/**
 * A list of pairs of numbers as rows of a statement: `first` and `second`, to be put after FROM, with its one binding. A
 * text of thousands of values would have to be compiled each time.
 */
export function numberPairs(
  dialect: 'postgres' | 'sqlite',
  pairs: [number, number][],
): { rows: string; binding: string } {
  return {
    rows:
      dialect === 'sqlite'
        ? `(SELECT json_extract(value, '$[0]') AS first, json_extract(value, '$[1]') AS second FROM json_each(?)) AS pairs`
        : `(SELECT (value->>0)::bigint AS first, (value->>1)::bigint AS second FROM json_array_elements(?::json)) AS pairs`,
    binding: JSON.stringify(pairs),
  };
}

/**
 * Joins to each row before it the newest row of a table by an instant, to be put behind FROM: of those whose `key` is
 * `keyIs`, the one with the largest `order` up to `upTo`. All of it MUST be literals of ours.
 */
export function joinNewest(
  dialect: 'postgres' | 'sqlite',
  {
    table,
    key,
    keyIs,
    order,
    upTo,
  }: Record<'table' | 'key' | 'keyIs' | 'order' | 'upTo', string>,
): string {
  return dialect === 'sqlite'
    ? `JOIN ${table} ON ${table}.${key} = ${keyIs} AND ${table}.${order} = (SELECT max(earlier.${order})
        FROM ${table} AS earlier WHERE earlier.${key} = ${keyIs} AND earlier.${order} <= ${upTo})`
    : `CROSS JOIN LATERAL (SELECT * FROM ${table} WHERE ${table}.${key} = ${keyIs} AND ${table}.${order} <= ${upTo}
        ORDER BY ${table}.${order} DESC LIMIT 1) AS ${table}`;
}
