import {
  inconclusive,
  InconclusiveReason,
  Verdict,
  VerdictFacts,
  statisticTitle,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { prepareBins, PreparedBins } from './bins';
import { compareBins, Comparison } from './compare';
import {
  automaticStatistic,
  conventionalFail,
  conventionalWarn,
  createQuantiles,
  enoughCount,
  Limited,
  limitsOf,
  pValueOf,
  Quantiles,
  Statistic,
  statistics,
  valueOf,
} from './limits';
import { adjustedPValues } from './statistics/benjaminiHochberg';

export interface Histogram {
  /** Upper bin edges; the last bin is open. Empty for categories. */
  boundaries: number[];
  /** One more than boundaries, or one for each category. */
  bins: number[];
  /** Of a categorical signal, in the order of the bins. */
  categories?: string[];
}

export interface DriftInput {
  /** The newest approved reference; `undefined` when there is none. */
  reference: (Histogram & { expiresAtMs: number }) | undefined;
  /** `undefined` when nothing was reported. */
  current: Histogram | undefined;
  /** Half-open. */
  windowStartMs: number;
  windowEndMs: number;
  nowMs: number;
  minimumCount: number;
  /** What the verdict rests on; by itself where left out. */
  statistic?: Statistic | 'auto';
  /** Too few devices: nothing may be said. */
  isSuppressed?: boolean;
  /** The source could not be read. */
  isUnreadable?: boolean;
}

export interface DriftJudgement {
  statistic: Statistic;
  value: number | undefined;
  warnLimit: number;
  failLimit: number;
  referenceCount: number;
  currentCount: number;
  pValue: number | undefined;
  adjustedPValue: number | undefined;
  comparisonCount: number;
  /** Events with which chance alone stays below the upper band; `undefined`: no number would do, or nothing was compared. */
  enoughCount: number | undefined;
  /** All statistics that can be told, with limits at the same chance. */
  statistics: Limited[];
  /** What was compared, for the p-values of the other statistics. */
  comparison: Comparison | undefined;
  /** Both histograms over the same bins. */
  aligned: { reference: Histogram; current: Histogram } | undefined;
  verdict: Verdict;
}

export const countOf = (histogram: Histogram | undefined) =>
  histogram?.bins.reduce((sum, bin) => sum + bin, 0) ?? 0;

function sameNumbers(a: number[], b: number[]): boolean {
  return (
    a === b || (a.length === b.length && a.every((edge, i) => edge === b[i]))
  );
}

/**
 * Both histograms over the same bins; `undefined` when they cannot be. A category that the reference never saw gets a bin
 * that is empty there.
 */
export function align<T extends Histogram>(
  reference: T,
  current: Histogram,
): { reference: T; current: Histogram } | undefined {
  if (!reference.categories !== !current.categories) return undefined;
  if (!reference.categories)
    return sameNumbers(reference.boundaries, current.boundaries) &&
      reference.bins.length === current.bins.length
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

const sharedQuantiles = createQuantiles();
/** References prepared lately: one is compared again and again, and by every cohort. */
const prepared = new WeakMap<number[], PreparedBins>();

function preparedOf(reference: Histogram): PreparedBins {
  const known = prepared.get(reference.bins);
  if (known) return known;
  const made = prepareBins(
    reference.bins,
    reference.categories ? undefined : reference.boundaries,
  );
  prepared.set(reference.bins, made);
  return made;
}

interface Prepared {
  input: DriftInput;
  referenceCount: number;
  currentCount: number;
  aligned: DriftJudgement['aligned'];
  comparison: Comparison | undefined;
  statistic: Statistic;
  pValue: number | undefined;
}

function chosen(asked: DriftInput['statistic'], comparison: Comparison) {
  return asked === undefined ||
    asked === 'auto' ||
    valueOf(asked, comparison) === undefined
    ? automaticStatistic(comparison)
    : asked;
}

/** What a signal would be judged by, where nothing could be compared. */
function askedOf({ statistic, reference, current }: DriftInput): Statistic {
  if (statistic !== undefined && statistic !== 'auto') return statistic;
  return (reference ?? current)?.categories ? 'jensen-shannon' : 'psi';
}

function look(input: DriftInput): Prepared {
  const { reference, current, minimumCount } = input;
  const referenceCount = countOf(reference);
  const currentCount = countOf(current);
  const mayLook =
    reference !== undefined &&
    current !== undefined &&
    !input.isSuppressed &&
    !input.isUnreadable;
  const aligned = mayLook ? align(reference, current) : undefined;
  const comparison =
    aligned && Math.min(referenceCount, currentCount) >= minimumCount
      ? compareBins(
          preparedOf(aligned.reference),
          aligned.current.bins,
          currentCount,
        )
      : undefined;
  const statistic = comparison
    ? chosen(input.statistic, comparison)
    : askedOf(input);
  // An expired reference gives no verdict, hence takes no part in the count of comparisons.
  const isJudged = comparison && reference!.expiresAtMs > input.nowMs;
  return {
    input,
    referenceCount,
    currentCount,
    aligned,
    comparison,
    statistic,
    pValue: isJudged ? pValueOf(statistic, comparison) : undefined,
  };
}

function whyNot(one: Prepared): InconclusiveReason | undefined {
  const { input } = one;
  if (input.isSuppressed) return 'suppressed';
  if (!input.reference) return 'no-data';
  if (input.reference.expiresAtMs <= input.nowMs) return 'stale';
  if (input.isUnreadable) return 'source-error';
  if (one.currentCount === 0) return 'no-data';
  if (!one.aligned) return 'source-error';
  if (!one.comparison) return 'insufficient-sample';
  return undefined;
}

function verdictOf(
  one: Prepared,
  value: number | undefined,
  limits: { warnLimit: number; failLimit: number },
  enough: number | undefined,
  hasPower: boolean,
): Verdict {
  const { input } = one;
  const facts: VerdictFacts = {
    ...(value === undefined ? {} : { value }),
    bound: limits.failLimit,
    comparator: 'below',
    unit: statisticTitle(one.statistic),
    ...(input.isSuppressed ? {} : { sampleCount: one.currentCount }),
    windowStartMs: input.windowStartMs,
    windowEndMs: input.windowEndMs,
  };
  const reason = whyNot(one);
  if (reason === 'insufficient-sample')
    return inconclusive(reason, {
      ...facts,
      sampleCountNeeded: input.minimumCount,
    });
  if (reason) return inconclusive(reason, facts);
  if (value! >= limits.failLimit)
    return { status: 'fail', reason: 'drifted', facts };
  if (!hasPower)
    return inconclusive('insufficient-sample', {
      ...facts,
      ...(enough === undefined ? {} : { sampleCountNeeded: enough }),
    });
  const within = { ...facts, bound: limits.warnLimit };
  return value! >= limits.warnLimit
    ? { status: 'warn', reason: 'drifting', facts: within }
    : { status: 'pass', reason: 'within-limit', facts: within };
}

/**
 * Judges signals together. Alarms are those whose effect reaches its band and whose p-value Benjamini and Hochberg's rule
 * rejects among all of `inputs`: of the alarms at most `falseAlarmRatio` are expected to be false, and where nothing changed
 * any alarm at all has that chance. The limits are the values at which the rule would have rejected, so that value and limit
 * stand for the verdict. Without a reference a signal is `no-data`, with an expired one `stale`, with other bins than the
 * reference's `source-error`, and `insufficient-sample` below the minimum or where a shift as large as the upper band could
 * hide in chance.
 */
export function judgeTogether(
  inputs: readonly DriftInput[],
  falseAlarmRatio: number,
  quantiles: Quantiles = sharedQuantiles,
): DriftJudgement[] {
  const looked = inputs.map(look);
  const adjusted = adjustedPValues(looked.map(one => one.pValue));
  const comparisonCount = looked.filter(one => one.pValue !== undefined).length;
  const rejectedCount = adjusted.filter(
    p => p !== undefined && p <= falseAlarmRatio,
  ).length;
  const tailRatio =
    (falseAlarmRatio * Math.max(1, rejectedCount)) /
    Math.max(1, comparisonCount);
  return looked.map((one, i) => {
    const { comparison, statistic } = one;
    const value = comparison && valueOf(statistic, comparison);
    const limits = comparison
      ? limitsOf(statistic, comparison, tailRatio, quantiles)
      : { warnLimit: conventionalWarn, failLimit: conventionalFail };
    const enough =
      comparison && enoughCount(statistic, comparison, tailRatio, quantiles);
    const hasPower = enough !== undefined && enough <= one.currentCount;
    return {
      statistic,
      value,
      ...limits,
      referenceCount: one.referenceCount,
      currentCount: one.currentCount,
      pValue: one.pValue,
      adjustedPValue: adjusted[i],
      comparisonCount,
      enoughCount: enough,
      statistics: comparison
        ? statisticsOf(comparison, tailRatio, quantiles)
        : [],
      comparison,
      aligned: one.aligned,
      verdict: verdictOf(one, value, limits, enough, hasPower),
    };
  });
}

function statisticsOf(
  comparison: Comparison,
  tailRatio: number,
  quantiles: Quantiles,
): Limited[] {
  const told: Limited[] = [];
  for (const statistic of statistics) {
    const value = valueOf(statistic, comparison);
    if (value === undefined) continue;
    const { warnLimit, failLimit } = limitsOf(
      statistic,
      comparison,
      tailRatio,
      quantiles,
    );
    told.push({ statistic, value, warnLimit, failLimit });
  }
  return told;
}

/** {@link judgeTogether} for one signal alone. */
export function judgeDrift(
  input: DriftInput & { falseAlarmRatio: number },
): DriftJudgement {
  return judgeTogether([input], input.falseAlarmRatio)[0];
}
