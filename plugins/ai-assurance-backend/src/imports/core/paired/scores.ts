/**
 * Abramowitz–Stegun would be too coarse in the tails: the complementary error function by its continued fraction and series,
 * to about 1e-14.
 */
function upperNormal(x: number): number {
  const t = Math.abs(x) / Math.SQRT2;
  let erfc: number;
  if (t < 2.5) {
    let term = t;
    let sum = t;
    for (let n = 1; n < 200; n += 1) {
      term *= (-t * t) / n;
      const part = term / (2 * n + 1);
      sum += part;
      if (Math.abs(part) < 1e-17) break;
    }
    erfc = 1 - (2 / Math.sqrt(Math.PI)) * sum;
  } else {
    let fraction = 0;
    for (let k = 80; k > 0; k -= 1) fraction = k / 2 / (t + fraction);
    erfc = Math.exp(-t * t) / (Math.sqrt(Math.PI) * (t + fraction));
  }
  return x >= 0 ? erfc / 2 : 1 - erfc / 2;
}

/**
 * Wilcoxon's signed-rank test of paired differences, two-sided, by the normal approximation with the correction for ties and
 * without one for continuity; differences of zero are left out. 1 when all are zero.
 */
export function wilcoxonSignedRank(differences: readonly number[]): number {
  const rest = differences.filter(d => d !== 0);
  const n = rest.length;
  if (n === 0) return 1;
  const sorted = rest
    .map(d => ({ d, size: Math.abs(d) }))
    .sort((a, b) => a.size - b.size);
  let positive = 0;
  let ties = 0;
  for (let from = 0; from < n; ) {
    let to = from;
    while (to < n && sorted[to].size === sorted[from].size) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at += 1)
      if (sorted[at].d > 0) positive += rank;
    const tied = to - from;
    ties += tied * tied * tied - tied;
    from = to;
  }
  const mean = (n * (n + 1)) / 4;
  const spread = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48);
  return Math.min(1, 2 * upperNormal(Math.abs(positive - mean) / spread));
}

const resamples = 2000;

/** A small generator (mulberry32), so that the same items give the same interval on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Mean of paired differences with its 95 % percentile interval from 2,000 resamples of the items (Efron 1979). The seed is
 * the caller's, made from the digest of the items: the same report gives the same evidence.
 */
export function pairedBootstrap(
  differences: readonly number[],
  seed: number,
): { value: number; low: number; high: number } {
  const n = differences.length;
  const next = generator(seed);
  const value = differences.reduce((sum, d) => sum + d, 0) / n;
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i += 1) {
    let sum = 0;
    for (let k = 0; k < n; k += 1) sum += differences[Math.floor(next() * n)];
    means[i] = sum / n;
  }
  means.sort();
  return {
    value,
    low: Math.min(value, means[Math.floor(0.025 * resamples)]),
    high: Math.max(value, means[Math.ceil(0.975 * resamples) - 1]),
  };
}
