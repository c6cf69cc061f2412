import { ChanceAt, Quantiles } from './chance';
import {
  column,
  Comparison,
  place,
  Statistic,
  statisticCount,
  statistics,
  valueOf,
} from './comparison';
import { chiSquareTail } from './numeric/chiSquareTail';
import { kolmogorovTail } from './statistics/kolmogorovSmirnov';

export { statistics, valueOf, type Statistic };

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

const NOT_TOLD = NaN;
const valueAt = (which: number, { numbers, at }: Comparison) =>
  numbers[at + column.values + which];

/** What stands for a monitor that chooses by itself: the index for numbers, the Jensen-Shannon distance for categories, a plain share for two of them. */
export function automaticStatistic(comparison: Comparison): Statistic {
  const isTold = (which: number) => !Number.isNaN(valueAt(which, comparison));
  if (isTold(place.kolmogorovSmirnov)) return 'psi';
  return isTold(place.twoProportion) ? 'two-proportion' : 'jensen-shannon';
}

function stretchOf(which: number, { numbers, at }: Comparison): number {
  const perEvent =
    which === place.kullbackLeibler
      ? stretchOfKullbackLeibler
      : stretchPerEvent;
  return 1 + perEvent / numbers[at + column.leastExpected];
}

/** Pooled share times its complement: what a difference of two shares is measured by. */
function spreadOf({ numbers, at }: Comparison): number {
  const ratio = numbers[at + column.pooledRatio];
  return ratio * (1 - ratio);
}

/** n·m ÷ (n + m): the counts that matter in every comparison of two windows. */
function countOf({ numbers, at }: Comparison): number {
  const n = numbers[at + column.referenceCount];
  const m = numbers[at + column.currentCount];
  return (n * m) / (n + m);
}

/** The value that a statistic has for an effect in units of the index. */
function fromEffect(
  which: number,
  effect: number,
  comparison: Comparison,
): number {
  switch (which) {
    case place.kullbackLeibler:
      return effect / 2;
    case place.jensenShannon:
      return Math.sqrt(effect / (8 * Math.LN2));
    case place.hellinger:
      return Math.sqrt(effect / 8);
    case place.totalVariation:
      // By Cauchy's inequality never above this: chance makes fewer alarms of it than stated.
      return Math.sqrt(effect) / 2;
    case place.chiSquare:
      return effect * countOf(comparison);
    case place.twoProportion:
      return Math.sqrt(effect * spreadOf(comparison));
    default:
      return effect;
  }
}

/** The effect in units of the index that a value stands for: the other way round. */
function toEffect(
  which: number,
  value: number,
  comparison: Comparison,
): number {
  switch (which) {
    case place.kullbackLeibler:
      return value * 2;
    case place.jensenShannon:
      return value * value * 8 * Math.LN2;
    case place.hellinger:
      return value * value * 8;
    case place.totalVariation:
      return value * value * 4;
    case place.chiSquare:
      return value / countOf(comparison);
    case place.twoProportion:
      return value === 0 ? 0 : (value * value) / spreadOf(comparison);
    default:
      return value;
  }
}

/** {@link pValueOf} of the statistic at a place. */
export function pValueAt(which: number, comparison: Comparison): number {
  const { numbers, at } = comparison;
  const value = valueAt(which, comparison);
  if (Number.isNaN(value)) return 1;
  if (which === place.kolmogorovSmirnov)
    return Math.max(
      0,
      kolmogorovTail(
        value,
        numbers[at + column.referenceCount],
        numbers[at + column.currentCount],
      ),
    );
  if (which === place.wasserstein) {
    const deviation = numbers[at + column.chanceDeviation];
    // A bound for the distance from its mean under chance: Borell, and Tsirelson, Ibragimov and Sudakov (1975).
    const beyond =
      numbers[at + column.wasserstein] * Math.sqrt(countOf(comparison)) -
      numbers[at + column.chanceMean];
    if (beyond <= 0 || deviation === 0) return 1;
    const deviations = beyond / deviation;
    return Math.exp((-deviations * deviations) / 2);
  }
  const binCount = numbers[at + column.binCount];
  if (binCount < 2) return 1;
  const scaled =
    (toEffect(which, value, comparison) * countOf(comparison)) /
    stretchOf(which, comparison);
  return chiSquareTail(binCount - 1, scaled);
}

/** Chance of a value at least this large on unchanged data; 1 where there is no value. */
export function pValueOf(statistic: Statistic, comparison: Comparison): number {
  return pValueAt(statistics.indexOf(statistic), comparison);
}

/** The value that chance alone reaches at its rate on unchanged data, at these counts. */
function chanceLimit(
  which: number,
  comparison: Comparison,
  chance: ChanceAt,
): number {
  const { numbers, at } = comparison;
  const count = countOf(comparison);
  if (which === place.kolmogorovSmirnov)
    return chance.kolmogorov / Math.sqrt(count);
  if (which === place.wasserstein) {
    const reach =
      numbers[at + column.chanceMean] +
      numbers[at + column.chanceDeviation] * chance.deviations;
    return (reach / Math.sqrt(count)) * numbers[at + column.norm];
  }
  const binCount = numbers[at + column.binCount];
  if (binCount < 2) return 0;
  const effect =
    (chance.chiSquare(binCount - 1) * stretchOf(which, comparison)) / count;
  return fromEffect(which, effect, comparison);
}

function floorOf(
  which: number,
  band: (typeof bands)['warn'],
  comparison: Comparison,
): number {
  if (which === place.wasserstein) return band.shift;
  if (which === place.kolmogorovSmirnov || which === place.totalVariation)
    return band.gap;
  return fromEffect(which, band.effect, comparison);
}

/** Both limits of every statistic of a comparison, first those for a warning; see {@link limitsOf}. */
export const limitsLength = 2 * statisticCount;

/** The bands in the units of the statistics that they depend on by no count. */
const bandsOf = ({ effect, gap, shift }: (typeof bands)['warn']) => ({
  effect,
  gap,
  shift,
  jensenShannon: Math.sqrt(effect / (8 * Math.LN2)),
  hellinger: Math.sqrt(effect / 8),
});
const warnBand = bandsOf(bands.warn);
const failBand = bandsOf(bands.fail);
const bandLimits = [warnBand, failBand];

/**
 * The limit of a statistic where nothing was compared: the band that no count can lower. Chi-square and the difference of two
 * shares have none without counts; theirs is the band of the index.
 */
export function leastLimit(
  statistic: Statistic,
  band: 'warn' | 'fail',
): number {
  const floor = band === 'warn' ? warnBand : failBand;
  switch (statistic) {
    case 'jensen-shannon':
      return floor.jensenShannon;
    case 'kullback-leibler':
      return floor.effect / 2;
    case 'hellinger':
      return floor.hellinger;
    case 'total-variation':
    case 'kolmogorov-smirnov':
      return floor.gap;
    case 'wasserstein':
      return floor.shift;
    default:
      return floor.effect;
  }
}

/** Writes the limits of all statistics at `to`; NaN where a statistic cannot be told. */
export function limitsInto(
  out: Float64Array,
  to: number,
  comparison: Comparison,
  chance: ChanceAt,
): void {
  const { numbers, at } = comparison;
  const count = countOf(comparison);
  const binCount = numbers[at + column.binCount];
  const perCount = binCount < 2 ? 0 : chance.chiSquare(binCount - 1) / count;
  const effect = perCount * stretchOf(place.psi, comparison);
  const divergence =
    (perCount * stretchOf(place.kullbackLeibler, comparison)) / 2;
  const root = Math.sqrt(effect / 8);
  const overBins = Math.sqrt(effect) / 2;
  const distance = root / Math.sqrt(Math.LN2);
  const isOrdered = !Number.isNaN(valueAt(place.kolmogorovSmirnov, comparison));
  const gap = isOrdered ? chance.kolmogorov / Math.sqrt(count) : NOT_TOLD;
  const hasNorm = !Number.isNaN(valueAt(place.wasserstein, comparison));
  const shift = hasNorm
    ? chanceLimit(place.wasserstein, comparison, chance)
    : NOT_TOLD;
  const isPair = !Number.isNaN(valueAt(place.twoProportion, comparison));
  const spread = isPair ? spreadOf(comparison) : NOT_TOLD;
  for (let band = 0; band < bandLimits.length; band += 1) {
    const floor = bandLimits[band];
    const from = to + band * statisticCount;
    // NaN stays NaN: Math.max of it is.
    out[from + place.psi] = Math.max(floor.effect, effect);
    out[from + place.jensenShannon] = Math.max(floor.jensenShannon, distance);
    out[from + place.kullbackLeibler] = Math.max(floor.effect / 2, divergence);
    out[from + place.hellinger] = Math.max(floor.hellinger, root);
    out[from + place.totalVariation] = Math.max(floor.gap, overBins);
    out[from + place.chiSquare] = Math.max(floor.effect, effect) * count;
    out[from + place.kolmogorovSmirnov] = Math.max(floor.gap, gap);
    out[from + place.wasserstein] = Math.max(floor.shift, shift);
    out[from + place.twoProportion] = Math.sqrt(
      Math.max(floor.effect, effect) * spread,
    );
  }
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
  const limits = new Float64Array(limitsLength);
  limitsInto(limits, 0, comparison, quantiles.at(tailRatio));
  const which = statistics.indexOf(statistic);
  return {
    warnLimit: limits[which],
    failLimit: limits[statisticCount + which],
  };
}

/** {@link enoughCount} of the statistic at a place; NaN when no number would do. */
export function enoughAt(
  which: number,
  comparison: Comparison,
  chance: ChanceAt,
): number {
  const { numbers, at } = comparison;
  const n = numbers[at + column.referenceCount];
  const band = floorOf(which, bands.fail, comparison);
  const limit = chanceLimit(which, comparison, chance);
  if (limit <= 0) return 0;
  if (which === place.chiSquare) {
    const binCount = numbers[at + column.binCount];
    const effect = chance.chiSquare(Math.max(1, binCount - 1));
    return inverseCount(effect / conventionalFail, n);
  }
  const share = limit / band;
  // Divergences fall with the count, distances with its root; so does the square of a distance.
  const isSquared = which !== place.psi && which !== place.kullbackLeibler;
  return inverseCount(
    countOf(comparison) * (isSquared ? share * share : share),
    n,
  );
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
  const enough = enoughAt(
    statistics.indexOf(statistic),
    comparison,
    quantiles.at(tailRatio),
  );
  return Number.isNaN(enough) ? undefined : enough;
}

/** The m for which n·m ÷ (n + m) reaches `needed`; NaN where none does. */
function inverseCount(needed: number, n: number): number {
  return needed < n ? Math.ceil((needed * n) / (n - needed)) : NOT_TOLD;
}
