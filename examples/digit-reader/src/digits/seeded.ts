// Taken once: these run millions of times, and test runners make each look at a global slow.
const { floor, imul } = Math;

/**
 * A source of numbers in [0, 1) that repeats exactly for the same seed. Used to order, to initialise and to disturb
 * inputs; never in place of a measurement.
 *
 * The state walks through all 32-bit values by an odd step; each value is then mixed so that neighbours look unrelated.
 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

/** The numbers 0…n-1 in an order that repeats exactly for the same source of numbers. */
export function shuffledIndices(n: number, next: () => number): number[] {
  const order = Array.from({ length: n }, (_, index) => index);
  for (let last = n - 1; last > 0; last--) {
    const other = floor(next() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
