/** Cells of the grid that tells where among the edges a value lies; they fit into the fastest memory. */
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
  const grid = gridOf(edges);
  return grid ? binByGrid(samples, edges, grid) : binBySearch(samples, edges);
}

interface Grid {
  low: number;
  perCell: number;
  /** Edges that lie in the cells before each. */
  edgesBefore: Uint16Array;
}

/** The cell of a value, not below 0. It never falls while values rise, rounding included: all that is asked of it. */
function cellOf(value: number, low: number, perCell: number): number {
  const cell = (value - low) * perCell;
  if (cell >= cellCount) return cellCount;
  return cell > 0 ? Math.floor(cell) : 0;
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
  // Counted in turns, so that one sum need not wait for the one before.
  const even = new Uint32Array(edges.length + 1);
  const odd = new Uint32Array(edges.length + 1);
  const last = samples.length - 1;
  let i = 0;
  for (; i < last; i += 2) {
    const value = samples[i];
    let bin = edgesBefore[cellOf(value, low, perCell)];
    while (bounds[bin] <= value) bin += 1;
    even[bin] += 1;
    const next = samples[i + 1];
    bin = edgesBefore[cellOf(next, low, perCell)];
    while (bounds[bin] <= next) bin += 1;
    odd[bin] += 1;
  }
  if (i === last) {
    let bin = edgesBefore[cellOf(samples[i], low, perCell)];
    while (bounds[bin] <= samples[i]) bin += 1;
    even[bin] += 1;
  }
  return Array.from(even, (count, bin) => count + odd[bin]);
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
