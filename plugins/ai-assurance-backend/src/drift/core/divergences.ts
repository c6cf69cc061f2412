import { column, place } from './comparison';

/**
 * Half an event is added to every bin of both windows. Without it one event in a bin that the other window left empty
 * would make an index infinite; half an event is the Jeffreys prior of a multinomial share and vanishes as counts grow.
 */
export const pseudoCount = 0.5;

/** Counts with what {@link divergencesInto} needs of each. */
export interface Weighed {
  readonly counts: Float64Array;
  /** Logarithm and root of each count with half an event added. */
  readonly logs: Float64Array;
  readonly roots: Float64Array;
}

/** Logarithms and roots of small counts with half an event added: nearly all that are ever met. */
const tableSize = 8_192;
const logTable = Float64Array.from({ length: tableSize }, (_, count) =>
  Math.log(count + pseudoCount),
);
const rootTable = Float64Array.from({ length: tableSize }, (_, count) =>
  Math.sqrt(count + pseudoCount),
);

/** Works out logarithm and root of each of the first counts. */
export function weigh({ counts, logs, roots }: Weighed, size: number): void {
  for (let i = 0; i < size; i += 1) {
    const count = counts[i];
    // eslint-disable-next-line no-bitwise
    const whole = count | 0;
    const isTabled = whole === count && whole < tableSize;
    logs[i] = isTabled ? logTable[whole] : Math.log(count + pseudoCount);
    roots[i] = isTabled ? rootTable[whole] : Math.sqrt(count + pseudoCount);
  }
}

/** Squares beyond this have their logarithms taken; up to it the series below has converged to the last bit. */
const largestSquare = 0.12;
const smallSquare = 0.01;

/**
 * (1+t)·ln(1+t) + (1−t)·ln(1−t) as the series Σ t^2k ÷ (k·(2k − 1)), by the square of t. With t the difference of two shares
 * over their sum it is what a bin adds to the Jensen-Shannon divergence, without the cancellation of logarithms.
 */
function contrastOf(x: number): number {
  // By pairs of terms, which need not wait for each other, and without dividing.
  const x2 = x * x;
  const x4 = x2 * x2;
  // Eight terms: the ninth is below 1e-17 of the first.
  const lower =
    1 +
    x * (1 / 6) +
    x2 * (1 / 15 + x * (1 / 28)) +
    x4 * (1 / 45 + x * (1 / 66) + x2 * (1 / 91 + x * (1 / 120)));
  if (x <= smallSquare) return x * lower;
  if (x <= largestSquare) {
    // Sixteen.
    const upper =
      1 / 153 +
      x * (1 / 190) +
      x2 * (1 / 231 + x * (1 / 276)) +
      x4 * (1 / 325 + x * (1 / 378) + x2 * (1 / 435 + x * (1 / 496)));
    return x * (lower + x4 * x4 * upper);
  }
  const t = Math.sqrt(x);
  return (1 + t) * Math.log(1 + t) + (1 - t) * Math.log(1 - t);
}

/** What does not depend on the order of the bins, in one pass over those that hold an event. */
export function divergencesInto(
  out: Float64Array,
  at: number,
  size: number,
  reference: Weighed,
  current: Float64Array,
): void {
  const { counts, logs, roots } = reference;
  const n = out[at + column.referenceCount];
  const m = out[at + column.currentCount];
  const half = pseudoCount;
  const added = half * out[at + column.binCount];
  const allReference = n + added;
  const allCurrent = m + added;
  const lnShift = Math.log(allReference / allCurrent);
  const perReference = 1 / allReference;
  const perCurrent = 1 / allCurrent;
  const perRootReference = Math.sqrt(perReference);
  const perRootCurrent = Math.sqrt(perCurrent);
  let psi = 0;
  let kullbackLeibler = 0;
  let jensenShannon = 0;
  let hellinger = 0;
  let totalVariation = 0;
  let chiSquare = 0;
  for (let i = 0; i < size; i += 1) {
    const mine = counts[i];
    const theirs = current[i];
    const both = mine + theirs;
    if (both === 0) continue;
    const p = (mine + half) * perReference;
    const q = (theirs + half) * perCurrent;
    const difference = q - p;
    // eslint-disable-next-line no-bitwise
    const whole = theirs | 0;
    const isTabled = whole === theirs && whole < tableSize;
    const log = isTabled ? logTable[whole] : Math.log(theirs + pseudoCount);
    const root = isTabled ? rootTable[whole] : Math.sqrt(theirs + pseudoCount);
    const lnRatio = log - logs[i] + lnShift;
    psi += difference * lnRatio;
    kullbackLeibler += q * lnRatio;
    const sum = p + q;
    // One division for two quotients.
    const perBoth = 1 / (sum * both);
    const contrast = difference * both * perBoth;
    jensenShannon += sum * contrastOf(contrast * contrast);
    const gapOfRoots = roots[i] * perRootReference - root * perRootCurrent;
    hellinger += gapOfRoots * gapOfRoots;
    // Of whole numbers, so that equal shares have none at all.
    const gap = mine * m - theirs * n;
    totalVariation += Math.abs(gap);
    chiSquare += gap * gap * sum * perBoth;
  }
  const values = at + column.values;
  // Rounding can leave a hair below 0 for equal shares.
  out[values + place.psi] = Math.max(0, psi);
  out[values + place.kullbackLeibler] = Math.max(0, kullbackLeibler);
  out[values + place.jensenShannon] =
    jensenShannon < 2e-14 ? 0 : Math.sqrt(jensenShannon / (4 * Math.LN2));
  out[values + place.hellinger] = Math.min(1, Math.sqrt(hellinger / 2));
  out[values + place.totalVariation] = Math.min(
    1,
    totalVariation / (2 * n * m),
  );
  out[values + place.chiSquare] = chiSquare / (n * m);
}
