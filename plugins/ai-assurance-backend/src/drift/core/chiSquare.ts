import { lnGamma, upperGamma } from './numeric/gamma';

/**
 * Quantile of the standard normal distribution, by the rational approximation of P. J. Acklam (relative error below
 * 1.2e-9). `probability` MUST lie in (0, 1).
 */
export function normalQuantile(probability: number): number {
  const a = [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2,
    1.38357751867269e2, -3.066479806614716e1, 2.506628277459239,
  ];
  const b = [
    -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2,
    6.680131188771972e1, -1.328068155288572e1,
  ];
  const c = [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838,
    -2.549732539343734, 4.374664141464968, 2.938163982698783,
  ];
  const d = [
    7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996,
    3.754408661907416,
  ];
  const polynomial = (coefficients: number[], x: number) =>
    coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
  const tail = (p: number) => {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(c, q) / polynomial([...d, 1], q);
  };
  const tailFrom = 0.02425;
  if (probability < tailFrom) return tail(probability);
  if (probability > 1 - tailFrom) return -tail(1 - probability);
  const q = probability - 0.5;
  const r = q * q;
  return (q * polynomial(a, r)) / polynomial([...b, 1], r);
}

/**
 * Where the search for a quantile begins: Wilson and Hilferty's cube-root approximation (1931), and next to 0, where that
 * fails, the first term of the series of the lower tail.
 */
function firstGuess(degrees: number, tailRatio: number): number {
  const spread = 2 / (9 * degrees);
  const root = 1 - spread - normalQuantile(tailRatio) * Math.sqrt(spread);
  if (root > 0.5) return degrees * root ** 3;
  const half = degrees / 2;
  return Math.max(
    2 * Math.exp((Math.log1p(-tailRatio) + lnGamma(half + 1)) / half),
    Number.MIN_VALUE,
  );
}

/** Newton's steps; a handful is usual. */
const mostSteps = 100;

/**
 * The value that a chi-square variable with `degrees` degrees of freedom exceeds with probability `tailRatio`, to 1e-12 of
 * it: the root of the logarithm of the upper tail, by Newton's method from {@link firstGuess}. `degrees` MUST be positive and
 * `tailRatio` lie in (0, 1]: throws a RangeError otherwise.
 */
export function chiSquareUpperQuantile(
  degrees: number,
  tailRatio: number,
): number {
  if (!(tailRatio > 0 && tailRatio <= 1))
    throw new RangeError(`${tailRatio} is no chance that can be exceeded`);
  if (tailRatio === 1) return 0;
  const wanted = Math.log(tailRatio);
  const half = degrees / 2;
  const lnScale = half * Math.LN2 + lnGamma(half);
  let x = firstGuess(degrees, tailRatio);
  for (let step = 0; step < mostSteps; step += 1) {
    const { ln } = upperGamma(half, x / 2);
    const lnDensity = (half - 1) * Math.log(x) - x / 2 - lnScale;
    const next = x + (ln - wanted) * Math.exp(ln - lnDensity);
    // A tangent may leave the half-line where variables live, or lead far out where it is nearly level.
    const safe = next > 0 ? Math.min(next, 8 * x + 8 * degrees) : x / 2;
    const isThere = Math.abs(safe - x) <= 1e-13 * x;
    x = safe;
    if (isThere) break;
  }
  return x;
}
