import { bytewise, firstAtLeast, readTerm, TermRange } from './pages';
import {
  ByteReader,
  countWritten,
  decodePostings,
  intersect,
  isUnpackedSmall,
  Offsets,
  retainWritten,
} from './postings';

/** Where a term's offsets are written in a page. */
interface Span {
  from: number;
  to: number;
}

/** Taking a page apart costs as much as going through its bytes so often. */
const mostLooks = 8;

/**
 * A page as it is searched: at first in its bytes, since most pages of rare words are asked once or twice; when it is asked
 * more often it is taken apart as far as its terms. Offsets are read when they are wanted.
 */
export class OpenPage {
  readonly #bytes: Uint8Array;
  #looks = 0;
  #last: { range: TermRange; spans: Span[] } | undefined;
  #apart: { terms: string[]; spans: Span[] } | undefined;
  /** Offsets of terms that were asked for, where they take little room. */
  readonly #unpacked = new Map<Span, Offsets>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** All terms in order. */
  get terms(): string[] {
    return this.#takenApart().terms;
  }

  /** Lists of offsets of the terms in the range. */
  offsetsIn(range: TermRange): Offsets[] {
    return this.#spansOf(range).map(
      span => this.#unpackedOf(span) ?? decodePostings(this.#reader(span)),
    );
  }

  /** How many offsets the terms in the range have, counted once for each term. */
  countIn(range: TermRange): number {
    let count = 0;
    for (const span of this.#spansOf(range))
      count += countWritten(this.#reader(span));
    return count;
  }

  /** Those of `wanted` that the one term has, or `undefined` when the page does not hold exactly one term of the range. */
  retainIn(range: TermRange, wanted: Offsets): Offsets | undefined {
    const spans = this.#spansOf(range);
    if (spans.length !== 1) return undefined;
    const unpacked = this.#unpackedOf(spans[0]);
    return unpacked
      ? intersect([wanted, unpacked])
      : retainWritten(wanted, this.#reader(spans[0]));
  }

  #reader({ from, to }: Span): ByteReader {
    return new ByteReader(this.#bytes, from, to);
  }

  /** Offsets of a term, kept with the page; `undefined` where they would take too much room. */
  #unpackedOf(span: Span): Offsets | undefined {
    const kept = this.#unpacked.get(span);
    if (kept || !isUnpackedSmall(this.#reader(span))) return kept;
    const offsets = decodePostings(this.#reader(span));
    this.#unpacked.set(span, offsets);
    return offsets;
  }

  #spansOf(range: TermRange): Span[] {
    const last = this.#last;
    if (last && last.range.from === range.from && last.range.to === range.to)
      return last.spans;
    const spans =
      this.#looks < mostLooks ? spansWritten(this.#bytes, range) : undefined;
    this.#looks += 1;
    this.#last = { range, spans: spans ?? this.#spansApart(range) };
    return this.#last.spans;
  }

  #spansApart(range: TermRange): Span[] {
    const { terms, spans } = this.#takenApart();
    const from = firstAtLeast(terms, range.from);
    let to = from;
    while (
      to < terms.length &&
      (range.to === undefined ? terms[to] === range.from : terms[to] < range.to)
    )
      to += 1;
    return spans.slice(from, to);
  }

  #takenApart(): { terms: string[]; spans: Span[] } {
    if (this.#apart) return this.#apart;
    const reader = new ByteReader(this.#bytes);
    const text = bytewise.decode(this.#bytes);
    const terms: string[] = [];
    const spans: Span[] = [];
    let term = '';
    while (reader.at < reader.end) {
      term = readTerm(reader, text, term);
      terms.push(term);
      spans.push(passedSpan(reader));
    }
    this.#apart = { terms, spans };
    return this.#apart;
  }
}

function passedSpan(reader: ByteReader): Span {
  const length = reader.varint();
  const from = reader.at;
  reader.at += length;
  if (reader.at > reader.end)
    throw new RangeError(
      'A page of the search index ends within the offsets of a term',
    );
  return { from, to: reader.at };
}

interface Bounds {
  from: Uint8Array;
  to: Uint8Array | undefined;
}

const knownBounds = new WeakMap<TermRange, Bounds | undefined>();

/** A range in bytes, where these are in the order of its characters; `undefined` where they are not. */
function boundsOf(range: TermRange): Bounds | undefined {
  if (knownBounds.has(range)) return knownBounds.get(range);
  const { from, to } = range;
  const isPlain = [from, to ?? ''].every(text =>
    // eslint-disable-next-line no-control-regex
    /^[\0-\x7f]*\uffff?$/.test(text),
  );
  // No text has the byte 0xff: it sorts behind all, as \uffff does.
  const bytesOf = (text: string) => Buffer.from(text, 'latin1');
  const bounds = isPlain
    ? { from: bytesOf(from), to: to === undefined ? to : bytesOf(to) }
    : undefined;
  knownBounds.set(range, bounds);
  return bounds;
}

/** Compares the first `length` bytes of a term with a bound, byte by byte. */
function compared(term: Uint8Array, length: number, bound: Uint8Array): number {
  const most = Math.min(length, bound.length);
  for (let i = 0; i < most; i += 1)
    if (term[i] !== bound[i]) return term[i] - bound[i];
  return length - bound.length;
}

/** A term may be that long to be looked for in bytes; hardly one is longer. */
const scratch = new Uint8Array(1_024);

/** Spans of the terms in a range, or `undefined` where bytes do not tell: then the page has to be taken apart. */
function spansWritten(bytes: Uint8Array, range: TermRange): Span[] | undefined {
  const bounds = boundsOf(range);
  if (!bounds) return undefined;
  const spans: Span[] = [];
  const reader = new ByteReader(bytes);
  while (reader.at < reader.end) {
    // As many characters as the term before; as bytes they can be counted only while all of them are ASCII.
    const shared = reader.varint();
    const length = reader.varint();
    const end = reader.at + length;
    if (shared + length > scratch.length || end > reader.end) return undefined;
    for (let at = reader.at, to = shared; at < end; at += 1, to += 1) {
      if (bytes[at] >= 0x80) return undefined;
      scratch[to] = bytes[at];
    }
    reader.at = end;
    const span = passedSpan(reader);
    if (compared(scratch, shared + length, bounds.from) < 0) continue;
    const isWithin = bounds.to
      ? compared(scratch, shared + length, bounds.to) < 0
      : compared(scratch, shared + length, bounds.from) === 0;
    if (!isWithin) break;
    spans.push(span);
  }
  return spans;
}
