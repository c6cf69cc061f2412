/** Row types of the ledger. `unknown` columns are bigint: PostgreSQL hands text, SQLite a number; read with `readBigint`. */

/**
 * An item as it is stored: the parts of its leaf, with source, type and subject as numbers of the dictionary. Only
 * `rows.ts` knows this form; everyone else reads `ItemRecord`.
 */
export interface ItemRow {
  position: unknown;
  time_ms: unknown;
  recorded_at_ms: unknown;
  expires_at_ms: unknown | null;
  source: number;
  type: number;
  subject: number;
  status: string | null;
  id: string;
  /** The instant as the item wrote it; `null` when that is the usual text of `time_ms`. */
  time_text: string | null;
  /** Empty once erased. */
  salt: Uint8Array;
  payload_commitment: Uint8Array;
  leaf_hash: Uint8Array;
  envelope: string;
  /** Empty once erased. */
  payload: string;
}

export interface WordRow {
  id: number;
  word: string;
}

export interface RedactionRow {
  position: unknown;
  redaction_position: unknown;
  recorded_at_ms: unknown;
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
  /** When the newest item was recorded. */
  recorded_at_ms: unknown;
  /** Hex id of the key that signs the next head; `null` until the first start with a key. */
  key_id: string | null;
}

export interface KeyRow {
  from_size: unknown;
  key_id: string;
  verifier_key: string;
  hand_over: string | null;
  added_at_ms: unknown;
}
