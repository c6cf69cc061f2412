import {
  ByteReader,
  decodePostings,
  encodePostings,
  Offsets,
  pushVarint,
} from './postings';

/** One term of a segment and where it occurs. */
export interface TermPostings {
  term: string;
  offsets: Offsets;
}

/**
 * A page fits into a row that neither database stores out of line. A single long list of offsets may make it longer.
 */
const pageLength = 1_800;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export interface Page {
  firstTerm: string;
  bytes: Uint8Array;
}

/** Packs terms, which MUST come in order, into pages: each term as what differs from the one before it, then its offsets. */
export class PageWriter {
  #bytes: number[] = [];
  #firstTerm = '';
  #lastTerm = '';

  /** Hands back a page when it is full. */
  add(term: string, offsets: Offsets): Page | undefined {
    const postings = encodePostings(offsets);
    const isFull =
      this.#bytes.length > 0 &&
      this.#bytes.length + term.length + postings.length > pageLength;
    const page = isFull ? this.end() : undefined;
    if (this.#bytes.length === 0) this.#firstTerm = term;
    pushTerm(this.#bytes, this.#lastTerm, term);
    pushVarint(this.#bytes, postings.length);
    for (const byte of postings) this.#bytes.push(byte);
    this.#lastTerm = term;
    return page;
  }

  /** The last page, if anything was added since the one before. */
  end(): Page | undefined {
    if (this.#bytes.length === 0) return undefined;
    const page = {
      firstTerm: this.#firstTerm,
      bytes: Uint8Array.from(this.#bytes),
    };
    this.#bytes = [];
    this.#lastTerm = '';
    return page;
  }
}

function pushTerm(bytes: number[], before: string, term: string): void {
  let shared = 0;
  const most = Math.min(before.length, term.length, 0x7f);
  while (shared < most && before[shared] === term[shared]) shared += 1;
  // Half of a surrogate pair has no bytes of its own.
  if (shared > 0 && /[\ud800-\udbff]/.test(term[shared - 1])) shared -= 1;
  const rest = encoder.encode(term.slice(shared));
  pushVarint(bytes, shared);
  pushVarint(bytes, rest.length);
  for (const byte of rest) bytes.push(byte);
}

/** Of nearly all terms the bytes are characters: a part of the page's text costs a fraction of decoding it by itself. */
export const bytewise = new TextDecoder('latin1');

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] >= 0x80) return false;
  return true;
}

/** The next term, where `text` has a character for each byte of the page. */
export function readTerm(
  reader: ByteReader,
  text: string,
  before: string,
): string {
  const shared = reader.varint();
  const length = reader.varint();
  const from = reader.at;
  reader.at += length;
  if (reader.at > reader.end)
    throw new RangeError('A page of the search index ends within a term');
  const rest = isAscii(reader.bytes, from, reader.at)
    ? text.slice(from, reader.at)
    : decoder.decode(reader.bytes.subarray(from, reader.at));
  return before.slice(0, shared) + rest;
}

/** All terms of a page in order. */
export function* termsOf(bytes: Uint8Array): Generator<TermPostings> {
  const reader = new ByteReader(bytes);
  const text = bytewise.decode(bytes);
  let term = '';
  while (reader.at < reader.end) {
    term = readTerm(reader, text, term);
    const length = reader.varint();
    const end = reader.at + length;
    yield {
      term,
      offsets: decodePostings(new ByteReader(bytes, reader.at, end)),
    };
    reader.at = end;
  }
}

/** Terms `from <= term < to`; with no `to`, just `from` itself. */
export interface TermRange {
  from: string;
  to?: string;
  /** Set where every item has exactly one of the terms `from <= term < to` around it, as of times. */
  every?: { from: string; to: string };
}

/** Where in the list, which is in order, the first term stands that is not before the wanted one. */
export function firstAtLeast(terms: string[], wanted: string): number {
  let low = 0;
  let high = terms.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (terms[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First terms of a segment's pages, as they are kept beside the segment. */
export function writeDirectory(firstTerms: string[]): Uint8Array {
  const bytes: number[] = [];
  let before = '';
  for (const term of firstTerms) {
    pushTerm(bytes, before, term);
    before = term;
  }
  return Uint8Array.from(bytes);
}

export function readDirectory(bytes: Uint8Array): string[] {
  const reader = new ByteReader(bytes);
  const text = bytewise.decode(bytes);
  const terms: string[] = [];
  let term = '';
  while (reader.at < reader.end) {
    term = readTerm(reader, text, term);
    terms.push(term);
  }
  return terms;
}

/** Numbers `[from, to)` of the pages that may hold terms of the range. */
export function pagesFor(
  directory: string[],
  range: TermRange,
): { from: number; to: number } {
  const end = range.to ?? range.from;
  // The last page that begins at or before the first wanted term.
  let low = 0;
  let high = directory.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (directory[middle] <= range.from) low = middle + 1;
    else high = middle;
  }
  const from = Math.max(0, low - 1);
  let to = low;
  if (range.to !== undefined)
    while (to < directory.length && directory[to] < end) to += 1;
  return { from, to };
}
