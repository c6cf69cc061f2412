/** Below this many values the built-in sort is quicker than four passes over 65,536 counters. */
const smallest = 4_096;
const digits = 65_536;

/**
 * Sorts in place, ascending, with −0 as 0; MUST NOT be handed NaN. A radix sort over the bits of the numbers: its time
 * grows with the count alone, whatever the order, and it needs a second array of the same size.
 */
export function sortFloats(values: Float64Array): Float64Array {
  // −0 has other bits than 0 and would come before it.
  for (let i = 0; i < values.length; i += 1) values[i] += 0;
  if (values.length < smallest) return values.sort();

  const keys = new Uint32Array(
    values.buffer,
    values.byteOffset,
    values.length * 2,
  );
  flip(keys);
  const spare = new Uint32Array(keys.length);
  let from = keys;
  let to = spare;
  const counts = countDigits(keys);
  for (let digit = 0; digit < 4; digit += 1) {
    if (!startsOf(counts[digit], values.length)) continue;
    scatter(from, to, digit, counts[digit]);
    [from, to] = [to, from];
  }
  if (from !== keys) keys.set(from);
  unflip(keys);
  return values;
}

/* eslint-disable no-bitwise */

/** Makes bits that sort as the numbers do: a positive number gets its sign bit set, a negative one all bits turned. */
function flip(keys: Uint32Array): void {
  for (let i = 1; i < keys.length; i += 2) {
    const high = keys[i];
    if (high >>> 31) {
      keys[i] = ~high;
      keys[i - 1] = ~keys[i - 1];
    } else {
      keys[i] = high ^ 0x80000000;
    }
  }
}

function unflip(keys: Uint32Array): void {
  for (let i = 1; i < keys.length; i += 2) {
    const high = keys[i];
    if (high >>> 31) {
      keys[i] = high ^ 0x80000000;
    } else {
      keys[i] = ~high;
      keys[i - 1] = ~keys[i - 1];
    }
  }
}

/** How often each of the four 16-bit digits takes each value, lowest digit first. */
function countDigits(keys: Uint32Array): Uint32Array[] {
  const counts = [0, 1, 2, 3].map(() => new Uint32Array(digits));
  const [c0, c1, c2, c3] = counts;
  for (let i = 0; i < keys.length; i += 2) {
    const low = keys[i];
    const high = keys[i + 1];
    c0[low & 0xffff] += 1;
    c1[low >>> 16] += 1;
    c2[high & 0xffff] += 1;
    c3[high >>> 16] += 1;
  }
  return counts;
}

/** Turns counts into first places. `false` when all values share the digit, so that the pass can be left out. */
function startsOf(counts: Uint32Array, total: number): boolean {
  let at = 0;
  for (let value = 0; value < digits; value += 1) {
    const count = counts[value];
    if (count === total) return false;
    counts[value] = at;
    at += count;
  }
  return true;
}

function scatter(
  from: Uint32Array,
  to: Uint32Array,
  digit: number,
  starts: Uint32Array,
): void {
  const word = digit >> 1;
  const shift = (digit & 1) * 16;
  for (let i = 0; i < from.length; i += 2) {
    const value = (from[i + word] >>> shift) & 0xffff;
    const at = starts[value] * 2;
    starts[value] += 1;
    to[at] = from[i];
    to[at + 1] = from[i + 1];
  }
}
