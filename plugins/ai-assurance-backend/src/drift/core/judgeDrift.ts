import {
  inconclusive,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { psiLimits } from './limits';
import { occupiedBinCount, psi } from './psi';

export interface Histogram {
  /** Upper bin edges; the last bin is open. */
  boundaries: number[];
  /** One more than boundaries. */
  bins: number[];
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
  falseAlarmRatio: number;
}

export interface DriftJudgement {
  value: number | undefined;
  warnLimit: number;
  failLimit: number;
  referenceCount: number;
  currentCount: number;
  verdict: Verdict;
}

const countOf = (histogram: Histogram | undefined) =>
  histogram?.bins.reduce((sum, bin) => sum + bin, 0) ?? 0;

function sameBoundaries(a: number[], b: number[]): boolean {
  return a.length === b.length && a.every((edge, i) => edge === b[i]);
}

/**
 * Compares a window of outputs with the approved reference by PSI. Without a reference it is `no-data`, with an expired
 * one `stale`, below the minimum `insufficient-sample`, and with other bins than the reference's `source-error`.
 */
export function judgeDrift(input: DriftInput): DriftJudgement {
  const { reference, current, minimumCount } = input;
  const referenceCount = countOf(reference);
  const currentCount = countOf(current);
  const isComparable =
    reference !== undefined &&
    current !== undefined &&
    sameBoundaries(reference.boundaries, current.boundaries);
  const isEnough = Math.min(referenceCount, currentCount) >= minimumCount;
  const { warnLimit, failLimit } = psiLimits({
    binCount:
      isComparable && isEnough
        ? occupiedBinCount(reference.bins, current.bins)
        : 0,
    referenceCount,
    currentCount,
    falseAlarmRatio: input.falseAlarmRatio,
  });
  const value =
    isComparable && isEnough ? psi(reference.bins, current.bins) : undefined;
  const facts: VerdictFacts = {
    ...(value === undefined ? {} : { value }),
    bound: failLimit,
    comparator: 'below',
    unit: 'PSI',
    sampleCount: currentCount,
    windowStartMs: input.windowStartMs,
    windowEndMs: input.windowEndMs,
  };
  const verdict = (): Verdict => {
    if (!reference) return inconclusive('no-data', facts);
    if (reference.expiresAtMs <= input.nowMs) {
      return inconclusive('stale', facts);
    }
    if (currentCount === 0) return inconclusive('no-data', facts);
    if (!isComparable) return inconclusive('source-error', facts);
    if (value === undefined) {
      return inconclusive('insufficient-sample', {
        ...facts,
        sampleCountNeeded: minimumCount,
      });
    }
    if (value >= failLimit) return { status: 'fail', reason: 'drifted', facts };
    if (value >= warnLimit) {
      return {
        status: 'warn',
        reason: 'drifting',
        facts: { ...facts, bound: warnLimit },
      };
    }
    return {
      status: 'pass',
      reason: 'within-limit',
      facts: { ...facts, bound: warnLimit },
    };
  };
  return {
    value,
    warnLimit,
    failLimit,
    referenceCount,
    currentCount,
    verdict: verdict(),
  };
}
