import { leafFrom } from '@ai-assurance/evidence';
import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Knex } from 'knex';
import { instantOf, readBigint } from '../platform';
import { hexOf } from './core/hex';
import { PreparedItem } from './core/prepare';
import { ItemRow } from './tables';
import { Words } from './words';

/** An item as the ledger keeps it, out of its storage form. Texts are the very ones that were hashed. */
export interface ItemRecord {
  position: number;
  source: string;
  id: string;
  type: string;
  subject: string;
  timeMs: number;
  /** The instant as the item wrote it. */
  time: string;
  recordedAtMs: number;
  expiresAtMs: number | undefined;
  status: VerdictStatus | undefined;
  envelope: string;
  /** `undefined` once it was erased. */
  payload: string | undefined;
  /** Hex; `undefined` once it was erased. */
  salt: string | undefined;
  /** Hex. */
  payloadCommitment: string;
  /** Hex. */
  leafHash: string;
  leaf: string;
}

/** Whether payload and salt of a stored item were erased. A payload is never empty: it is at least `{}`. */
export function isErased(row: Pick<ItemRow, 'payload' | 'salt'>): boolean {
  return row.payload === '' && row.salt.length === 0;
}

/** The storage form of an item. `wordIds` has a number for each of its words. */
export function rowOf(
  prepared: PreparedItem,
  wordIds: Map<string, number>,
  at: { position: number; recordedAtMs: number },
): ItemRow {
  const { item } = prepared;
  return {
    position: at.position,
    time_ms: prepared.timeMs,
    recorded_at_ms: at.recordedAtMs,
    expires_at_ms: prepared.expiresAtMs ?? null,
    source: wordIds.get(item.source)!,
    type: wordIds.get(item.type)!,
    subject: wordIds.get(item.subject)!,
    status: prepared.status ?? null,
    id: item.id,
    time_text: prepared.timeText,
    salt: prepared.salt,
    payload_commitment: prepared.payloadCommitment,
    leaf_hash: prepared.leafHash,
    envelope: prepared.envelope,
    payload: prepared.payload,
  };
}

/** Takes stored rows out of their storage form, in their order. */
export async function recordsOf(
  from: Knex,
  words: Words,
  rows: ItemRow[],
): Promise<ItemRecord[]> {
  const ids = new Set<number>();
  for (const row of rows) ids.add(row.source).add(row.type).add(row.subject);
  const texts = await words.wordsOf(from, ids);
  return rows.map(row => recordOf(row, texts));
}

/** One row; `words` has a word for each of its numbers. */
export function recordOf(row: ItemRow, words: Map<number, string>): ItemRecord {
  const timeMs = readBigint(row.time_ms);
  const parts = {
    envelope: row.envelope,
    id: row.id,
    payloadCommitment: hexOf(row.payload_commitment),
    source: words.get(row.source)!,
    subject: words.get(row.subject)!,
    time: row.time_text ?? instantOf(timeMs),
    type: words.get(row.type)!,
  };
  const erased = isErased(row);
  return {
    ...parts,
    position: readBigint(row.position),
    timeMs,
    recordedAtMs: readBigint(row.recorded_at_ms),
    expiresAtMs:
      row.expires_at_ms === null ? undefined : readBigint(row.expires_at_ms),
    status: (row.status as VerdictStatus | null) ?? undefined,
    payload: erased ? undefined : row.payload,
    salt: erased ? undefined : hexOf(row.salt),
    leafHash: hexOf(row.leaf_hash),
    leaf: leafFrom(parts),
  };
}
