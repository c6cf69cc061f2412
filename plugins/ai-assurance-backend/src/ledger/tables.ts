/** Row types of the ledger. `unknown` columns are bigint: PostgreSQL hands text, SQLite a number; read with `readBigint`. */

export interface ItemRow {
  position: unknown;
  source: string;
  id: string;
  type: string;
  subject: string;
  time_ms: unknown;
  recorded_at_ms: unknown;
  expires_at_ms: unknown | null;
  status: string | null;
  leaf: string;
  payload: string;
  salt: string;
  payload_commitment: string;
  leaf_hash: string;
}

export interface NodeRow {
  level: number;
  node_index: unknown;
  hash: string;
}

export interface HeadRow {
  size: unknown;
  root_hash: string;
  note: string;
  signed_at_ms: unknown;
}

export interface CounterRow {
  id: number;
  size: unknown;
  frontier: string;
  /** Hex id of the key that signs the next head; `null` until the first start with a key. */
  key_id: string | null;
}
