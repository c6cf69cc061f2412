/**
 * Counts samples into bins: a value is in bin k when exactly k inner edges lie at or below it, so the outer bins are open.
 * `edges` ascend; the result has one bin more. MUST NOT be handed NaN.
 */
export function binSamples(
  samples: ArrayLike<number>,
  edges: readonly number[],
): number[] {
  const last = edges.length - 1;
  const width = last > 0 ? (edges[last] - edges[0]) / last : NaN;
  // Of even edges the bin follows from arithmetic, put right by the edges themselves; of others it is searched for.
  const isEven = edges.every(
    (edge, i) => Math.abs(edge - edges[0] - i * width) < width / 4,
  );
  const bins = isEven
    ? binEvenly(samples, Float64Array.from(edges), width)
    : binBySearch(samples, Float64Array.from(edges));
  return Array.from(bins);
}

function binEvenly(
  samples: ArrayLike<number>,
  edges: Float64Array,
  width: number,
): Uint32Array {
  const count = edges.length;
  const bins = new Uint32Array(count + 1);
  // Nothing compares with NaN, so that no correction leaves the outer bins.
  const bounds = new Float64Array(count + 2).fill(NaN);
  bounds.set(edges, 1);
  const perWidth = 1 / width;
  const shift = 1 - edges[0] * perWidth;
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i];
    const guess = value * perWidth + shift;
    let bin = 0;
    // Clamped first: what lies far out is no whole number that could be corrected.
    if (guess >= count) bin = count;
    else if (guess > 0) bin = Math.floor(guess);
    while (bounds[bin + 1] <= value) bin += 1;
    while (bounds[bin] > value) bin -= 1;
    bins[bin] += 1;
  }
  return bins;
}

function binBySearch(
  samples: ArrayLike<number>,
  edges: Float64Array,
): Float64Array {
  const bins = new Float64Array(edges.length + 1);
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i];
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (edges[middle] <= value) low = middle + 1;
      else high = middle;
    }
    bins[low] += 1;
  }
  return bins;
}
