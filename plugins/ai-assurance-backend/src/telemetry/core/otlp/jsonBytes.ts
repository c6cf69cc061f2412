import { areSameBytes, viewOf } from './byBytes';

/**
 * The text is not of the plain form that is read from its bytes: it may be no JSON, or JSON that says the same in other words.
 * Whoever reads the bytes MUST read them in the general way then.
 */
export class Unusual extends Error {}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Integers of so many digits are exact, and so is what they are after a division by a power of ten up to 10^22. */
const EXACT_DIGITS = 15;
const powersOfTen = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);
const jsonNumber = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/** Reads JSON from its bytes, value by value, without making anything of it. Whatever is not plain throws {@link Unusual}. */
export class JsonBytes {
  pos = 0;
  readonly view: DataView;

  constructor(readonly bytes: Buffer) {
    this.view = viewOf(bytes);
  }

  /** The byte of the next token, which is not taken yet. */
  peek(): number {
    let byte = this.bytes[this.pos];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.pos += 1;
      byte = this.bytes[this.pos];
    }
    return byte;
  }

  take(byte: number): void {
    if (this.peek() !== byte) throw new Unusual();
    this.pos += 1;
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.peek();
    if (this.pos !== this.bytes.length) throw new Unusual();
  }

  /** Begins an object; answers whether it has a member, in front of whose key it then stands. */
  enter(): boolean {
    this.take(OPEN_BRACE);
    if (this.peek() !== CLOSE_BRACE) return true;
    this.pos += 1;
    return false;
  }

  /** Behind the value of a member: answers whether another one follows, in front of whose key it then stands. */
  next(): boolean {
    const byte = this.peek();
    this.pos += 1;
    if (byte === CLOSE_BRACE) return false;
    if (byte !== COMMA) throw new Unusual();
    this.peek();
    return true;
  }

  /** Passes over these bytes where they stand here. */
  skip(expected: DataView): boolean {
    const size = expected.byteLength;
    const { view, pos } = this;
    if (
      pos + size > view.byteLength ||
      !areSameBytes(expected, 0, view, pos, size)
    )
      return false;
    this.pos = pos + size;
    return true;
  }

  /** A list of numbers. */
  numbers(into: { push(value: number): void }): void {
    this.take(OPEN_BRACKET);
    if (this.peek() === CLOSE_BRACKET) {
      this.pos += 1;
      return;
    }
    for (;;) {
      into.push(this.number());
      const byte = this.peek();
      this.pos += 1;
      if (byte === CLOSE_BRACKET) return;
      if (byte !== COMMA) throw new Unusual();
    }
  }

  /** Has `item` read each value of a list. */
  list(item: () => void): void {
    this.take(OPEN_BRACKET);
    if (this.peek() === CLOSE_BRACKET) {
      this.pos += 1;
      return;
    }
    for (;;) {
      item();
      if (this.peek() === CLOSE_BRACKET) break;
      this.take(COMMA);
    }
    this.pos += 1;
  }

  /** Where the text began that was read last. */
  textFrom = 0;

  /** Reads a text of printable ASCII without escapes; answers where it ends, without its quotes. */
  text(): number {
    this.take(QUOTE);
    const { bytes } = this;
    let at = this.pos;
    this.textFrom = at;
    let byte = bytes[at];
    while (byte !== QUOTE) {
      // Written so that the end of the bytes fails too.
      if (!(byte >= 0x20 && byte < 0x7f) || byte === BACKSLASH)
        throw new Unusual();
      at += 1;
      byte = bytes[at];
    }
    this.pos = at + 1;
    return at;
  }

  /** A number, or text of one as JSON has 64-bit integers. NaN and the infinities are not plain. */
  number(): number {
    if (this.peek() !== QUOTE) return this.#literal();
    const { bytes } = this;
    let at = this.pos + 1;
    let digits = 0;
    let byte = bytes[at];
    while (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO);
      at += 1;
      byte = bytes[at];
    }
    const length = at - this.pos - 1;
    if (byte === QUOTE && length > 0 && length <= EXACT_DIGITS) {
      this.pos = at + 1;
      return digits;
    }
    const end = this.text();
    const from = this.textFrom;
    const text = this.bytes.toString('latin1', from, end);
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) throw new Unusual();
    return value;
  }

  /** Nanoseconds as whole milliseconds: digits are cut, a number is rounded down. */
  nanosToMs(): number {
    if (this.peek() !== QUOTE) return Math.floor(this.#literal() / 1_000_000);
    const end = this.text();
    const from = this.textFrom;
    if (end - from > 20 || end === from) throw new Unusual();
    if (this.#digits(Math.max(from, end - 6), end) < 0) throw new Unusual();
    if (end - from <= 6) return 0;
    const ms = this.#digits(from, end - 6);
    if (ms < 0) throw new Unusual();
    return ms;
  }

  boolean(): boolean {
    this.peek();
    const { bytes, pos } = this;
    if (bytes.toString('latin1', pos, pos + 4) === 'true') {
      this.pos += 4;
      return true;
    }
    if (bytes.toString('latin1', pos, pos + 5) !== 'false') throw new Unusual();
    this.pos += 5;
    return false;
  }

  /** Jumps over an object or list, whose inside is not looked at; answers where it began. It MUST be parsed by whoever uses it. */
  nested(): number {
    const first = this.peek();
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) throw new Unusual();
    const from = this.pos;
    const { bytes } = this;
    let depth = 0;
    let at = from;
    do {
      const byte = bytes[at];
      if (byte === QUOTE) {
        at += 1;
        for (;;) {
          const inner = bytes[at];
          if (inner === QUOTE) break;
          if (inner === undefined) throw new Unusual();
          at += inner === BACKSLASH ? 2 : 1;
        }
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
      else if (byte === undefined) throw new Unusual();
      at += 1;
    } while (depth > 0);
    this.pos = at;
    return from;
  }

  /** Up to twenty digits as a number; below zero where anything else stands between. */
  #digits(from: number, end: number): number {
    const { bytes } = this;
    let value = 0;
    for (let at = from; at < end; at += 1) {
      const byte = bytes[at];
      if (byte < ZERO || byte > NINE) return -1;
      value = value * 10 + (byte - ZERO);
    }
    return value;
  }

  #literal(): number {
    const { bytes } = this;
    const from = this.pos;
    let at = from;
    if (bytes[at] === MINUS) at += 1;
    const digitsFrom = at;
    let value = 0;
    let byte = bytes[at];
    while (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO);
      at += 1;
      byte = bytes[at];
    }
    let digits = at - digitsFrom;
    // No digit, or a zero in front of others.
    if (digits === 0 || (digits > 1 && bytes[digitsFrom] === ZERO))
      throw new Unusual();
    let decimals = 0;
    if (byte === DOT) {
      at += 1;
      const decimalsFrom = at;
      byte = bytes[at];
      while (byte >= ZERO && byte <= NINE) {
        value = value * 10 + (byte - ZERO);
        at += 1;
        byte = bytes[at];
      }
      decimals = at - decimalsFrom;
      if (decimals === 0) throw new Unusual();
      digits += decimals;
    }
    if (digits <= EXACT_DIGITS && byte !== 0x65 && byte !== 0x45) {
      this.pos = at;
      if (decimals > 0) value /= powersOfTen[decimals];
      return digitsFrom > from ? -value : value;
    }
    return this.#longLiteral(from);
  }

  /** With an exponent, or with more digits than are exact. */
  #longLiteral(from: number): number {
    const { bytes } = this;
    let at = from;
    for (let byte = bytes[at]; ; at += 1, byte = bytes[at]) {
      const isPart =
        (byte >= ZERO && byte <= NINE) ||
        byte === MINUS ||
        byte === DOT ||
        byte === 0x2b ||
        byte === 0x65 ||
        byte === 0x45;
      if (!isPart) break;
    }
    const text = bytes.toString('latin1', from, at);
    const value = Number(text);
    if (!jsonNumber.test(text) || !Number.isFinite(value)) throw new Unusual();
    this.pos = at;
    return value;
  }
}
