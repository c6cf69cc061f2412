const maxSteps = 10_000;
const tiny = 1e-300;

/**
 * Natural logarithm of the gamma function for `a` > 0: Stirling's series (Abramowitz and Stegun 6.1.41), reached from small
 * arguments by the recurrence. Relative error below 1e-14.
 */
export function lnGamma(a: number): number {
  let shifted = a;
  let product = 1;
  while (shifted < 16) {
    product *= shifted;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square *
        (1 / 360 -
          square *
            (1 / 1260 -
              square *
                (1 / 1680 - square * (1 / 1188 - square * (691 / 360_360))))));
  return (
    (shifted - 0.5) * Math.log(shifted) -
    shifted +
    0.5 * Math.log(2 * Math.PI) +
    series -
    Math.log(product)
  );
}

/** Logarithm of the factor that both forms of the incomplete gamma function share: x^a e^-x / Γ(a). */
const lnFront = (a: number, x: number) => a * Math.log(x) - x - lnGamma(a);

/** P(a, x) by its power series (Abramowitz and Stegun 6.5.29): quick while x is below a. */
function lowerBySeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < maxSteps; n += 1) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum * Math.exp(lnFront(a, x));
}

/** Q(a, x) without its front factor, by Legendre's continued fraction (6.5.31), evaluated forwards as Lentz does. */
function upperByFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < maxSteps; i += 1) {
    const numerator = -i * (i - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return fraction;
}

/**
 * Regularised upper incomplete gamma function Q(a, x) and its natural logarithm, for `a` > 0 and `x` ≥ 0. The logarithm stays
 * exact where the value itself has become 0.
 */
export function upperGamma(
  a: number,
  x: number,
): { value: number; ln: number } {
  if (x <= 0) return { value: 1, ln: 0 };
  if (x === Infinity) return { value: 0, ln: -Infinity };
  if (x < a + 1) {
    const lower = lowerBySeries(a, x);
    return { value: 1 - lower, ln: Math.log1p(-lower) };
  }
  const ln = lnFront(a, x) + Math.log(upperByFraction(a, x));
  return { value: Math.exp(ln), ln };
}
