import { between, plus, noCounts } from './hours';
import { EventCounts } from './types';

/** Half-open. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

/** Stretches joined where they meet or overlap, in order of time: what is left out is left out once. */
export function joined(stretches: Stretch[]): Stretch[] {
  const sorted = [...stretches].sort((a, b) => a.fromMs - b.fromMs);
  const result: Stretch[] = [];
  for (const { fromMs, toMs } of sorted) {
    const last = result[result.length - 1];
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else result.push({ fromMs, toMs });
  }
  return result;
}

/** Whole minutes that a stretch touches: telemetry has no finer ones. */
export function wholeMinutes({ fromMs, toMs }: Stretch): Stretch {
  return {
    fromMs: Math.floor(fromMs / 60_000) * 60_000,
    toMs: Math.ceil(toMs / 60_000) * 60_000,
  };
}

/** How much of a range the stretches take, in milliseconds. */
export function coveredMs(range: Stretch, stretches: Stretch[]): number {
  return stretches.reduce(
    (sum, one) =>
      sum +
      Math.max(
        0,
        Math.min(one.toMs, range.toMs) - Math.max(one.fromMs, range.fromMs),
      ),
    0,
  );
}

/** Counts of a range without the stretches in it; `sumAt` answers the sum of everything before an instant. */
export function countsWithout(
  range: Stretch,
  stretches: Stretch[],
  sumAt: (atMs: number) => EventCounts,
): EventCounts {
  const raw = between(sumAt(range.fromMs), sumAt(range.toMs));
  const leftOut = stretches.reduce((sum, one) => {
    const fromMs = Math.max(one.fromMs, range.fromMs);
    const toMs = Math.min(one.toMs, range.toMs);
    return fromMs < toMs ? plus(sum, between(sumAt(fromMs), sumAt(toMs))) : sum;
  }, noCounts);
  return between(leftOut, raw);
}
