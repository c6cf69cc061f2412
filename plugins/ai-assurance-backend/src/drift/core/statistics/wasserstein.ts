import { BinPair, totalsOf } from './shares';

/**
 * Wasserstein-1 distance of two sorted samples in the unit of the signal: the area between their distribution functions
 * (Vallender 1974). Throws for an empty sample.
 */
export function wasserstein(
  reference: Float64Array,
  current: Float64Array,
): number {
  const n = reference.length;
  const m = current.length;
  if (n === 0 || m === 0)
    throw new RangeError('An empty sample cannot be compared');
  let i = 0;
  let j = 0;
  let area = 0;
  let lost = 0;
  let last = Math.min(reference[0], current[0]);
  while (i < n || j < m) {
    const value =
      j >= m || (i < n && reference[i] <= current[j])
        ? reference[i]
        : current[j];
    const step = Math.abs(i / n - j / m) * (value - last);
    // Neumaier's correction, written out: this loop runs once for each value.
    const next = area + step;
    lost += area >= step ? area - next + step : step - next + area;
    area = next;
    last = value;
    while (i < n && reference[i] === value) i += 1;
    while (j < m && current[j] === value) j += 1;
  }
  return area + lost;
}

/**
 * Wasserstein-1 distance of two histograms in the unit of the signal, with the events of a bin spread evenly over its width
 * [edges[i], edges[i+1]): exact for such data. `edges` are one more than bins and finite. Throws as {@link totalsOf} does.
 */
export function wassersteinOnBins(
  pair: BinPair,
  edges: ArrayLike<number>,
): number {
  const [n, m] = totalsOf(pair);
  if (edges.length !== pair.reference.length + 1)
    throw new RangeError(
      `${pair.reference.length} bins have ${
        pair.reference.length + 1
      } edges, not ${edges.length}`,
    );
  let gap = 0;
  let area = 0;
  for (let bin = 0; bin < pair.reference.length; bin += 1) {
    const before = gap;
    gap += pair.reference[bin] / n - pair.current[bin] / m;
    const width = edges[bin + 1] - edges[bin];
    // The gap runs linearly from one edge to the next: a trapezoid, or two triangles where it crosses zero.
    area +=
      before * gap >= 0
        ? (width * (Math.abs(before) + Math.abs(gap))) / 2
        : (width * (before * before + gap * gap)) /
          (2 * (Math.abs(before) + Math.abs(gap)));
  }
  return area;
}

/** The distance in standard deviations of the reference, so that signals of different units can share a limit. */
export function normedWasserstein(
  distance: number,
  referenceDeviation: number,
): number {
  if (distance === 0) return 0;
  return distance / referenceDeviation;
}
