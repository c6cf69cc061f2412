import { chiSquareUpperQuantile } from './chiSquare';

/**
 * The conventional bands of the population stability index: from 0.1 a shift worth a look, from 0.25 a large one.
 * Source: Siddiqi, Credit Risk Scorecards (2006), chapter 10. They say nothing about chance, so they serve as floors.
 */
export const conventionalWarn = 0.1;
export const conventionalFail = 0.25;

/**
 * Limits for the index at these counts. For unchanged data the index is about χ²(bins − 1) · (1/n + 1/m), since it is
 * twice the Jeffreys divergence of two samples of one multinomial; small windows therefore need a higher limit than the
 * conventional bands. The chance that unchanged data crosses either limit is at most about `falseAlarmRatio`.
 * @see Yurdakul, Statistical Properties of Population Stability Index (2018)
 */
export function psiLimits(input: {
  /** Bins with an event in either window. */
  binCount: number;
  referenceCount: number;
  currentCount: number;
  falseAlarmRatio: number;
}): { warnLimit: number; failLimit: number } {
  const noise =
    input.binCount < 2
      ? 0
      : chiSquareUpperQuantile(input.binCount - 1, input.falseAlarmRatio) *
        (1 / input.referenceCount + 1 / input.currentCount);
  return {
    warnLimit: Math.max(conventionalWarn, noise),
    failLimit: Math.max(conventionalFail, noise),
  };
}
