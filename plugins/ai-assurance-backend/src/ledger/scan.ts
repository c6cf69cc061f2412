import {
  copyNull,
  copyOut,
  Db,
  readBigint,
  sqliteStatement,
  textOfCopy,
  Tx,
} from '../platform';

/** An item in its storage form, for reading millions of them. */
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
  salt: Uint8Array;
  /** Hex. */
  payloadCommitment: string;
  /** Hex. */
  leafHash: string;
  envelope: string;
  payload: string;
}

const plainColumns = `position, time_ms, recorded_at_ms, expires_at_ms, source, type, subject, status, id, time_text`;

/** Items at `[from, to)`, in order. Some thousand at once; each page sees its own moment, and rows do not change. */
export async function scanItems(
  db: Db,
  from: number,
  to: number,
): Promise<ScannedItem[]> {
  return db.transaction(tx =>
    db.dialect === 'sqlite'
      ? scanSqlite(tx, from, to)
      : scanPostgres(tx, from, to),
  );
}

async function scanSqlite(
  tx: Tx,
  from: number,
  to: number,
): Promise<ScannedItem[]> {
  const statement = await sqliteStatement(
    tx,
    `SELECT ${plainColumns}, hex(salt), lower(hex(payload_commitment)), lower(hex(leaf_hash)), envelope, payload
     FROM ledger_item WHERE position >= ? AND position < ? ORDER BY position`,
  );
  const rows = statement.raw(true).all(from, to) as any[][];
  return rows.map(row => ({
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
    salt: Buffer.from(row[10], 'hex'),
    payloadCommitment: row[11],
    leafHash: row[12],
    envelope: row[13],
    payload: row[14],
  }));
}

async function scanPostgres(
  tx: Tx,
  from: number,
  to: number,
): Promise<ScannedItem[]> {
  const lines = await copyOut(
    tx,
    `COPY (SELECT ${plainColumns}, salt, payload_commitment, leaf_hash, envelope, payload FROM ledger_item WHERE position >= ${readBigint(
      from,
    )} AND position < ${readBigint(to)} ORDER BY position) TO STDOUT`,
  );
  return lines.map(line => {
    const row = line.split('\t');
    return {
      position: readBigint(row[0]),
      timeMs: Number(row[1]),
      recordedAtMs: Number(row[2]),
      expiresAtMs: row[3] === copyNull ? null : Number(row[3]),
      source: Number(row[4]),
      type: Number(row[5]),
      subject: Number(row[6]),
      status: row[7] === copyNull ? null : textOfCopy(row[7]),
      id: textOfCopy(row[8]),
      timeText: row[9] === copyNull ? null : textOfCopy(row[9]),
      // Bytes come as an escaped backslash, x and hexadecimal digits.
      salt: Buffer.from(row[10].slice(3), 'hex'),
      payloadCommitment: row[11].slice(3),
      leafHash: row[12].slice(3),
      envelope: textOfCopy(row[13]),
      payload: textOfCopy(row[14]),
    };
  });
}
