/** Smallest and largest value; both NaN where there is none. MUST NOT be handed NaN. */
function rangeOf(values: Float64Array): [number, number] {
  if (values.length === 0) return [NaN, NaN];
  // Two at a time, so that one comparison need not wait for the one before.
  let low = values[0]; // eslint-disable-line prefer-destructuring
  let high = low;
  let otherLow = low;
  let otherHigh = low;
  const last = values.length - 1;
  for (let i = 0; i < last; i += 2) {
    const value = values[i];
    const next = values[i + 1];
    low = Math.min(low, value);
    high = Math.max(high, value);
    otherLow = Math.min(otherLow, next);
    otherHigh = Math.max(otherHigh, next);
  }
  return [
    Math.min(low, otherLow, values[last]),
    Math.max(high, otherHigh, values[last]),
  ];
}

/**
 * Inner edges of so many bins of equal width over the range of both samples, as NumPy's `histogram` lays them. Throws a
 * RangeError where the samples hold no two different values: no bin has a width then. MUST NOT be handed NaN.
 */
export function equalWidthEdges(
  reference: Float64Array,
  current: Float64Array,
  binCount: number,
): number[] {
  const ranges = [reference, current].filter(s => s.length > 0).map(rangeOf);
  const low = Math.min(...ranges.map(([from]) => from));
  const high = Math.max(...ranges.map(([, to]) => to));
  if (!(low < high))
    throw new RangeError('Samples without two different values have no range');
  return Array.from(
    { length: binCount - 1 },
    (_, i) => low + ((high - low) * (i + 1)) / binCount,
  );
}
