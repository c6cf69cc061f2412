export interface Histogram {
  /** Upper bin edges; the last bin is open. Empty for categories. */
  boundaries: number[];
  /** One more than boundaries, or one for each category. */
  bins: number[];
  /** Of a categorical signal, in the order of the bins. */
  categories?: string[];
}

export function countOf(histogram: Histogram | undefined): number {
  return histogram ? sumOf(histogram.bins) : 0;
}

/** Sum of counts. */
export function sumOf(bins: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < bins.length; i += 1) sum += bins[i];
  return sum;
}

function sameNumbers(a: number[], b: number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** Whether bins of a reference and of a window of numbers lie between the same edges. */
export function haveSameBins(
  reference: Histogram,
  bins: ArrayLike<number>,
  current: Histogram,
): boolean {
  return (
    bins.length === current.bins.length &&
    sameNumbers(reference.boundaries, current.boundaries)
  );
}

/**
 * Both histograms over the same bins; `undefined` when they cannot be. A category that the reference never saw gets a bin
 * that is empty there.
 */
export function align(
  whole: Histogram,
  current: Histogram,
  bins: ArrayLike<number> = whole.bins,
): { reference: Histogram; current: Histogram } | undefined {
  const reference =
    bins === whole.bins
      ? whole
      : {
          boundaries: whole.boundaries,
          bins: Array.from(bins),
          ...(whole.categories ? { categories: whole.categories } : {}),
        };
  if (!reference.categories !== !current.categories) return undefined;
  if (!reference.categories)
    return haveSameBins(reference, reference.bins, current)
      ? { reference, current }
      : undefined;
  const counts = new Map(
    current.categories!.map((category, i) => [category, current.bins[i]]),
  );
  const unseen = current.categories!.filter(
    category => !reference.categories!.includes(category),
  );
  const categories = [...reference.categories, ...unseen];
  return {
    reference: {
      ...reference,
      categories,
      bins: categories.map((_, i) => reference.bins[i] ?? 0),
    },
    current: {
      boundaries: [],
      categories,
      bins: categories.map(category => counts.get(category) ?? 0),
    },
  };
}

/** Counts by category, in the order of their names. */
export function histogramOfCategories(
  counts: ReadonlyMap<string, number>,
): Histogram {
  const categories = [...counts.keys()].sort();
  return {
    boundaries: [],
    categories,
    bins: categories.map(category => Math.round(counts.get(category)!)),
  };
}
