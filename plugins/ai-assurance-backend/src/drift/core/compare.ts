import { leastExpected, poolThinBins, PreparedBins, pseudoCount } from './bins';

/** Everything that two histograms are told apart by. Shares carry half an event more in each bin where a logarithm is taken. */
export interface Comparison {
  referenceCount: number;
  currentCount: number;
  /** Bins that were compared, after thin ones were merged. */
  binCount: number;
  /** Fewest events that a compared bin of the smaller window is expected to hold. */
  leastExpected: number;
  /** Population stability index, no unit. */
  psi: number;
  /** Of the current from the reference shares, nats. */
  kullbackLeibler: number;
  /** Distance, the root of the divergence in bits: 0 to 1. */
  jensenShannon: number;
  /** 0 to 1. */
  hellinger: number;
  /** 0 to 1. */
  totalVariation: number;
  /** Pearson's statistic. */
  chiSquare: number;
  /** Largest gap of the cumulated shares at the bin edges; `undefined` for categories. */
  kolmogorovSmirnov: number | undefined;
  /** In the unit of the signal; `undefined` for categories. */
  wasserstein: number | undefined;
  /** In standard deviations of the reference; `undefined` for categories and for a reference that never varies. */
  normedWasserstein: number | undefined;
  /**
   * What chance alone would make of the distance with one event of each window: mean and deviation, in the unit of the
   * signal, and what one such unit is in standard deviations of the reference.
   */
  wassersteinChance:
    | { mean: number; deviation: number; norm: number }
    | undefined;
  /** Two categories only: share of the first in the current less that in the reference, and the pooled share. */
  twoProportion: { difference: number; pooledRatio: number } | undefined;
}

interface Divergences {
  binCount: number;
  psi: number;
  kullbackLeibler: number;
  jensenShannon: number;
  hellinger: number;
  totalVariation: number;
  chiSquare: number;
}

/** One pass over the bins: of each, two logarithms and a root. `undefined` logs and roots are taken here. */
function divergencesOf(
  reference: Float64Array,
  current: ArrayLike<number>,
  n: number,
  m: number,
  logs: Float64Array | undefined,
  roots: Float64Array | undefined,
): Divergences {
  let binCount = 0;
  for (let i = 0; i < reference.length; i += 1)
    if (reference[i] + current[i] > 0) binCount += 1;
  const allReference = n + pseudoCount * binCount;
  const allCurrent = m + pseudoCount * binCount;
  const lnReference = Math.log(allReference);
  const lnCurrent = Math.log(allCurrent);
  const rootReference = Math.sqrt(allReference);
  const rootCurrent = Math.sqrt(allCurrent);
  const all = n + m;
  let psi = 0;
  let kullbackLeibler = 0;
  let jensenShannon = 0;
  let hellinger = 0;
  let totalVariation = 0;
  let chiSquare = 0;
  for (let i = 0; i < reference.length; i += 1) {
    const r = reference[i];
    const c = current[i];
    if (r + c === 0) continue;
    const p = (r + pseudoCount) / allReference;
    const q = (c + pseudoCount) / allCurrent;
    const lnP = (logs ? logs[i] : Math.log(r + pseudoCount)) - lnReference;
    const lnQ = Math.log(c + pseudoCount) - lnCurrent;
    const lnMiddle = Math.log((p + q) / 2);
    psi += (q - p) * (lnQ - lnP);
    kullbackLeibler += q * (lnQ - lnP);
    jensenShannon += p * (lnP - lnMiddle) + q * (lnQ - lnMiddle);
    const gapOfRoots =
      (roots ? roots[i] : Math.sqrt(r + pseudoCount)) / rootReference -
      Math.sqrt(c + pseudoCount) / rootCurrent;
    hellinger += gapOfRoots * gapOfRoots;
    const gap = r / n - c / m;
    totalVariation += gap < 0 ? -gap : gap;
    chiSquare += (gap * gap * all) / (r + c);
  }
  // Rounding can leave a hair below 0 for equal shares.
  return {
    binCount,
    psi: Math.max(0, psi),
    kullbackLeibler: Math.max(0, kullbackLeibler),
    jensenShannon:
      jensenShannon < 1e-14 ? 0 : Math.sqrt(jensenShannon / (2 * Math.LN2)),
    hellinger: Math.min(1, Math.sqrt(hellinger / 2)),
    totalVariation: Math.min(1, totalVariation / 2),
    chiSquare: (chiSquare * n * m) / all,
  };
}

interface Ordered {
  kolmogorovSmirnov: number;
  wasserstein: number;
  chance: { mean: number; deviation: number };
}

/** What depends on the order of the bins: both distribution functions at the edges, and between them. */
function orderedOf(
  reference: Float64Array,
  current: ArrayLike<number>,
  n: number,
  m: number,
  axis: { widths: Float64Array; middles: Float64Array },
): Ordered {
  const { widths, middles } = axis;
  const all = n + m;
  const first = middles[0];
  let below = 0;
  let gap = 0;
  let largest = 0;
  let area = 0;
  let chance = 0;
  let lastRoot = 0;
  let mean = 0;
  let square = 0;
  for (let i = 0; i < reference.length; i += 1) {
    const both = reference[i] + current[i];
    below += both;
    const before = gap;
    gap += reference[i] / n - current[i] / m;
    const size = gap < 0 ? -gap : gap;
    const sizeBefore = before < 0 ? -before : before;
    if (size > largest) largest = size;
    // The gap runs linearly from one edge to the next: a trapezoid, or two triangles where it crosses zero.
    area +=
      before * gap >= 0
        ? (widths[i] * (sizeBefore + size)) / 2
        : (widths[i] * (before * before + gap * gap)) /
          (2 * (sizeBefore + size));
    const root = below >= all ? 0 : Math.sqrt(below * (all - below));
    chance += (widths[i] * (lastRoot + root)) / 2;
    lastRoot = root;
    const place = middles[i] - first;
    mean += both * place;
    square += both * place * place;
  }
  mean /= all;
  return {
    kolmogorovSmirnov: largest,
    wasserstein: area,
    chance: {
      mean: (Math.sqrt(2 / Math.PI) * chance) / all,
      deviation: Math.sqrt(Math.max(0, square / all - mean * mean)),
    },
  };
}

function isThin(
  reference: Float64Array,
  current: ArrayLike<number>,
  share: number,
): { thin: boolean; least: number } {
  let least = Infinity;
  for (let i = 0; i < reference.length; i += 1) {
    const expected = (reference[i] + current[i]) * share;
    if (expected > 0 && expected < least) least = expected;
  }
  return { thin: least < leastExpected, least };
}

/**
 * Compares two histograms of equal bins by every statistic at once. Both MUST hold an event. Throws a RangeError for
 * histograms of different length.
 */
export function compareBins(
  reference: PreparedBins,
  current: ArrayLike<number>,
  currentTotal: number,
): Comparison {
  if (reference.counts.length !== current.length)
    throw new RangeError(
      `Histograms of ${reference.counts.length} and ${current.length} bins cannot be compared`,
    );
  const n = reference.total;
  const m = currentTotal;
  if (!(n > 0 && m > 0))
    throw new RangeError('An empty histogram cannot be compared');
  const { axis } = reference;
  const look = isThin(reference.counts, current, Math.min(n, m) / (n + m));
  const pooled = look.thin
    ? poolThinBins(reference.counts, current, axis !== undefined)
    : undefined;
  const divergences = pooled
    ? divergencesOf(
        pooled.reference,
        pooled.current,
        n,
        m,
        undefined,
        undefined,
      )
    : divergencesOf(
        reference.counts,
        current,
        n,
        m,
        reference.logs,
        reference.roots,
      );
  const ordered = axis
    ? orderedOf(reference.counts, current, n, m, axis)
    : undefined;
  const [r, c] = pooled
    ? [pooled.reference, pooled.current]
    : [reference.counts, current];
  return {
    referenceCount: n,
    currentCount: m,
    leastExpected: pooled ? pooled.leastExpected : look.least,
    ...divergences,
    kolmogorovSmirnov: ordered?.kolmogorovSmirnov,
    wasserstein: ordered?.wasserstein,
    normedWasserstein:
      ordered && reference.deviation > 0
        ? ordered.wasserstein / reference.deviation
        : undefined,
    wassersteinChance: ordered && {
      ...ordered.chance,
      norm: reference.deviation > 0 ? 1 / reference.deviation : 0,
    },
    twoProportion:
      axis === undefined && r.length === 2
        ? {
            difference: c[0] / m - r[0] / n,
            pooledRatio: (r[0] + c[0]) / (n + m),
          }
        : undefined,
  };
}
