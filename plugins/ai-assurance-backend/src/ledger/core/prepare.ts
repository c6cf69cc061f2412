import { EvidenceItem, LeafHasher } from '@ai-assurance/evidence';
import {
  VERDICT_STATUSES,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { instantOf } from '../../platform';
import { GoodReading } from '../types';
import { hashesOf } from './hashes';

/** An item with everything that can be worked out before the lock is taken. */
export interface PreparedItem {
  item: Pick<EvidenceItem, 'id' | 'source' | 'subject' | 'time' | 'type'>;
  timeMs: number;
  expiresAtMs: number | undefined;
  status: VerdictStatus | undefined;
  /** Canonical text, made once: hashed, stored and exported as it is. */
  payload: string;
  envelope: string;
  /** The instant as the item wrote it; `null` when that is the usual text of `timeMs`. */
  timeText: string | null;
  salt: Uint8Array;
  payloadCommitment: Uint8Array;
  leafHash: Uint8Array;
}

/** The verdict a payload carries, where its kind has one. */
export function statusOf({
  status,
}: Record<string, unknown>): VerdictStatus | undefined {
  return typeof status === 'string'
    ? VERDICT_STATUSES.find(known => known === status)
    : undefined;
}

/** Hashes of an item that was read; its canonical texts are those that were made while reading. */
export function prepare(
  { item, texts }: GoodReading,
  salt: Uint8Array,
  hasher: LeafHasher,
): PreparedItem {
  const { envelope, payload } = texts;
  const timeMs = Date.parse(item.time);
  const { expiresAt } = item.data.envelope;
  return {
    item,
    timeMs,
    timeText: timeTextOf(item.time, timeMs),
    expiresAtMs: expiresAt === undefined ? undefined : Date.parse(expiresAt),
    status: statusOf(item.data.payload),
    payload,
    envelope,
    salt,
    ...hashesOf({ item, texts }, salt, hasher),
  };
}

/** The text to store beside the number of an instant: none where the number says it all. */
export function timeTextOf(time: string, timeMs: number): string | null {
  // With milliseconds, and a day that every month has: there is no other spelling of such an instant.
  if (time.length === 24 && time.slice(8, 10) < '29') return null;
  return instantOf(timeMs) === time ? null : time;
}

/** What of an item must be equal for two of one source and id to be the same. */
export interface SameItem {
  type: string;
  subject: string;
  time: string;
  envelope: string;
  payload: string | undefined;
}

/**
 * Whether an item says the same as a stored one of its source and id. Leaves cannot be compared: every item has its own
 * salt. An item whose payload was erased is known by the rest of it: what it said is gone, and must not come back.
 */
export function isSameItem(prepared: PreparedItem, stored: SameItem): boolean {
  const { item } = prepared;
  return (
    (stored.payload === undefined || prepared.payload === stored.payload) &&
    prepared.envelope === stored.envelope &&
    item.time === stored.time &&
    item.subject === stored.subject &&
    item.type === stored.type
  );
}

/** The item as it was pushed, from what the ledger keeps of it. An erased payload reads as an empty one. */
export function itemOf(stored: {
  id: string;
  source: string;
  subject: string;
  time: string;
  type: string;
  envelope: string;
  payload: string | undefined;
}): EvidenceItem {
  return {
    specversion: '1.0',
    id: stored.id,
    source: stored.source,
    type: stored.type,
    subject: stored.subject,
    time: stored.time,
    datacontenttype: 'application/json',
    data: {
      envelope: JSON.parse(stored.envelope),
      payload: stored.payload === undefined ? {} : JSON.parse(stored.payload),
    },
  };
}
