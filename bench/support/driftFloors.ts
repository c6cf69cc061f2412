import { sortFloats } from './drift';
import { Figure } from './figures';

/** Inner edges of bins of equal width over the range of both samples. */
function evenEdges(a: Float64Array, b: Float64Array, count: number): number[] {
  let low = Infinity;
  let high = -Infinity;
  for (const values of [a, b])
    for (let i = 0; i < values.length; i += 1) {
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
    }
  return Array.from(
    { length: count - 1 },
    (_, i) => low + ((high - low) * (i + 1)) / count,
  );
}

/** Bins by arithmetic, which works for equal widths alone. */
function counts(
  values: Float64Array,
  low: number,
  width: number,
  count: number,
): Float64Array {
  const bins = new Float64Array(count);
  for (let i = 0; i < values.length; i += 1) {
    const bin = Math.floor((values[i] - low) / width);
    bins[Math.min(count - 1, Math.max(0, bin))] += 1;
  }
  return bins;
}

function binned(a: Float64Array, b: Float64Array, count: number) {
  const edges = evenEdges(a, b, count);
  const width = edges[1] - edges[0];
  const low = edges[0] - width;
  return [counts(a, low, width, count), counts(b, low, width, count)];
}

/** Each statistic as plainly as it can be written over typed arrays: no checks, no care for rounding. */
export const plain = {
  kolmogorovSmirnov(a: Float64Array, b: Float64Array): number {
    const x = sortFloats(Float64Array.from(a));
    const y = sortFloats(Float64Array.from(b));
    let i = 0;
    let j = 0;
    let largest = 0;
    while (i < x.length && j < y.length) {
      const value = Math.min(x[i], y[j]);
      while (x[i] === value) i += 1;
      while (y[j] === value) j += 1;
      largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
    }
    return largest;
  },
  wasserstein(a: Float64Array, b: Float64Array): number {
    const x = sortFloats(Float64Array.from(a));
    const y = sortFloats(Float64Array.from(b));
    let i = 0;
    let j = 0;
    let area = 0;
    let last = Math.min(x[0], y[0]);
    while (i < x.length || j < y.length) {
      const value =
        j >= y.length || (i < x.length && x[i] <= y[j]) ? x[i] : y[j];
      area += Math.abs(i / x.length - j / y.length) * (value - last);
      last = value;
      while (x[i] === value) i += 1;
      while (y[j] === value) j += 1;
    }
    return area;
  },
  jensenShannon(a: Float64Array, b: Float64Array, count: number): number {
    const [p, q] = binned(a, b, count);
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      const x = p[i] / a.length;
      const y = q[i] / b.length;
      const middle = (x + y) / 2;
      if (x > 0) sum += x * Math.log2(x / middle);
      if (y > 0) sum += y * Math.log2(y / middle);
    }
    return Math.sqrt(sum / 2);
  },
  chiSquare(a: Float64Array, b: Float64Array, count: number): number {
    const [p, q] = binned(a, b, count);
    const all = a.length + b.length;
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      const both = p[i] + q[i];
      if (both === 0) continue;
      const x = (both * a.length) / all;
      const y = (both * b.length) / all;
      sum += (p[i] - x) ** 2 / x + (q[i] - y) ** 2 / y;
    }
    return sum;
  },
};

/** Seconds that may be at most so many times those of a peer. */
export function figureAgainst(of: {
  name: string;
  seconds: number;
  peerSeconds: number;
  against: string;
  atMost: number;
  worked: boolean;
}): Figure {
  const ratio = of.seconds / of.peerSeconds;
  return {
    name: of.name,
    value: of.seconds,
    unit: 's',
    ratio,
    against: `${of.against} (${of.peerSeconds.toFixed(4)} s)`,
    goal: `at most ${of.atMost} times it`,
    ok: of.worked && ratio <= of.atMost,
  };
}
