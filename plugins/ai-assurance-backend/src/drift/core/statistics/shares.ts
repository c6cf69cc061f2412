/** Two histograms over the same bins, as counts; any non-negative numbers. */
export interface BinPair {
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
}

/** Sum of all counts. Throws for a negative or infinite count, which no histogram has. */
export function totalOf(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i += 1) {
    if (!(counts[i] >= 0 && counts[i] < Infinity))
      throw new RangeError(`Bin ${i} holds ${counts[i]}, which is no count`);
    total += counts[i];
  }
  return total;
}

/**
 * Both totals, once the histograms are found comparable. Throws a RangeError when they have other numbers of bins, or when
 * one of them is empty: nothing can be said about no data.
 */
export function totalsOf({ reference, current }: BinPair): [number, number] {
  if (reference.length !== current.length) {
    throw new RangeError(
      `Histograms of ${reference.length} and ${current.length} bins cannot be compared`,
    );
  }
  const totals: [number, number] = [totalOf(reference), totalOf(current)];
  if (totals[0] === 0 || totals[1] === 0)
    throw new RangeError('An empty histogram cannot be compared');
  return totals;
}
