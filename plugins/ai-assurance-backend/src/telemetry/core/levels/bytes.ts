/** Writes numbers and texts one after the other, each as short as it can be. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #need(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(
      Math.max(this.#bytes.length * 2, this.#length + count),
    );
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#need(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte. */
  varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`Not a count: ${value}`);
    this.#need(8);
    let rest = value;
    // Beyond 31 bits the operators on integers no longer hold.
    while (rest >= 0x80) {
      this.#bytes[this.#length] = rest % 0x80 | 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  /** A whole number of either sign; small ones are short. */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  float(value: number): void {
    this.#need(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A count: whole ones short, others (weighted by sampling) as they are. Never negative. */
  count(value: number): void {
    if (Number.isSafeInteger(value) && value < 2 ** 51) {
      this.varint(value * 2);
      return;
    }
    this.varint(1);
    this.float(value);
  }

  bytes(value: Uint8Array): void {
    this.#need(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what a {@link ByteWriter} wrote. Throws a RangeError where the bytes end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = from;
    this.end = to;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw new RangeError('The bytes end too early');
    const value = this.#bytes[this.at];
    this.at += 1;
    return value;
  }

  varint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let factor = 0x80;
    for (;;) {
      const next = this.byte();
      value += (next & 0x7f) * factor;
      if (next < 0x80) return value;
      factor *= 0x80;
    }
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float(): number {
    if (this.at + 8 > this.end) throw new RangeError('The bytes end too early');
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  count(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : this.float();
  }

  /** So many counts, in place of whatever the list holds. */
  countsInto(list: number[], length: number): void {
    const bytes = this.#bytes;
    // Longer than the bytes could say: it ends too early, but must not fill the memory before.
    if (length > this.end - this.at)
      throw new RangeError('The bytes end too early');
    list.length = length;
    for (let i = 0; i < length; i += 1) {
      const { at } = this;
      const first = at + 1 < this.end ? bytes[at] : 0xff;
      const second = first < 0x80 ? 0 : bytes[at + 1];
      // Nearly all counts are whole and take one byte or two.
      if (first < 0x80 && first % 2 === 0) {
        list[i] = first / 2;
        this.at = at + 1;
      } else if (first % 2 === 0 && second < 0x80) {
        list[i] = (first - 0x80 + second * 0x80) / 2;
        this.at = at + 2;
      } else list[i] = this.count();
    }
  }

  bytes(length: number): Uint8Array {
    if (this.at + length > this.end)
      throw new RangeError('The bytes end too early');
    const value = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    return value;
  }
}
