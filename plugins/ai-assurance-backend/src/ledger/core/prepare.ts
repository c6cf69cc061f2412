import {
  canonicalize,
  commitPayload,
  EvidenceItem,
  Hasher,
  leafHash,
  leafOf,
  toHex,
  utf8,
} from '@ai-assurance/evidence';
import {
  VERDICT_STATUSES,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** An item with everything that can be worked out before the lock is taken. */
export interface PreparedItem {
  item: EvidenceItem;
  timeMs: number;
  expiresAtMs: number | undefined;
  status: VerdictStatus | undefined;
  /** Canonical text, made once: hashed, stored and exported as it is. */
  payload: string;
  salt: string;
  payloadCommitment: string;
  leaf: string;
  leafHash: Uint8Array;
}

/** The verdict a payload carries, where its kind has one. */
export function statusOf(
  payload: Record<string, unknown>,
): VerdictStatus | undefined {
  return VERDICT_STATUSES.find(status => status === payload.status);
}

/** Canonical texts and hashes of an item. Throws CanonicalError for a payload that JSON cannot say exactly. */
export function prepare(
  item: EvidenceItem,
  salt: Uint8Array,
  hash: Hasher,
): PreparedItem {
  const { envelope, payload: value } = item.data;
  const payload = canonicalize(value);
  const payloadCommitment = commitPayload(salt, payload, hash);
  const leaf = leafOf(item, payloadCommitment);
  return {
    item,
    timeMs: Date.parse(item.time),
    expiresAtMs:
      envelope.expiresAt === undefined
        ? undefined
        : Date.parse(envelope.expiresAt),
    status: statusOf(value),
    payload,
    salt: toHex(salt),
    payloadCommitment,
    leaf,
    leafHash: leafHash(utf8(leaf), hash),
  };
}

/**
 * Whether an item says the same as a stored one. Leaves cannot be compared directly: every item has its own salt, so the
 * stored commitment is put in place of the new one.
 */
export function isSameItem(
  prepared: PreparedItem,
  stored: { leaf: string; payload: string; payload_commitment: string },
): boolean {
  return (
    prepared.payload === stored.payload &&
    leafOf(prepared.item, stored.payload_commitment) === stored.leaf
  );
}

/** The item as it was pushed, from what the ledger keeps of it. */
export function itemOf(stored: {
  leaf: string;
  payload: string;
}): EvidenceItem {
  const {
    leafFormat: _format,
    payloadCommitment: _commitment,
    envelope,
    ...attributes
  } = JSON.parse(stored.leaf);
  return {
    ...attributes,
    data: { envelope, payload: JSON.parse(stored.payload) },
  };
}
