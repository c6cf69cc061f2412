import {
  inconclusive,
  Verdict,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { countOf, Histogram } from './judgeDrift';
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

function shareCheck(
  aspect: QualityAspect,
  failedCount: number,
  totalCount: number,
  limit: number,
): QualityCheck {
  const value = totalCount === 0 ? null : failedCount / totalCount;
  const facts = {
    ...(value === null ? {} : { value }),
    bound: limit,
    comparator: 'at-most' as const,
    unit: 'ratio',
    sampleCount: totalCount,
  };
  const verdict = (): Verdict => {
    if (value === null) return inconclusive('no-data', facts);
    if (value <= limit)
      return { status: 'pass', reason: 'within-limit', facts };
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
  };
  return {
    aspect,
    value,
    limit,
    unit: 'ratio',
    failedCount,
    totalCount,
    verdict: verdict(),
  };
}

/** Events in bins that lie outside the range as a whole; those of a bin that the range cuts are given the benefit of the doubt. */
function outsideOf(
  { boundaries, bins }: Histogram,
  minimum: number,
  maximum: number,
): number {
  let outside = 0;
  let lower = -Infinity;
  for (let i = 0; i < bins.length; i += 1) {
    const upper = i < boundaries.length ? boundaries[i] : Infinity;
    if (upper <= minimum || lower >= maximum) outside += bins[i];
    lower = upper;
  }
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
  if (rules.minimumRows !== undefined) {
    const facts = {
      value: rows,
      bound: rules.minimumRows,
      comparator: 'at-least' as const,
      unit: 'rows',
    };
    checks.push({
      aspect: 'row-count',
      value: rows,
      limit: rules.minimumRows,
      unit: 'rows',
      failedCount: null,
      totalCount: null,
      verdict:
        rows >= rules.minimumRows
          ? { status: 'pass', reason: 'enough-rows', facts }
          : { status: 'fail', reason: 'too-few-rows', facts },
    });
  }
  if (rules.maximumAgeMs !== undefined) {
    const ageMs =
      input.newestMs === undefined
        ? undefined
        : Math.max(0, input.nowMs - input.newestMs);
    const limit = rules.maximumAgeMs / 1000;
    const facts = {
      ...(ageMs === undefined ? {} : { value: ageMs / 1000 }),
      bound: limit,
      comparator: 'at-most' as const,
      unit: 's',
    };
    const verdict = (): Verdict => {
      if (ageMs === undefined) return inconclusive('no-data', facts);
      return ageMs <= rules.maximumAgeMs!
        ? { status: 'pass', reason: 'fresh', facts }
        : { status: 'fail', reason: 'too-old', facts };
    };
    checks.push({
      aspect: 'freshness',
      value: ageMs === undefined ? null : ageMs / 1000,
      limit,
      unit: 's',
      failedCount: null,
      totalCount: null,
      verdict: verdict(),
    });
  }
  return checks;
}
