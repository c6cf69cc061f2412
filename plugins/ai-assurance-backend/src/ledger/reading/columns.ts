import { leafHasher, readEvidenceItem } from '@ai-assurance/evidence';
import { hashesOf } from '../core/hashes';
import { sha256 } from '../sha256';

// This file and all that it imports are loaded by the reading thread as well: no platform, no framework.

/** Bytes of a salt, of a commitment and of a hash alike. */
export const HASH_LENGTH = 32;

/** Lines that one message hands over, in UTF-8, each ended by a line break. */
export interface LinesToRead {
  bytes: Uint8Array;
  count: number;
  /** A fresh one for each line, one behind the other. */
  salts: Uint8Array;
}

/**
 * What was read from lines, column by column: a few lists cost less to hand from thread to thread than many objects. Of a line
 * that is no good item only `isGood` says something; whoever asked has to read it, and to find the words for what is wrong.
 */
export interface ReadColumns {
  isGood: Uint8Array;
  /** Each source, type and subject once; the columns of these names hold places in it. */
  words: string[];
  source: Uint16Array;
  type: Uint16Array;
  subject: Uint16Array;
  id: string[];
  time: string[];
  timeMs: Float64Array;
  collectedAtMs: Float64Array;
  /** NaN where nothing expires. */
  expiresAtMs: Float64Array;
  /** As the payload has it. */
  status: unknown[];
  /** Canonical texts. */
  envelope: string[];
  payload: string[];
  payloadCommitment: Uint8Array;
  leafHash: Uint8Array;
}

/** Most lines of a message: their words have to be counted in sixteen bits. */
export const MAX_LINES = 10_000;

const hasher = leafHasher(sha256);

/** Reads, checks, makes canonical and hashes. Lines that are no good items cost nothing but this. */
export function readColumns({ bytes, count, salts }: LinesToRead): ReadColumns {
  const columns: ReadColumns = {
    isGood: new Uint8Array(count),
    words: [],
    source: new Uint16Array(count),
    type: new Uint16Array(count),
    subject: new Uint16Array(count),
    id: new Array(count).fill(''),
    time: new Array(count).fill(''),
    timeMs: new Float64Array(count),
    collectedAtMs: new Float64Array(count),
    expiresAtMs: new Float64Array(count).fill(Number.NaN),
    status: new Array(count).fill(null),
    envelope: new Array(count).fill(''),
    payload: new Array(count).fill(''),
    payloadCommitment: new Uint8Array(count * HASH_LENGTH),
    leafHash: new Uint8Array(count * HASH_LENGTH),
  };
  const places = new Map<string, number>();
  const placeOf = (word: string) => {
    let place = places.get(word);
    if (place === undefined) {
      place = columns.words.push(word) - 1;
      places.set(word, place);
    }
    return place;
  };
  textsIn(bytes, count).forEach((text, at) => {
    const reading = readEvidenceItem(valueOf(text));
    if (!reading.ok) return;
    const { item, texts } = reading;
    const { collectedAt, expiresAt } = item.data.envelope;
    const from = at * HASH_LENGTH;
    const hashes = hashesOf(
      reading,
      salts.subarray(from, from + HASH_LENGTH),
      hasher,
    );
    columns.isGood[at] = 1;
    columns.source[at] = placeOf(item.source);
    columns.type[at] = placeOf(item.type);
    columns.subject[at] = placeOf(item.subject);
    columns.id[at] = item.id;
    columns.time[at] = item.time;
    columns.timeMs[at] = Date.parse(item.time);
    columns.collectedAtMs[at] = Date.parse(collectedAt);
    if (expiresAt !== undefined)
      columns.expiresAtMs[at] = Date.parse(expiresAt);
    const { status } = item.data.payload;
    if (typeof status === 'string') columns.status[at] = status;
    columns.envelope[at] = texts.envelope;
    columns.payload[at] = texts.payload;
    columns.payloadCommitment.set(hashes.payloadCommitment, from);
    columns.leafHash.set(hashes.leafHash, from);
  });
  return columns;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The lines as texts; none when one of them is no UTF-8, which is too rare to be told apart here. */
function textsIn(bytes: Uint8Array, count: number): string[] {
  let all: string;
  try {
    all = utf8.decode(bytes);
  } catch {
    return [];
  }
  const texts = all.split('\n', count);
  return texts;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
