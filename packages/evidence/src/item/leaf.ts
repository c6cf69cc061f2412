import { concatBytes, Hasher, sha256, toHex, utf8 } from '../bytes/bytes';
import { canonicalize, quote } from '../canonical/canonicalize';
import type { EvidenceItem } from './item';

/** Named in every leaf, so that a leaf can never be read as something else, nor by another version's rules. @public */
export const LEAF_FORMAT = 'ai-assurance-leaf/v1';

/** The first line of what a payload's commitment hashes; salt and payload follow it. @public */
export const COMMITMENT_FORMAT = 'ai-assurance-payload/v1';

/** Bytes of the salt of a payload's commitment. @public */
export const SALT_LENGTH = 32;

const encoder = new TextEncoder();
const COMMITMENT_PREFIX = utf8(`${COMMITMENT_FORMAT}\n`);

/** The attributes that {@link leafOf} names, and `data`. */
const ITEM_MEMBER_COUNT = 8;

/**
 * Commits to a payload without showing it: SHA-256 of a fixed prefix, the salt and the payload's canonical text, in
 * lower-case hexadecimal. The salt keeps a redacted payload from being guessed and MUST be {@link SALT_LENGTH} random
 * bytes, fresh for each item; another length throws a RangeError.
 * @public
 */
export function commitPayload(
  salt: Uint8Array,
  canonicalPayload: string,
  hash: Hasher = sha256,
): string {
  if (salt.length !== SALT_LENGTH)
    throw new RangeError(`A salt has ${SALT_LENGTH} bytes, not ${salt.length}`);
  return toHex(
    hash(concatBytes(COMMITMENT_PREFIX, salt, utf8(canonicalPayload))),
  );
}

/**
 * The text that the log keeps of an item: canonical JSON of its attributes, its envelope and its payload's commitment. The
 * payload itself is left out, so that it can be redacted later and every proof still holds. Throws CanonicalError.
 * @public
 */
export function leafOf(item: EvidenceItem, payloadCommitment: string): string {
  const { envelope } = item.data;
  const leafFormat = LEAF_FORMAT;
  // An item has exactly the members named below. Naming them is far quicker than copying what there is, and every append
  // and every check comes by; but nothing that an item has beyond them may be left out of its leaf unseen.
  if (Object.keys(item).length !== ITEM_MEMBER_COUNT) {
    const { data: _data, ...attributes } = item;
    return canonicalize({
      ...attributes,
      leafFormat,
      envelope,
      payloadCommitment,
    });
  }
  return canonicalize({
    datacontenttype: item.datacontenttype,
    envelope,
    id: item.id,
    leafFormat,
    payloadCommitment,
    source: item.source,
    specversion: item.specversion,
    subject: item.subject,
    time: item.time,
    type: item.type,
  });
}

/**
 * What a leaf says, as a store keeps it: `envelope` is its canonical text, `payloadCommitment` lower-case hexadecimal.
 * @public
 */
export interface LeafParts {
  readonly envelope: string;
  readonly id: string;
  readonly payloadCommitment: string;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly type: string;
}

/**
 * The leaf of an item put together from its parts: the same text as {@link leafOf}, which makes it from the item. A leaf
 * is a fixed frame around these parts, so that nobody who keeps them needs to keep or parse the whole. Throws
 * CanonicalError for a part that has no canonical text. The envelope is taken as it is.
 * @public
 */
export function leafFrom(parts: LeafParts): string {
  return leafFromTexts({
    envelope: parts.envelope,
    id: quote(parts.id),
    payloadCommitment: parts.payloadCommitment,
    source: quote(parts.source),
    subject: quote(parts.subject),
    time: quote(parts.time),
    type: quote(parts.type),
  });
}

/**
 * The same for parts of which id, source, subject, time and type are canonical texts already, quotation marks and all.
 * For whoever reads millions of leaves that name the same few words.
 * @public
 */
export function leafFromTexts(parts: LeafParts): string {
  return `{"datacontenttype":"application/json","envelope":${parts.envelope},"id":${parts.id},"leafFormat":"${LEAF_FORMAT}","payloadCommitment":"${parts.payloadCommitment}","source":${parts.source},"specversion":"1.0","subject":${parts.subject},"time":${parts.time},"type":${parts.type}}`;
}

/**
 * Hashes leaves and payloads one after the other; see `leafHasher`. A `Digest` is a hash in the form that its function
 * hands over: bytes, unless it says otherwise.
 * @public
 */
export interface LeafHasher<Digest = Uint8Array> {
  /** The hash of {@link commitPayload}. */
  commit(salt: Uint8Array, canonicalPayload: string): Digest;
  /** The same as `leafHash(utf8(leaf))`. */
  leafHash(leaf: string): Digest;
}

/**
 * For many leaves: what is hashed is written into one piece of memory that is used again and again, which costs less than
 * the hash. `hash` MUST NOT keep the bytes that it is handed.
 * @public
 */
export function leafHasher(hash?: Hasher): LeafHasher;
/** The same with hashes in another form, for example as hexadecimal text. @public */
export function leafHasher<Digest>(
  hash: (bytes: Uint8Array) => Digest,
): LeafHasher<Digest>;
export function leafHasher(
  hash: (bytes: Uint8Array) => unknown = sha256,
): LeafHasher<unknown> {
  let scratch = new Uint8Array(4096);
  const hashOf = (prefixLength: number, text: string) => {
    const { written } = encoder.encodeInto(
      text,
      scratch.subarray(prefixLength),
    );
    return hash(scratch.subarray(0, prefixLength + written));
  };
  // No UTF-16 unit takes more than three bytes.
  const reserve = (length: number) => {
    if (length > scratch.length) scratch = new Uint8Array(2 * length);
  };
  return {
    commit(salt, canonicalPayload) {
      if (salt.length !== SALT_LENGTH)
        throw new RangeError(
          `A salt has ${SALT_LENGTH} bytes, not ${salt.length}`,
        );
      const prefixLength = COMMITMENT_PREFIX.length + SALT_LENGTH;
      reserve(prefixLength + 3 * canonicalPayload.length);
      scratch.set(COMMITMENT_PREFIX);
      scratch.set(salt, COMMITMENT_PREFIX.length);
      return hashOf(prefixLength, canonicalPayload);
    },
    leafHash(leaf) {
      reserve(1 + 3 * leaf.length);
      scratch[0] = 0x00;
      return hashOf(1, leaf);
    },
  };
}
