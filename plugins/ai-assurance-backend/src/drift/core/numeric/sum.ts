/**
 * Sum with a running correction (Neumaier 1974): many small terms do not drown in a large one. Infinities and NaN pass
 * through as in a plain sum.
 */
export function sumOf(terms: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < terms.length; i += 1) {
    const term = terms[i];
    const next = sum + term;
    lost +=
      Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return Number.isFinite(lost) ? sum + lost : sum;
}
