import { leafHasher, readEvidenceItem } from '@ai-assurance/evidence';
import { hashesOf } from '../core/hashes';
import { sha256 } from '../sha256';

// This file and all that it imports are loaded by the reading thread as well: no platform, no framework.

/** Bytes of a salt, of a commitment and of a hash alike. */
export const HASH_LENGTH = 32;

/** What one message hands over, in UTF-8: lines, each ended by a line break, or one JSON list of items. */
export interface TextToRead {
  form: 'lines' | 'list';
  bytes: Uint8Array;
  /** Fresh ones, one behind the other: for the first good item, for the second, and so on. */
  salts: Uint8Array;
}

/**
 * Fewer bytes than any good item has: its fixed members alone take more. So text holds at most as many good items as this
 * goes into it.
 */
export const FEWEST_BYTES = 256;

/**
 * What was read from a text, column by column: a few lists cost less to hand from thread to thread than many objects. Of what
 * is no good item only `isGood` says something; whoever asked has to read it, and to find the words for what is wrong.
 */
export interface ReadColumns {
  /** One for each line, or for each value of the list; empty where the text could not be taken apart. */
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

/** Most lines or values of a message: their words have to be counted in sixteen bits. */
export const MAX_ITEMS = 10_000;

const hasher = leafHasher(sha256);

/** Reads, checks, makes canonical and hashes. What is no good item costs nothing but this. */
export function readColumns({ form, bytes, salts }: TextToRead): ReadColumns {
  const values = form === 'lines' ? valuesOfLines(bytes) : valuesOfList(bytes);
  const count = values.length;
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
  let goodCount = 0;
  const places = new Map<string, number>();
  const placeOf = (word: string) => {
    let place = places.get(word);
    if (place === undefined) {
      place = columns.words.push(word) - 1;
      places.set(word, place);
    }
    return place;
  };
  for (let at = 0; at < count; at += 1) {
    const reading = readEvidenceItem(values.at(at));
    if (!reading.ok) continue;
    const { item, texts } = reading;
    const { collectedAt, expiresAt } = item.data.envelope;
    const from = at * HASH_LENGTH;
    const hashes = hashesOf(reading, saltAt(salts, goodCount), hasher);
    goodCount += 1;
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
  }
  return columns;
}

/** The salt of a good item, by how many came before it. */
export function saltAt(salts: Uint8Array, number: number): Uint8Array {
  return salts.subarray(number * HASH_LENGTH, (number + 1) * HASH_LENGTH);
}

/** One after the other: only one of them need be in memory. */
interface Values {
  length: number;
  at(index: number): unknown;
}

const noValues: Values = { length: 0, at: () => undefined };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** None when one of the lines is no UTF-8, which is too rare to be told apart here. */
function valuesOfLines(bytes: Uint8Array): Values {
  const lines = textOf(bytes)?.split('\n');
  if (!lines) return noValues;
  // Behind the last line break comes nothing.
  return { length: lines.length - 1, at: index => valueOf(lines[index]) };
}

function valuesOfList(bytes: Uint8Array): Values {
  const text = textOf(bytes);
  const value = text === undefined ? undefined : valueOf(text);
  return Array.isArray(value) && value.length <= MAX_ITEMS ? value : noValues;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
