import { chiSquareUpperQuantile } from './chiSquare';
import { Comparison } from './compare';
import { upperGamma } from './numeric/gamma';
import { kolmogorovTail } from './statistics/kolmogorovSmirnov';

/** Statistics that a verdict can rest on. */
export const statistics = [
  'psi',
  'jensen-shannon',
  'kullback-leibler',
  'hellinger',
  'total-variation',
  'chi-square',
  'kolmogorov-smirnov',
  'wasserstein',
  'two-proportion',
] as const;

export type Statistic = (typeof statistics)[number];

/**
 * The conventional bands of the population stability index: from 0.1 a shift worth a look, from 0.25 a large one.
 * Source: Siddiqi, Credit Risk Scorecards (2006), chapter 10. They say nothing about chance, so they serve as floors.
 */
export const conventionalWarn = 0.1;
export const conventionalFail = 0.25;

/**
 * The same size of effect in every other statistic. For close distributions PSI, Pearson's χ²/N, twice the Kullback-Leibler
 * divergence, eight times the Jensen-Shannon divergence in nats and eight times the squared Hellinger distance agree (all are
 * f-divergences with that second order; Csiszár and Shields 2004, section 4). Distances of distribution functions take what
 * a normal variable shifted by √PSI deviations shows: 2Φ(√PSI/2) − 1, and √PSI deviations.
 */
const bands = {
  warn: { effect: conventionalWarn, gap: 0.12563294, shift: 0.31622777 },
  fail: { effect: conventionalFail, gap: 0.19741265, shift: 0.5 },
};

/**
 * How much further the tail of a statistic reaches than the chi-square law says when bins hold few events: 1 + this ÷ the
 * fewest expected. Found by simulation and held by it (limits.test.ts); it vanishes as counts grow.
 */
const stretchPerEvent = 0.8;
const stretchOfKullbackLeibler = 5;

/** Limits of one statistic for one comparison. */
export interface Limited {
  statistic: Statistic;
  value: number;
  warnLimit: number;
  failLimit: number;
}

/** Whether a statistic can be told of a comparison; those that need an order cannot be told of categories. */
export function valueOf(
  statistic: Statistic,
  comparison: Comparison,
): number | undefined {
  switch (statistic) {
    case 'psi':
      return comparison.psi;
    case 'jensen-shannon':
      return comparison.jensenShannon;
    case 'kullback-leibler':
      return comparison.kullbackLeibler;
    case 'hellinger':
      return comparison.hellinger;
    case 'total-variation':
      return comparison.totalVariation;
    case 'chi-square':
      return comparison.chiSquare;
    case 'kolmogorov-smirnov':
      return comparison.kolmogorovSmirnov;
    case 'wasserstein':
      return comparison.normedWasserstein;
    default:
      return (
        comparison.twoProportion &&
        Math.abs(comparison.twoProportion.difference)
      );
  }
}

/** What stands for a monitor that chooses by itself: the index for numbers, the Jensen-Shannon distance for categories, a plain share for two of them. */
export function automaticStatistic(comparison: Comparison): Statistic {
  if (comparison.kolmogorovSmirnov !== undefined) return 'psi';
  return comparison.twoProportion ? 'two-proportion' : 'jensen-shannon';
}

function isDivergence(statistic: Statistic): boolean {
  return statistic !== 'kolmogorov-smirnov' && statistic !== 'wasserstein';
}

function stretchOf(statistic: Statistic, comparison: Comparison): number {
  const perEvent =
    statistic === 'kullback-leibler'
      ? stretchOfKullbackLeibler
      : stretchPerEvent;
  return 1 + perEvent / comparison.leastExpected;
}

/** Pooled share times its complement: what a difference of two shares is measured by. */
const spreadOf = ({ twoProportion }: Comparison) =>
  twoProportion
    ? twoProportion.pooledRatio * (1 - twoProportion.pooledRatio)
    : 0;

/** n·m ÷ (n + m): the counts that matter in every comparison of two windows. */
const countOf = (c: Comparison) =>
  (c.referenceCount * c.currentCount) / (c.referenceCount + c.currentCount);

/** The value that a statistic has for an effect in units of the index. */
function fromEffect(
  statistic: Statistic,
  effect: number,
  comparison: Comparison,
): number {
  switch (statistic) {
    case 'kullback-leibler':
      return effect / 2;
    case 'jensen-shannon':
      return Math.sqrt(effect / (8 * Math.LN2));
    case 'hellinger':
      return Math.sqrt(effect / 8);
    case 'total-variation':
      // By Cauchy's inequality never above this: chance makes fewer alarms of it than stated.
      return Math.sqrt(effect) / 2;
    case 'chi-square':
      return effect * countOf(comparison);
    case 'two-proportion':
      return Math.sqrt(effect * spreadOf(comparison));
    default:
      return effect;
  }
}

/** The effect in units of the index that a value stands for: the other way round. */
function toEffect(
  statistic: Statistic,
  value: number,
  comparison: Comparison,
): number {
  switch (statistic) {
    case 'kullback-leibler':
      return value * 2;
    case 'jensen-shannon':
      return value * value * 8 * Math.LN2;
    case 'hellinger':
      return value * value * 8;
    case 'total-variation':
      return value * value * 4;
    case 'chi-square':
      return value / countOf(comparison);
    case 'two-proportion':
      return value === 0 ? 0 : (value * value) / spreadOf(comparison);
    default:
      return value;
  }
}

/** Chance of a value at least this large on unchanged data. */
export function pValueOf(statistic: Statistic, comparison: Comparison): number {
  const value = valueOf(statistic, comparison);
  if (value === undefined) return 1;
  if (statistic === 'kolmogorov-smirnov')
    return Math.max(
      0,
      kolmogorovTail(value, comparison.referenceCount, comparison.currentCount),
    );
  if (statistic === 'wasserstein') {
    const { mean, deviation } = comparison.wassersteinChance!;
    // A bound for the distance from its mean under chance: Borell, and Tsirelson, Ibragimov and Sudakov (1975).
    const beyond =
      comparison.wasserstein! * Math.sqrt(countOf(comparison)) - mean;
    return beyond <= 0 || deviation === 0
      ? 1
      : Math.exp(-((beyond / deviation) ** 2) / 2);
  }
  if (comparison.binCount < 2) return 1;
  const scaled =
    (toEffect(statistic, value, comparison) * countOf(comparison)) /
    stretchOf(statistic, comparison);
  return upperGamma((comparison.binCount - 1) / 2, scaled / 2).value;
}

/** Quantiles asked for lately: the same few bins and rates come again and again. */
export interface Quantiles {
  chiSquare(degrees: number, tailRatio: number): number;
  kolmogorov(tailRatio: number): number;
}

const mostKept = 4_096;

/** √(nm/(n+m)) · D that chance exceeds this often: the root of {@link kolmogorovTail}, by bisection. */
function kolmogorovQuantile(tailRatio: number): number {
  let low = 0;
  let high = 10;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (kolmogorovTail(middle * Math.SQRT2, 1, 1) > tailRatio) low = middle;
    else high = middle;
  }
  return high;
}

export function createQuantiles(): Quantiles {
  const kept = new Map<number, Map<number, number>>();
  let count = 0;
  const once = (degrees: number, tailRatio: number, find: () => number) => {
    let ofDegrees = kept.get(degrees);
    if (!ofDegrees) kept.set(degrees, (ofDegrees = new Map()));
    const known = ofDegrees.get(tailRatio);
    if (known !== undefined) return known;
    const found = find();
    if (count >= mostKept) {
      kept.clear();
      count = 0;
      return found;
    }
    count += 1;
    ofDegrees.set(tailRatio, found);
    return found;
  };
  // All statistics of one comparison ask the same, one after the other.
  let lastDegrees = 0;
  let lastRatio = 0;
  let lastQuantile = 0;
  return {
    chiSquare(degrees, tailRatio) {
      if (degrees === lastDegrees && tailRatio === lastRatio)
        return lastQuantile;
      lastQuantile = once(degrees, tailRatio, () =>
        chiSquareUpperQuantile(degrees, tailRatio),
      );
      lastDegrees = degrees;
      lastRatio = tailRatio;
      return lastQuantile;
    },
    kolmogorov: tailRatio =>
      once(0, tailRatio, () => kolmogorovQuantile(tailRatio)),
  };
}

/** The value that chance alone reaches with probability `tailRatio` on unchanged data, at these counts. */
function chanceLimit(
  statistic: Statistic,
  comparison: Comparison,
  tailRatio: number,
  quantiles: Quantiles,
): number {
  const root = Math.sqrt(countOf(comparison));
  if (statistic === 'kolmogorov-smirnov')
    return quantiles.kolmogorov(tailRatio) / root;
  if (statistic === 'wasserstein') {
    const { mean, deviation, norm } = comparison.wassersteinChance!;
    return (
      ((mean + deviation * Math.sqrt(-2 * Math.log(tailRatio))) / root) * norm
    );
  }
  if (comparison.binCount < 2) return 0;
  const effect =
    (quantiles.chiSquare(comparison.binCount - 1, tailRatio) *
      stretchOf(statistic, comparison)) /
    countOf(comparison);
  return fromEffect(statistic, effect, comparison);
}

function floorOf(
  statistic: Statistic,
  band: (typeof bands)['warn'],
  comparison: Comparison,
): number {
  if (statistic === 'wasserstein') return band.shift;
  if (!isDivergence(statistic) || statistic === 'total-variation')
    return band.gap;
  return fromEffect(statistic, band.effect, comparison);
}

/**
 * Both limits of a statistic: what chance reaches with probability `tailRatio` on unchanged data at these counts, and never
 * less than the conventional band. A small window therefore needs a larger shift, and a large one does not fail over a
 * shift too small to matter.
 */
export function limitsOf(
  statistic: Statistic,
  comparison: Comparison,
  tailRatio: number,
  quantiles: Quantiles,
): { warnLimit: number; failLimit: number } {
  const chance = chanceLimit(statistic, comparison, tailRatio, quantiles);
  return {
    warnLimit: Math.max(floorOf(statistic, bands.warn, comparison), chance),
    failLimit: Math.max(floorOf(statistic, bands.fail, comparison), chance),
  };
}

/**
 * How many events the current window needs so that chance alone stays below the upper band: with as many, a large shift
 * cannot hide. `undefined` when no number would do, because the reference itself is too small.
 */
export function enoughCount(
  statistic: Statistic,
  comparison: Comparison,
  tailRatio: number,
  quantiles: Quantiles,
): number | undefined {
  const band = floorOf(statistic, bands.fail, comparison);
  const chance = chanceLimit(statistic, comparison, tailRatio, quantiles);
  if (chance <= 0) return 0;
  // Divergences fall with the count, distances with its root; so does the square of a distance.
  const isSquared =
    statistic !== 'psi' &&
    statistic !== 'kullback-leibler' &&
    statistic !== 'chi-square';
  const share = isSquared ? (chance / band) ** 2 : chance / band;
  const needed = countOf(comparison) * share;
  if (statistic === 'chi-square') {
    const effect = quantiles.chiSquare(
      Math.max(1, comparison.binCount - 1),
      tailRatio,
    );
    return inverseCount(effect / conventionalFail, comparison.referenceCount);
  }
  return inverseCount(needed, comparison.referenceCount);
}

/** The m for which n·m ÷ (n + m) reaches `needed`. */
function inverseCount(needed: number, n: number): number | undefined {
  return needed < n ? Math.ceil((needed * n) / (n - needed)) : undefined;
}
