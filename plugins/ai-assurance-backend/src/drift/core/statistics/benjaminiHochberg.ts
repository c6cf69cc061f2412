/**
 * Adjusted p-values that control the false-discovery rate (Benjamini and Hochberg 1995): reject those at or below the rate
 * that is accepted. NaN stands for a test that could not be made; it is left out of the count and stays NaN. Equal p-values
 * are adjusted equally. Throws for anything else outside [0, 1].
 */
export class FalseDiscovery {
  /** Ascending, and what each becomes. */
  readonly #sorted: Float64Array;
  readonly #adjusted: Float64Array;

  constructor(pValues: Float64Array) {
    let count = 0;
    const all = new Float64Array(pValues.length);
    for (let i = 0; i < pValues.length; i += 1) {
      if (Number.isNaN(pValues[i])) continue;
      all[count] = pValues[i];
      count += 1;
    }
    const made = all.subarray(0, count).sort();
    if (count > 0 && !(made[0] >= 0 && made[count - 1] <= 1))
      throw new RangeError(
        `${made[0] >= 0 ? made[count - 1] : made[0]} is no p-value`,
      );
    this.#sorted = made;
    this.#adjusted = new Float64Array(count);
    let smallest = 1;
    for (let i = count - 1; i >= 0; i -= 1) {
      smallest = Math.min(smallest, (made[i] * count) / (i + 1));
      this.#adjusted[i] = smallest;
    }
  }

  /** How many are rejected where this rate is accepted. */
  rejectedCount(rate: number): number {
    // They ascend with the p-values.
    let low = 0;
    let high = this.#adjusted.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#adjusted[middle] <= rate) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What one of the p-values becomes. MUST be one of those that were handed in. */
  adjusted(pValue: number): number {
    if (Number.isNaN(pValue)) return NaN;
    const sorted = this.#sorted;
    let low = 0;
    let high = sorted.length - 1;
    // The last of equals: its rank counts for all of them.
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (sorted[middle] <= pValue) low = middle;
      else high = middle - 1;
    }
    return this.#adjusted[low];
  }
}

/** {@link FalseDiscovery} of a list, in the order it came in; `undefined` for a test that could not be made. */
export function adjustedPValues(
  pValues: readonly (number | undefined)[],
): (number | undefined)[] {
  for (const pValue of pValues)
    if (Number.isNaN(pValue)) throw new RangeError(`${pValue} is no p-value`);
  const discovery = new FalseDiscovery(
    Float64Array.from(pValues, pValue => pValue ?? NaN),
  );
  return pValues.map(pValue =>
    pValue === undefined ? undefined : discovery.adjusted(pValue),
  );
}
