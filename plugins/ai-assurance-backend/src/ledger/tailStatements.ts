import {
  copyBytes,
  copyIn,
  copyNull,
  copyText,
  Db,
  Dialect,
  OutboxRow,
  postgresAlone,
  postgresQuery,
  sqliteStatement,
  Tx,
} from '../platform';
import { hexOf } from './core/hex';
import { CounterRow, HeadRow, ItemRow, NodeRow } from './tables';

/** What one append adds, in the form of the tables. */
export interface Addition {
  items: ItemRow[];
  nodes: NodeRow[];
  head: HeadRow;
  counter: Pick<CounterRow, 'size' | 'frontier' | 'recorded_at_ms'>;
}

/** What one statement adds that is a transaction of its own. */
export interface LoneAddition extends Addition {
  /** What the counter row has to say still. */
  onlyAfter: Addition['counter'];
  /** Hex id of the key that signed the head: the current one has to be it. */
  keyId: string;
  message: OutboxRow;
}

/** The statements of an append, in their order. Written for each database by hand: they are the busiest of the suite. */
export interface TailStatements {
  /** The counter row, locked until the end of the transaction. */
  lock(tx: Tx): Promise<CounterRow | undefined>;
  /** Items of a source that have one of these ids. */
  known(tx: Tx, source: number, ids: string[]): Promise<ItemRow[]>;
  /** Adds everything. Throws when the counter row is gone. */
  add(tx: Tx, addition: Addition): Promise<void>;
  /** The same for items of which none may be known. False, and nothing is added, when one is. */
  addUnseen(tx: Tx, addition: Addition): Promise<boolean>;
  /**
   * Adds everything in one statement that is a transaction of its own. False, and nothing is added, when the counter row says
   * other than expected, or one of the items is known. Two of them MUST NOT have the same source and id.
   */
  addAlone?(db: Db, addition: LoneAddition): Promise<boolean>;
}

const itemColumns = [
  'position',
  'time_ms',
  'recorded_at_ms',
  'expires_at_ms',
  'source',
  'type',
  'subject',
  'status',
  'id',
  'time_text',
  'salt',
  'payload_commitment',
  'leaf_hash',
  'envelope',
  'payload',
];
const itemNames = itemColumns.join(', ');

/** Rows that one INSERT of SQLite takes at once: running a statement costs about as much as a small row. */
const itemsPerInsert = 32;

const insertOf = (rowCount: number) =>
  `INSERT INTO ledger_item (${itemNames}) VALUES ${new Array(rowCount)
    .fill(`(${itemColumns.map(() => '?').join(', ')})`)
    .join(', ')}`;
const insertOne = insertOf(1);
const insertMany = insertOf(itemsPerInsert);
const counterLost = 'The counter row of the ledger could not be updated';

/** Adds within a savepoint, so that the transaction survives an item that is known. */
async function addedUnseen(
  add: () => Promise<void>,
  run: (text: string) => Promise<unknown>,
  isRefused: (error: any) => boolean,
): Promise<boolean> {
  await run('SAVEPOINT ledger_unseen');
  try {
    await add();
  } catch (error) {
    if (!isRefused(error)) throw error;
    await run('ROLLBACK TO SAVEPOINT ledger_unseen');
    return false;
  }
  await run('RELEASE SAVEPOINT ledger_unseen');
  return true;
}

/** Refused by the index of sources and ids. */
const isKnownToPostgres = (error: any) =>
  error?.code === '23505' &&
  error.constraint === 'ledger_item_source_id_unique';

/** A transaction of SQLite holds the only connection: the first write locks out everyone else. */
const sqliteStatements: TailStatements = {
  async lock(tx) {
    const counter = await sqliteStatement(
      tx,
      'SELECT * FROM ledger_counter WHERE id = 1',
    );
    return counter.get() as CounterRow | undefined;
  },

  async known(tx, source, ids) {
    const statement = await sqliteStatement(
      tx,
      `SELECT ${itemNames} FROM ledger_item WHERE source = ? AND id = ?`,
    );
    const rows: ItemRow[] = [];
    for (const id of ids) {
      const row = statement.get(source, id) as ItemRow | undefined;
      if (row) rows.push(row);
    }
    return rows;
  },

  async add(tx, { items, nodes, head, counter }) {
    const whole = items.length - (items.length % itemsPerInsert);
    if (whole > 0) {
      const insertItems = await sqliteStatement(tx, insertMany);
      for (let at = 0; at < whole; at += itemsPerInsert)
        insertItems.run(valuesOf(items, at, at + itemsPerInsert));
    }
    if (whole < items.length) {
      const insertItem = await sqliteStatement(tx, insertOne);
      for (let at = whole; at < items.length; at += 1)
        insertItem.run(valuesOf(items, at, at + 1));
    }
    const insertNode = await sqliteStatement(
      tx,
      'INSERT INTO ledger_node (level, node_index, hash) VALUES (?, ?, ?)',
    );
    for (const node of nodes)
      insertNode.run(node.level, node.node_index, node.hash);
    const insertHead = await sqliteStatement(
      tx,
      'INSERT INTO ledger_head (size, root_hash, note, signed_at_ms) VALUES (?, ?, ?, ?)',
    );
    insertHead.run(head.size, head.root_hash, head.note, head.signed_at_ms);
    const moveCounter = await sqliteStatement(
      tx,
      'UPDATE ledger_counter SET size = ?, frontier = ?, recorded_at_ms = ? WHERE id = 1',
    );
    const { changes } = moveCounter.run(
      counter.size,
      counter.frontier,
      counter.recorded_at_ms,
    );
    if (changes !== 1) throw new Error(counterLost);
  },

  addUnseen: (tx, addition) =>
    addedUnseen(
      () => sqliteStatements.add(tx, addition),
      async text => (await sqliteStatement(tx, text)).run(),
      error =>
        error?.code === 'SQLITE_CONSTRAINT_UNIQUE' &&
        String(error.message).includes('ledger_item.id'),
    ),
};

const postgresStatements: TailStatements = {
  async lock(tx) {
    const { rows } = await postgresQuery(tx, {
      name: 'ledger-lock',
      text: 'SELECT * FROM ledger_counter WHERE id = 1 FOR UPDATE',
      values: [],
    });
    return rows[0];
  },

  async known(tx, source, ids) {
    const { rows } = await postgresQuery(tx, {
      // Not prepared: a plan of before the table was full would be kept, and could leave its index aside.
      name: undefined,
      text: `SELECT ${itemNames} FROM ledger_item WHERE source = $1 AND id = ANY($2)`,
      values: [source, ids],
    });
    return rows;
  },

  async add(tx, { items, nodes, head, counter }) {
    let lines = '';
    for (const row of items) lines += `${copyLineOf(row)}\n`;
    await copyIn(tx, `COPY ledger_item (${itemNames}) FROM STDIN`, lines);
    const { rowCount } = await postgresQuery(tx, {
      name: 'ledger-add',
      text: `
        WITH node AS (
          INSERT INTO ledger_node (level, node_index, hash)
          SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::text[])
        ), head AS (
          INSERT INTO ledger_head (size, root_hash, note, signed_at_ms)
          VALUES ($4, $5, $6, $7)
        )
        UPDATE ledger_counter SET size = $8, frontier = $9, recorded_at_ms = $10 WHERE id = 1`,
      values: [
        nodes.map(node => node.level),
        nodes.map(node => node.node_index),
        nodes.map(node => node.hash),
        head.size,
        head.root_hash,
        head.note,
        head.signed_at_ms,
        counter.size,
        counter.frontier,
        counter.recorded_at_ms,
      ],
    });
    if (rowCount !== 1) throw new Error(counterLost);
  },

  addUnseen: (tx, addition) =>
    addedUnseen(
      () => postgresStatements.add(tx, addition),
      text => postgresQuery(tx, { name: undefined, text, values: [] }),
      isKnownToPostgres,
    ),

  async addAlone(
    db,
    { items, nodes, head, counter, onlyAfter, keyId, message },
  ) {
    // Every part takes its rows through `moved`: without the move nothing is added. Whoever waits for the row at the UPDATE
    // finds another size afterwards. A known item is refused by the index of ids, and all else with it.
    const adding = postgresAlone(db, {
      name: 'ledger-add-alone',
      text: `
        WITH pushed AS MATERIALIZED (
          SELECT * FROM json_populate_recordset(NULL::ledger_item, $1::json)
        ), moved AS (
          UPDATE ledger_counter SET size = $2, frontier = $3, recorded_at_ms = $4
          WHERE id = 1 AND size = $5 AND frontier = $6 AND recorded_at_ms <= $4 AND (key_id IS NULL OR key_id = $7)
          RETURNING id
        ), item AS (
          INSERT INTO ledger_item (${itemNames})
          SELECT ${itemColumns
            .map(column => `pushed.${column}`)
            .join(', ')} FROM moved CROSS JOIN pushed
        ), node AS (
          INSERT INTO ledger_node (level, node_index, hash)
          SELECT made.* FROM moved CROSS JOIN unnest($8::smallint[], $9::bigint[], $10::text[]) AS made
        ), head AS (
          INSERT INTO ledger_head (size, root_hash, note, signed_at_ms)
          SELECT $11::bigint, $12, $13, $14::bigint FROM moved
        ), message AS (
          INSERT INTO outbox (topic, subjects, queued_at_ms)
          SELECT $15, $16, $17::bigint FROM moved
        )
        SELECT count(*)::int AS moved FROM moved`,
      values: [
        `[${items.map(jsonOf).join()}]`,
        counter.size,
        counter.frontier,
        counter.recorded_at_ms,
        onlyAfter.size,
        onlyAfter.frontier,
        keyId,
        nodes.map(node => node.level),
        nodes.map(node => node.node_index),
        nodes.map(node => node.hash),
        head.size,
        head.root_hash,
        head.note,
        head.signed_at_ms,
        message.topic,
        message.subjects,
        message.queued_at_ms,
      ],
    });
    try {
      return (await adding).rows[0].moved === 1;
    } catch (error) {
      if (isKnownToPostgres(error)) return false;
      throw error;
    }
  },
};

/** What some rows hold, one behind the other, in the order of their columns. */
function valuesOf(rows: ItemRow[], from: number, to: number): unknown[] {
  const values: unknown[] = [];
  for (let at = from; at < to; at += 1) {
    const row = rows[at];
    values.push(
      row.position,
      row.time_ms,
      row.recorded_at_ms,
      row.expires_at_ms,
      row.source,
      row.type,
      row.subject,
      row.status,
      row.id,
      row.time_text,
      row.salt,
      row.payload_commitment,
      row.leaf_hash,
      row.envelope,
      row.payload,
    );
  }
  return values;
}

/** A row as JSON, in which bytes are hexadecimal text. */
function jsonOf(row: ItemRow): string {
  return JSON.stringify({
    ...row,
    salt: `\\x${hexOf(row.salt)}`,
    payload_commitment: `\\x${hexOf(row.payload_commitment)}`,
    leaf_hash: `\\x${hexOf(row.leaf_hash)}`,
  });
}

function copyLineOf(row: ItemRow): string {
  const expiresAtMs = row.expires_at_ms ?? copyNull;
  const status = row.status ?? copyNull;
  const timeText = row.time_text ?? copyNull;
  return `${row.position}\t${row.time_ms}\t${
    row.recorded_at_ms
  }\t${expiresAtMs}\t${row.source}\t${row.type}\t${
    row.subject
  }\t${status}\t${copyText(row.id)}\t${timeText}\t${copyBytes(
    row.salt,
  )}\t${copyBytes(row.payload_commitment)}\t${copyBytes(
    row.leaf_hash,
  )}\t${copyText(row.envelope)}\t${copyText(row.payload)}`;
}

export function tailStatementsFor(dialect: Dialect): TailStatements {
  return dialect === 'sqlite' ? sqliteStatements : postgresStatements;
}
