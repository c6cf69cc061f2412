/** Cells of the grid that tells where among uneven edges a value lies; they fit into the fastest memory. */
const cellCount = 2_048;
/** More edges in a cell than this are found by halving. */
const mostInCell = 4;

/**
 * Counts samples into bins: a value is in bin k when exactly k inner edges lie at or below it, so the outer bins are open.
 * `edges` ascend; the result has one bin more. MUST NOT be handed NaN.
 */
export function binSamples(
  samples: ArrayLike<number>,
  edges: readonly number[],
): number[] {
  const steps = stepsOf(edges);
  if (steps) return binEvenly(samples, edges, steps);
  const grid = gridOf(edges);
  return grid ? binByGrid(samples, edges, grid) : binBySearch(samples, edges);
}

/** Edges at even steps: value · perStep + shift is the bin, give or take `error`. */
interface Steps {
  perStep: number;
  shift: number;
  error: number;
}

/** `undefined` where arithmetic would be off by more than a hundredth of a bin. */
function stepsOf(edges: readonly number[]): Steps | undefined {
  const last = edges.length - 1;
  const step = (edges[last] - edges[0]) / last;
  const perStep = 1 / step;
  const shift = 1 - edges[0] * perStep;
  let uneven = 0;
  for (let i = 0; i <= last; i += 1)
    uneven = Math.max(uneven, Math.abs(edges[i] - (edges[0] + i * step)));
  const rounding = 8 * Number.EPSILON * (edges.length + 2 * Math.abs(shift));
  const error = uneven * perStep + rounding;
  return error < 0.01 ? { perStep, shift, error } : undefined;
}

/* eslint-disable no-bitwise */
function binEvenly(
  samples: ArrayLike<number>,
  edges: readonly number[],
  { perStep, shift, error }: Steps,
): number[] {
  const count = edges.length;
  const sorted = Float64Array.from(edges);
  const bins = new Uint32Array(count + 1);
  // Two at a time, each counted by itself, so that one sum need not wait for the one before.
  const beside = new Uint32Array(count + 1);
  // Within the error of an edge, and far out, the edges themselves decide.
  const sure = 0.5 - error;
  const last = samples.length - 1;
  for (let i = 0; i < last; i += 2) {
    const value = samples[i];
    const next = samples[i + 1];
    const guess = value * perStep + shift;
    const nextGuess = next * perStep + shift;
    let bin = guess | 0;
    let nextBin = nextGuess | 0;
    // Below 0 a bin is a huge number once its sign is lost: one question for both ends.
    if (!(bin >>> 0 <= count && Math.abs(guess - bin - 0.5) <= sure))
      bin = decided(sorted, value, guess);
    if (
      !(nextBin >>> 0 <= count && Math.abs(nextGuess - nextBin - 0.5) <= sure)
    )
      nextBin = decided(sorted, next, nextGuess);
    bins[bin] += 1;
    beside[nextBin] += 1;
  }
  if (samples.length % 2 === 1) bins[decided(sorted, samples[last], 0)] += 1;
  return Array.from(bins, (some, bin) => some + beside[bin]);
}

/** The bin of a value, looked for from a guess on. */
function decided(edges: Float64Array, value: number, guess: number): number {
  let bin = 0;
  if (guess >= edges.length) bin = edges.length;
  else if (guess > 0) bin = guess | 0;
  while (bin < edges.length && edges[bin] <= value) bin += 1;
  while (bin > 0 && edges[bin - 1] > value) bin -= 1;
  return bin;
}
/* eslint-enable no-bitwise */

interface Grid {
  low: number;
  perCell: number;
  /** Edges that lie in the cells before each. */
  edgesBefore: Uint16Array;
}

/** The cell of a value. It never falls while values rise, rounding included: all that is asked of it. */
function cellOf(value: number, low: number, perCell: number): number {
  const cell = (value - low) * perCell;
  if (cell >= cellCount) return cellCount;
  // eslint-disable-next-line no-bitwise
  return cell > 0 ? cell | 0 : 0;
}

/** `undefined` where a grid would not help: too few edges, or too many of them crowded in one place. */
function gridOf(edges: readonly number[]): Grid | undefined {
  const low = edges[0];
  const perCell = cellCount / (edges[edges.length - 1] - low);
  if (edges.length < 2 || edges.length > 60_000) return undefined;
  if (!(perCell > 0 && perCell < Infinity)) return undefined;
  const edgesBefore = new Uint16Array(cellCount + 1);
  let edge = 0;
  for (let cell = 0; cell <= cellCount; cell += 1) {
    edgesBefore[cell] = edge;
    while (edge < edges.length && cellOf(edges[edge], low, perCell) === cell)
      edge += 1;
    if (edge - edgesBefore[cell] > mostInCell) return undefined;
  }
  return { low, perCell, edgesBefore };
}

function binByGrid(
  samples: ArrayLike<number>,
  edges: readonly number[],
  { low, perCell, edgesBefore }: Grid,
): number[] {
  // Nothing compares with NaN, so that no step leaves the last bin.
  const bounds = new Float64Array(edges.length + 1).fill(NaN);
  bounds.set(edges);
  const bins = new Uint32Array(edges.length + 1);
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i];
    let bin = edgesBefore[cellOf(value, low, perCell)];
    while (bounds[bin] <= value) bin += 1;
    bins[bin] += 1;
  }
  return Array.from(bins);
}

function binBySearch(
  samples: ArrayLike<number>,
  edges: readonly number[],
): number[] {
  const sorted = Float64Array.from(edges);
  const bins = new Float64Array(edges.length + 1);
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i];
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (sorted[middle] <= value) low = middle + 1;
      else high = middle;
    }
    bins[low] += 1;
  }
  return Array.from(bins);
}
