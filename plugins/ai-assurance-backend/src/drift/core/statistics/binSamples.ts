/**
 * Counts samples into bins: a value is in bin k when exactly k inner edges lie at or below it, so the outer bins are open.
 * `edges` ascend; the result has one bin more. MUST NOT be handed NaN.
 */
export function binSamples(
  samples: ArrayLike<number>,
  edges: readonly number[],
): number[] {
  const bins = new Array<number>(edges.length + 1).fill(0);
  for (let i = 0; i < samples.length; i += 1) {
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (edges[middle] <= samples[i]) low = middle + 1;
      else high = middle;
    }
    bins[low] += 1;
  }
  return bins;
}
