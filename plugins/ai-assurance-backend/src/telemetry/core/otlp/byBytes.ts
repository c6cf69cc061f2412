/* eslint-disable no-bitwise -- a hash of bytes is made of their bits */

/** A view of bytes, so that four of them are read at once. */
export const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface Kept<T> {
  hash: number;
  view: DataView;
  from: number;
  size: number;
  value: T;
}

function hashOf(view: DataView, from: number, end: number): number {
  let hash = end - from;
  let at = from;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1)
    hash = Math.imul(hash ^ view.getUint8(at), 0x5bd1e995);
  return hash ^ (hash >>> 13);
}

/** Whether as many bytes are the same from both places on. Both MUST have so many. */
export function areSameBytes(
  a: DataView,
  fromA: number,
  b: DataView,
  fromB: number,
  size: number,
): boolean {
  let at = 0;
  for (; at + 4 <= size; at += 4)
    if (a.getInt32(fromA + at, true) !== b.getInt32(fromB + at, true))
      return false;
  for (; at < size; at += 1)
    if (a.getUint8(fromA + at) !== b.getUint8(fromB + at)) return false;
  return true;
}

/**
 * Values by the bytes that they were made of: senders repeat the same names and attributes, and to find them by their bytes
 * costs a tenth of making texts of them. A new value takes the place of another where there is no room, so that it never
 * grows; whoever gets `undefined` makes the value again. Bytes that were made to meet in one place only make it useless.
 */
export class ByBytes<T> {
  readonly #slots: (Kept<T> | undefined)[];
  readonly #mask: number;

  /** `size`: how many values are kept at most; a power of two. */
  constructor(size: number) {
    this.#slots = new Array<Kept<T> | undefined>(size).fill(undefined);
    this.#mask = size - 1;
  }

  /** What was kept for the bytes from `from` up to `end`. */
  find(view: DataView, from: number, end: number): T | undefined {
    const hash = hashOf(view, from, end);
    const size = end - from;
    const kept = this.#slots[hash & this.#mask];
    return kept !== undefined &&
      kept.hash === hash &&
      kept.size === size &&
      areSameBytes(kept.view, kept.from, view, from, size)
      ? kept.value
      : undefined;
  }

  /** Keeps a value, and with it the bytes where they stand: all of a body is kept as long as this is. */
  keep(view: DataView, from: number, end: number, value: T): void {
    const hash = hashOf(view, from, end);
    this.#slots[hash & this.#mask] = {
      hash,
      view,
      from,
      size: end - from,
      value,
    };
  }

  /** Keeps a value, and the bytes as a copy, for longer than a body. */
  keepCopy(view: DataView, from: number, end: number, value: T): void {
    const size = end - from;
    const copy = Buffer.allocUnsafe(size);
    copy.set(new Uint8Array(view.buffer, view.byteOffset + from, size));
    this.keep(viewOf(copy), 0, size, value);
  }
}
