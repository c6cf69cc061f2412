/** How far a judge can be believed: what it said of outputs that people had labelled. */
export interface JudgeCalibration {
  positiveCount: number;
  truePositiveCount: number;
  negativeCount: number;
  trueNegativeCount: number;
}

/** A share that was set right for the errors of its judge; all within 0 and 1. */
export interface CorrectedShare {
  valueRatio: number;
  lowRatio: number;
  highRatio: number;
}

const within = (value: number) => Math.min(1, Math.max(0, value));

/**
 * The true share behind what a judge with errors counted (Rogan and Gladen 1978), `π = (p + Sp − 1)/(Se + Sp − 1)`, with the
 * interval of Lang and Reiczigel (2014), which knows that sensitivity and specificity are estimates themselves:
 * with `n' = n + z²`, `p' = (x + z²/2)/n'`, `Se' = (TP + 1)/(P + 2)`, `Sp' = (TN + 1)/(N + 2)`, `π'` of these, it is
 * `π' + 2z²(π'·Se'(1−Se')/(P+2) − (1−π')·Sp'(1−Sp')/(N+2)) ± z·√(p'(1−p')/n' + (1−π')²·Sp'(1−Sp')/(N+2) + π'²·Se'(1−Se')/(P+2))/(Se'+Sp'−1)`.
 * `undefined` when the judge is no better than a coin (Se + Sp ≤ 1) or was never checked on positives or negatives: then what
 * it counted says nothing.
 */
export function roganGladen(
  successCount: number,
  totalCount: number,
  calibration: JudgeCalibration,
  z: number,
): CorrectedShare | undefined {
  const { positiveCount: positives, negativeCount: negatives } = calibration;
  if (positives === 0 || negatives === 0 || totalCount === 0) return undefined;
  const sensitivity = calibration.truePositiveCount / positives;
  const specificity = calibration.trueNegativeCount / negatives;
  const smoothedSe = (calibration.truePositiveCount + 1) / (positives + 2);
  const smoothedSp = (calibration.trueNegativeCount + 1) / (negatives + 2);
  const youden = smoothedSe + smoothedSp - 1;
  if (sensitivity + specificity <= 1 || youden <= 0) return undefined;
  const valueRatio = within(
    (successCount / totalCount + specificity - 1) /
      (sensitivity + specificity - 1),
  );
  const n = totalCount + z * z;
  const p = (successCount + (z * z) / 2) / n;
  const share = within((p + smoothedSp - 1) / youden);
  const seVariance = (smoothedSe * (1 - smoothedSe)) / (positives + 2);
  const spVariance = (smoothedSp * (1 - smoothedSp)) / (negatives + 2);
  const middle =
    share + 2 * z * z * (share * seVariance - (1 - share) * spVariance);
  const reach =
    (z *
      Math.sqrt(
        (p * (1 - p)) / n +
          (1 - share) * (1 - share) * spVariance +
          share * share * seVariance,
      )) /
    youden;
  return {
    valueRatio,
    lowRatio: Math.min(valueRatio, within(middle - reach)),
    highRatio: Math.max(valueRatio, within(middle + reach)),
  };
}
