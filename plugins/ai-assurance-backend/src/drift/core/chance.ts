import { chiSquareUpperQuantile } from './chiSquare';
import { kolmogorovTail } from './statistics/kolmogorovSmirnov';

/** What chance exceeds at one rate, in the laws that the statistics follow. */
export interface ChanceAt {
  /** Of a chi-square variable with so many degrees of freedom. */
  chiSquare(degrees: number): number;
  /** Of √(nm/(n+m)) · D. */
  kolmogorov: number;
  /** Of a distance from its mean, in deviations: √(−2 ln rate). */
  deviations: number;
}

/** Quantiles asked for lately: the same few bins and rates come again and again. */
export interface Quantiles {
  at(tailRatio: number): ChanceAt;
}

const mostKept = 256;
const mostDegrees = 256;

/** √(nm/(n+m)) · D that chance exceeds this often: the root of {@link kolmogorovTail}, by bisection. */
function kolmogorovQuantile(tailRatio: number): number {
  let low = 0;
  let high = 10;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (kolmogorovTail(middle * Math.SQRT2, 1, 1) > tailRatio) low = middle;
    else high = middle;
  }
  return high;
}

function chanceAt(tailRatio: number): ChanceAt {
  const kept = new Float64Array(mostDegrees).fill(NaN);
  return {
    kolmogorov: kolmogorovQuantile(tailRatio),
    deviations: Math.sqrt(-2 * Math.log(tailRatio)),
    chiSquare(degrees) {
      const known = degrees < mostDegrees ? kept[degrees] : NaN;
      if (!Number.isNaN(known)) return known;
      const found = chiSquareUpperQuantile(degrees, tailRatio);
      if (degrees < mostDegrees) kept[degrees] = found;
      return found;
    },
  };
}

export function createQuantiles(): Quantiles {
  const kept = new Map<number, ChanceAt>();
  return {
    at(tailRatio) {
      const known = kept.get(tailRatio);
      if (known) return known;
      if (kept.size >= mostKept) kept.clear();
      const made = chanceAt(tailRatio);
      kept.set(tailRatio, made);
      return made;
    },
  };
}
