import { EngineSeries } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Steps } from '../levels/chart';
import { AskedSteps, boundOf, stepOf } from './bucketSums';

const minuteMs = 60_000;

/** Label that tells the parts of an answer from each other. */
export const partLabel = 'ai_assurance_part';

/** What a group counted in each step, as the engine has it. */
export interface Sums {
  key: string | null;
  buckets: Map<number, { bound: number; count: number }[]>;
  errors: Map<number, number>;
}

/** Adds series of a chart up, by what `keyOf` says of each. */
export function sumsOf(
  series: readonly EngineSeries[],
  keyOf: (series: EngineSeries) => string | null,
  steps: AskedSteps,
): Map<string | null, Sums> {
  const sums = new Map<string | null, Sums>();
  for (const one of series) {
    const key = keyOf(one);
    let sum = sums.get(key);
    if (!sum) {
      sum = { key, buckets: new Map(), errors: new Map() };
      sums.set(key, sum);
    }
    const isError = one.labels[partLabel] === 'errors';
    const bound = isError ? 0 : boundOf(one.labels.le);
    for (const { atMs, value } of one.samples) {
      const step = stepOf(atMs, steps);
      if (isError) {
        sum.errors.set(step, (sum.errors.get(step) ?? 0) + value);
        continue;
      }
      const buckets = sum.buckets.get(step) ?? [];
      sum.buckets.set(step, buckets);
      const same = buckets.find(bucket => bucket.bound === bound);
      if (same) same.count += value;
      else buckets.push({ bound, count: value });
    }
  }
  return sums;
}

/**
 * The whole steps before `toMs`, and what is left of the last one by itself: what came after the range must not be in the
 * answer, not even when it is known by now.
 */
export function partsOf(steps: Steps, toMs: number): AskedSteps[] {
  const { fromMs, stepMs } = steps;
  const wholeCount = Math.max(0, Math.floor((toMs - fromMs) / stepMs));
  const restMs =
    Math.floor((toMs - fromMs - wholeCount * stepMs) / minuteMs) * minuteMs;
  return [
    ...(wholeCount > 0 ? [{ fromMs, stepMs, stepCount: wholeCount }] : []),
    ...(restMs > 0
      ? [
          {
            fromMs: fromMs + wholeCount * stepMs,
            stepMs: restMs,
            stepCount: 1,
          },
        ]
      : []),
  ];
}
