import {
  copyBytes,
  copyIn,
  copyNull,
  copyText,
  Dialect,
  postgresQuery,
  sqliteStatement,
  Tx,
} from '../platform';
import { CounterRow, HeadRow, ItemRow, NodeRow } from './tables';

/** What one append adds, in the form of the tables. */
export interface Addition {
  items: ItemRow[];
  nodes: NodeRow[];
  head: HeadRow;
  counter: Pick<CounterRow, 'size' | 'frontier' | 'recorded_at_ms'>;
}

/** The statements of an append, in their order. Written for each database by hand: they are the busiest of the suite. */
export interface TailStatements {
  /** The counter row, locked until the end of the transaction. */
  lock(tx: Tx): Promise<CounterRow | undefined>;
  /** Items of a source that have one of these ids. */
  known(tx: Tx, source: number, ids: string[]): Promise<ItemRow[]>;
  /** Adds everything. Throws when the counter row is gone. */
  add(tx: Tx, addition: Addition): Promise<void>;
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
const counterLost = 'The counter row of the ledger could not be updated';

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
    const insertItem = await sqliteStatement(
      tx,
      `INSERT INTO ledger_item (${itemNames}) VALUES (${itemColumns
        .map(() => '?')
        .join(', ')})`,
    );
    for (const row of items)
      insertItem.run(
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
      name: 'ledger-known',
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
};

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
