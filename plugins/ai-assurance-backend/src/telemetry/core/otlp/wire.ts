import { viewOf } from './byBytes';

/** Bytes or JSON that are not of the shape they should have. */
export class Unreadable extends Error {}

/** Reads the protobuf wire format in place: no copies, no objects, no 64-bit integers; numbers are exact up to 2^53. */
export class WireReader {
  pos = 0;
  /** The bytes, to be read four or eight at once. */
  readonly view: DataView;
  #lastHigh = 0;
  #lastLow = 0;
  #lastMs = 0;

  constructor(readonly bytes: Buffer) {
    this.view = viewOf(bytes);
  }

  /** A varint of up to 64 bits, unsigned. */
  varint(): number {
    const first = this.bytes[this.pos];
    if (first < 128) {
      this.pos += 1;
      return first;
    }
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i += 1) {
      if (this.pos >= this.bytes.length)
        throw new Unreadable('the body ends inside a number');
      const byte = this.bytes[this.pos];
      this.pos += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new Unreadable('a number longer than ten bytes');
  }

  signedVarint(): number {
    return Number(this.#signed());
  }

  /** A signed varint in decimal, to the last digit. */
  signedText(): string {
    return String(this.#signed());
  }

  #signed(): number | bigint {
    const from = this.pos;
    const value = this.varint();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    // Below zero, or too large to be exact: seldom enough to be read again, bit by bit.
    let bits = 0n;
    for (let at = this.pos - 1; at >= from; at -= 1)
      bits = bits * 128n + BigInt(this.bytes[at] % 128);
    return BigInt.asIntN(64, bits);
  }

  /** A zigzag varint (`sint32`). */
  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    const value = this.view.getFloat64(this.#advance(8), true);
    return value;
  }

  fixed64(): number {
    const at = this.#advance(8);
    const high = this.view.getUint32(at + 4, true);
    const low = this.view.getUint32(at, true);
    return high === 0 ? low : high * 2 ** 32 + low;
  }

  signedFixed64(): number {
    const at = this.#advance(8);
    return (
      this.view.getInt32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true)
    );
  }

  /** Nanoseconds to whole milliseconds without losing a bit: 10^6 = 2^6 * 15625, so every step stays below 2^53. */
  nanosToMs(): number {
    const at = this.#advance(8);
    const high = this.view.getUint32(at + 4, true);
    const low = this.view.getUint32(at, true);
    // Points of one export mostly carry the same time.
    if (low === this.#lastLow && high === this.#lastHigh) return this.#lastMs;
    this.#lastHigh = high;
    this.#lastLow = low;
    this.#lastMs =
      Math.floor(high / 15625) * 2 ** 26 +
      Math.floor(((high % 15625) * 2 ** 32 + low) / 1_000_000);
    return this.#lastMs;
  }

  text(): string {
    const end = this.lengthEnd();
    const from = this.pos;
    this.pos = end;
    return this.bytes.toString('utf8', from, end);
  }

  /** The same for names, which are letters of one byte: quicker, and other bytes are refused later whatever they are read as. */
  shortText(): string {
    const end = this.lengthEnd();
    const from = this.pos;
    this.pos = end;
    return this.bytes.toString('latin1', from, end);
  }

  /** Bytes as text, one character for each: a key that is quickly made and compared. */
  raw(from: number, end: number): string {
    return this.bytes.toString('latin1', from, end);
  }

  /** Where the embedded message, list or text that begins here ends. It must lie within the whole body. */
  lengthEnd(): number {
    const length = this.varint();
    const end = this.pos + length;
    if (end > this.bytes.length) {
      throw new Unreadable(
        `a message of ${length} bytes is cut off, ${
          this.bytes.length - this.pos
        } are left`,
      );
    }
    return end;
  }

  /** Jumps over a field by the wire type in the last three bits of its tag. */
  skip(tag: number): void {
    if (tag < 8) throw new Unreadable('field number 0');
    switch (tag % 8) {
      case 0:
        this.varint();
        break;
      case 1:
        this.#advance(8);
        break;
      case 2:
        this.pos = this.lengthEnd();
        break;
      case 5:
        this.#advance(4);
        break;
      default:
        throw new Unreadable(`wire type ${tag % 8} is not known`);
    }
  }

  /** To be called where a message should have ended. */
  requireEnd(end: number): void {
    if (this.pos !== end)
      throw new Unreadable('a field reaches beyond its message');
  }

  #advance(size: number): number {
    const at = this.pos;
    this.pos += size;
    if (this.pos > this.bytes.length)
      throw new Unreadable('the body ends inside a number');
    return at;
  }
}
