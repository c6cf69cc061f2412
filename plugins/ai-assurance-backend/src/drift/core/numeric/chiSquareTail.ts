import { upperGamma } from './gamma';

/** e^-y stays a normal number up to here, and the sums below finite. */
const largestHalf = 700;
/** Beyond so many degrees the continued fraction is quicker than a sum. */
const mostDegrees = 1_000;
const rootPi = Math.sqrt(Math.PI);

/** 1/j, and 1/(j + ½): what one term of a sum has over the one before. */
const ofWhole = Float64Array.from({ length: mostDegrees }, (_, j) => 1 / j);
const ofHalf = Float64Array.from(
  { length: mostDegrees },
  (_, j) => 1 / (j + 0.5),
);

/**
 * Chance that a chi-square variable with so many degrees of freedom exceeds `x`: the finite sums that Q(k, y) and Q(k + ½, y)
 * are (Abramowitz and Stegun 6.5.13 and its like for halves), all terms positive, so that the far tail keeps its digits.
 * `degrees` MUST be a whole number of at least 1.
 */
export function chiSquareTail(degrees: number, x: number): number {
  if (x <= 0) return 1;
  const y = x / 2;
  if (!(y < largestHalf) || degrees >= mostDegrees)
    return upperGamma(degrees / 2, y).value;
  const terms = Math.floor(degrees / 2);
  let sum = 1;
  if (degrees % 2 === 0) {
    for (let j = terms - 1; j >= 1; j -= 1) sum = 1 + sum * (y * ofWhole[j]);
    return Math.min(1, sum * Math.exp(-y));
  }
  if (terms === 0) return upperGamma(0.5, y).value;
  for (let j = terms - 1; j >= 1; j -= 1) sum = 1 + sum * (y * ofHalf[j]);
  const root = Math.sqrt(y);
  const main = ((2 * sum * root) / rootPi) * Math.exp(-y);
  // Q(½, y) is below e^-y ÷ √(πy): left out where that is less than a rounding of the rest.
  if (2 * sum * y > 1e17) return Math.min(1, main);
  return Math.min(1, main + upperGamma(0.5, y).value);
}
