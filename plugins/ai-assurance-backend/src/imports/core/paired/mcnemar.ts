/** Items by what two versions made of them. */
export interface PairedTable {
  bothSucceededCount: number;
  onlyBaselineCount: number;
  onlyCandidateCount: number;
  neitherCount: number;
}

/** Natural logarithms of the factorials up to `n`, added up one by one. */
function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let i = 2; i <= n; i += 1) logs[i] = logs[i - 1] + Math.log(i);
  return logs;
}

/**
 * McNemar's exact test, two-sided: of the `b + c` items on which the versions differ, each is a fair coin when both are
 * alike; `p = min(1, 2·P(X ≤ min(b, c)))` with X binomial(b + c, 1/2). 1 when they never differ. Only the items on which
 * they differ say anything, so those that both got right or wrong do not enter.
 */
export function mcnemarExact({
  onlyBaselineCount: b,
  onlyCandidateCount: c,
}: Pick<PairedTable, 'onlyBaselineCount' | 'onlyCandidateCount'>): number {
  const n = b + c;
  if (n === 0) return 1;
  const logs = logFactorials(n);
  let tail = 0;
  for (let k = Math.min(b, c); k >= 0; k -= 1)
    tail += Math.exp(logs[n] - logs[k] - logs[n - k] - n * Math.LN2);
  return Math.min(1, 2 * tail);
}

/**
 * Interval of the difference of two paired shares, candidate minus baseline, after Bonett and Price (2012): one item is
 * added to each way of differing, `d̃ = (c − b)/(n + 2)`, reach `z·√((p̃₁₂ + p̃₂₁ − d̃²)/(n + 2))` with `p̃ = (count + 1)/(n + 2)`.
 * It covers well from small n on. Kept within −1 and 1, and around the observed difference.
 */
export function pairedDifference(
  table: PairedTable,
  z: number,
): { value: number; low: number; high: number } {
  const { onlyBaselineCount: b, onlyCandidateCount: c } = table;
  const n = table.bothSucceededCount + b + c + table.neitherCount;
  const value = (c - b) / n;
  const worse = (b + 1) / (n + 2);
  const better = (c + 1) / (n + 2);
  const middle = better - worse;
  const reach = z * Math.sqrt((worse + better - middle * middle) / (n + 2));
  return {
    value,
    low: Math.max(-1, Math.min(value, middle - reach)),
    high: Math.min(1, Math.max(value, middle + reach)),
  };
}
