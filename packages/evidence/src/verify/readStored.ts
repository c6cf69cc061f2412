import { canonicalize } from '../canonical/canonicalize';
import type { EvidenceItem } from '../item/item';
import { LEAF_FORMAT } from '../item/leaf';
import { readEvidenceItem, type ItemProblemCode } from '../item/read';

/** An item as the log keeps it: the exact canonical texts. `payload` is null once it was erased. @public */
export interface StoredItem {
  readonly leaf: string;
  readonly payload: string | null;
}

/**
 * Why an item that is kept cannot be read by this release.
 * - `UNKNOWN_VERSION`, `UNKNOWN_TYPE`: a newer release wrote it; keep it, prove it, and read it with that release
 * - `REDACTED`: payload and salt were erased
 * - `NOT_A_LEAF`: its leaf is not the canonical text of an entry
 * - any other: why {@link readEvidenceItem} would not take it today
 * @public
 */
export type StoredProblemCode = ItemProblemCode | 'REDACTED' | 'NOT_A_LEAF';

/**
 * A kept item: read, or kept as it is with the reason. `attributes` is what its leaf says of it, `undefined` where even that
 * cannot be read; `stored` is the very text that was handed in, so that nothing is lost by not understanding it.
 * @public
 */
export type StoredReading =
  | { readonly readable: true; readonly item: EvidenceItem }
  | {
      readonly readable: false;
      readonly reason: StoredProblemCode;
      readonly problems: string[];
      readonly attributes: Readonly<Record<string, unknown>> | undefined;
      readonly stored: StoredItem;
    };

/**
 * Reads an item back from the texts that the log or a pack keeps. Never throws. Not being readable says nothing against an
 * item's integrity: its hashes and proofs are checked over the texts, whatever they mean.
 * @public
 */
export function readStoredItem(stored: StoredItem): StoredReading {
  const leaf = objectOf(stored.leaf);
  const unreadable = (
    reason: StoredProblemCode,
    problems: string[],
  ): StoredReading => ({
    readable: false,
    reason,
    problems,
    attributes: leaf,
    stored,
  });
  if (!leaf || !isEntry(leaf) || !isCanonical(leaf, stored))
    return unreadable('NOT_A_LEAF', [
      `/: it is not the canonical text of an entry in the format ${LEAF_FORMAT}`,
    ]);
  const {
    leafFormat: _f,
    payloadCommitment: _c,
    envelope,
    ...attributes
  } = leaf;
  if (stored.payload === null)
    return unreadable('REDACTED', ['/data/payload: it was erased']);
  const payload = objectOf(stored.payload);
  if (!payload)
    return unreadable('INVALID_PAYLOAD', [
      '/data/payload: it is no JSON object',
    ]);
  const reading = readEvidenceItem({
    ...attributes,
    data: { envelope, payload },
  });
  return reading.ok
    ? { readable: true, item: reading.item }
    : unreadable(reading.code, reading.problems);
}

/** `data` is what a leaf leaves out: one that has it says two things at once. */
function isEntry(leaf: Record<string, unknown>): boolean {
  return (
    leaf.leafFormat === LEAF_FORMAT &&
    typeof leaf.payloadCommitment === 'string' &&
    !Object.hasOwn(leaf, 'data')
  );
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

function isCanonical(
  leaf: Record<string, unknown>,
  stored: StoredItem,
): boolean {
  try {
    return canonicalize(leaf) === stored.leaf;
  } catch {
    return false;
  }
}
