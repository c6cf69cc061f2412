import {
  inconclusive,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { countOf, Histogram } from './histogram';
import { twoProportionTest } from './statistics/twoProportion';

/** What a monitor says about the data beside its shape; nothing is checked that is not said. */
export interface QualityRules {
  minimum?: number;
  maximum?: number;
  /** Largest share of values outside [minimum, maximum]. Default 0. */
  outOfRangeLimitRatio?: number;
  nullLimitRatio?: number;
  /** Largest share of events in categories that the reference never saw. Default 0.01. */
  unseenLimitRatio?: number;
  minimumRows?: number;
  maximumAgeMs?: number;
}

export type QualityAspect =
  | 'null-share'
  | 'unseen-category'
  | 'range'
  | 'row-count'
  | 'freshness';

export interface QualityCheck {
  aspect: QualityAspect;
  value: number | null;
  limit: number | null;
  unit: 'ratio' | 'rows' | 's';
  failedCount: number | null;
  totalCount: number | null;
  verdict: Verdict;
}

const defaultUnseenRatio = 0.01;
/** A share above its limit fails only when chance alone would not have put it there: one-sided, once in a thousand. */
const chanceRatio = 0.001;

function shareVerdict(
  value: number | null,
  failedCount: number,
  totalCount: number,
  limit: number,
): Verdict {
  if (value === null)
    return inconclusive('no-data', {
      bound: limit,
      comparator: 'at-most',
      unit: 'ratio',
      sampleCount: totalCount,
    });
  const facts: VerdictFacts = {
    value,
    bound: limit,
    comparator: 'at-most',
    unit: 'ratio',
    sampleCount: totalCount,
  };
  if (value <= limit) return { status: 'pass', reason: 'within-limit', facts };
  // Against a reference of the limit itself with endless rows: is the share truly above it?
  const isSure =
    limit === 0 ||
    twoProportionTest(
      { eventCount: limit * 1e12, count: 1e12 },
      { eventCount: failedCount, count: totalCount },
    ).pValue /
      2 <=
      chanceRatio;
  return isSure
    ? { status: 'fail', reason: 'above-limit', facts }
    : { status: 'warn', reason: 'above-limit-by-chance', facts };
}

function shareCheck(
  aspect: QualityAspect,
  failedCount: number,
  totalCount: number,
  limit: number,
): QualityCheck {
  const value = totalCount === 0 ? null : failedCount / totalCount;
  return {
    aspect,
    value,
    limit,
    unit: 'ratio',
    failedCount,
    totalCount,
    verdict: shareVerdict(value, failedCount, totalCount, limit),
  };
}

function rowCheck(rows: number, limit: number): QualityCheck {
  const isEnough = rows >= limit;
  return {
    aspect: 'row-count',
    value: rows,
    limit,
    unit: 'rows',
    failedCount: null,
    totalCount: null,
    verdict: {
      status: isEnough ? 'pass' : 'fail',
      reason: isEnough ? 'enough-rows' : 'too-few-rows',
      facts: {
        value: rows,
        bound: limit,
        comparator: 'at-least',
        unit: 'rows',
      },
    },
  };
}

function freshnessCheck(
  newestMs: number | undefined,
  nowMs: number,
  maximumAgeMs: number,
): QualityCheck {
  const ageMs =
    newestMs === undefined ? undefined : Math.max(0, nowMs - newestMs);
  const limit = maximumAgeMs / 1000;
  const facts: VerdictFacts = {
    bound: limit,
    comparator: 'at-most',
    unit: 's',
  };
  let verdict: Verdict;
  if (ageMs === undefined) verdict = inconclusive('no-data', facts);
  else {
    facts.value = ageMs / 1000;
    verdict =
      ageMs <= maximumAgeMs
        ? { status: 'pass', reason: 'fresh', facts }
        : { status: 'fail', reason: 'too-old', facts };
  }
  return {
    aspect: 'freshness',
    value: ageMs === undefined ? null : ageMs / 1000,
    limit,
    unit: 's',
    failedCount: null,
    totalCount: null,
    verdict,
  };
}

/** Events in bins that lie outside the range as a whole; those of a bin that the range cuts are given the benefit of the doubt. */
function outsideOf(
  { boundaries, bins }: Histogram,
  minimum: number,
  maximum: number,
): number {
  let outside = 0;
  // Edges ascend: from either end on until a bin reaches into the range.
  let low = 0;
  for (; low < boundaries.length && boundaries[low] <= minimum; low += 1)
    outside += bins[low];
  for (
    let high = bins.length - 1;
    high >= low && high > 0 && boundaries[high - 1] >= maximum;
    high -= 1
  )
    outside += bins[high];
  return outside;
}

/** The checks of a window of data: nulls, range, unseen categories, rows and freshness, as far as the monitor asks for them. */
export function judgeQuality(input: {
  rules: QualityRules;
  reference: Histogram | undefined;
  current: Histogram | undefined;
  /** `undefined`: the source does not tell. */
  nullCount: number | undefined;
  outOfRangeCount: number | undefined;
  /** Of all values, counted one by one; where it is told, bins are not asked. */
  outsideCount?: number;
  /** End of the newest data; `undefined`: there never was any. */
  newestMs: number | undefined;
  nowMs: number;
}): QualityCheck[] {
  const { rules, reference, current } = input;
  const checks: QualityCheck[] = [];
  const rows = countOf(current);
  if (rules.nullLimitRatio !== undefined)
    checks.push(
      shareCheck(
        'null-share',
        input.nullCount ?? 0,
        input.nullCount === undefined ? 0 : rows + input.nullCount,
        rules.nullLimitRatio,
      ),
    );
  if (rules.minimum !== undefined || rules.maximum !== undefined) {
    const outsideOfBins = current
      ? outsideOf(
          current,
          rules.minimum ?? -Infinity,
          rules.maximum ?? Infinity,
        ) + (input.outOfRangeCount ?? 0)
      : 0;
    const outside = input.outsideCount ?? outsideOfBins;
    checks.push(
      shareCheck(
        'range',
        outside,
        rows + (input.outOfRangeCount ?? 0),
        rules.outOfRangeLimitRatio ?? 0,
      ),
    );
  }
  if (current?.categories && reference?.categories) {
    const known = new Set(reference.categories);
    const unseen = current.bins.reduce(
      (sum, bin, i) => sum + (known.has(current.categories![i]) ? 0 : bin),
      0,
    );
    checks.push(
      shareCheck(
        'unseen-category',
        unseen,
        rows,
        rules.unseenLimitRatio ?? defaultUnseenRatio,
      ),
    );
  }
  if (rules.minimumRows !== undefined)
    checks.push(rowCheck(rows, rules.minimumRows));
  if (rules.maximumAgeMs !== undefined)
    checks.push(
      freshnessCheck(input.newestMs, input.nowMs, rules.maximumAgeMs),
    );
  return checks;
}
