/**
 * Adjusted p-values that control the false-discovery rate (Benjamini and Hochberg 1995), in the order they came in: reject
 * those at or below the rate that is accepted. `undefined` stands for a test that could not be made; it is left out of the
 * count and stays `undefined`. Throws for anything outside [0, 1].
 */
export function adjustedPValues(
  pValues: readonly (number | undefined)[],
): (number | undefined)[] {
  const made = pValues.flatMap((pValue, index) => {
    if (pValue === undefined) return [];
    if (!(pValue >= 0 && pValue <= 1))
      throw new RangeError(`${pValue} is no p-value`);
    return [{ pValue, index }];
  });
  made.sort((a, b) => b.pValue - a.pValue);
  const adjusted: (number | undefined)[] = pValues.map(() => undefined);
  let smallest = 1;
  made.forEach(({ pValue, index }, fromTop) => {
    const rank = made.length - fromTop;
    smallest = Math.min(smallest, (pValue * made.length) / rank);
    adjusted[index] = smallest;
  });
  return adjusted;
}
