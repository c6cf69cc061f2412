import { ExplicitHistogram } from '../../types';

/** A sample of an engine. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** A series of an engine, by its labels. */
export interface LabelledSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

/** An answer that contradicts itself or what was asked; the message says how. */
export class LyingAnswer extends Error {}

/** What was asked: values at the end of each step. */
export interface AskedSteps {
  fromMs: number;
  stepMs: number;
  stepCount: number;
}

/**
 * Demands what an honest engine answers: no labels twice, moments that were asked for, each once and in order, and numbers
 * that can be counts. Throws {@link LyingAnswer} for the first thing that is otherwise.
 */
export function demandHonest(
  series: readonly LabelledSeries[],
  steps: AskedSteps,
): void {
  const seen = new Set<string>();
  for (const { labels, samples } of series) {
    const name = JSON.stringify(
      Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    if (seen.has(name))
      throw new LyingAnswer('the same series is in the answer twice');
    seen.add(name);
    let lastMs = Number.NEGATIVE_INFINITY;
    for (const { atMs, value } of samples) {
      if (atMs <= lastMs)
        throw new LyingAnswer('samples of a series are out of order');
      lastMs = atMs;
      const step = (atMs - steps.fromMs) / steps.stepMs - 1;
      if (!Number.isInteger(step) || step < 0 || step >= steps.stepCount)
        throw new LyingAnswer('a sample is of a moment that was not asked for');
      if (Number.isNaN(value)) throw new LyingAnswer('a count is NaN');
      if (!Number.isFinite(value)) throw new LyingAnswer('a count is infinite');
      if (value < 0) throw new LyingAnswer('a count is below zero');
    }
  }
}

/** The step that a sample is the end of. */
export const stepOf = (atMs: number, { fromMs, stepMs }: AskedSteps) =>
  (atMs - fromMs) / stepMs - 1;

// Engines extrapolate each bucket by itself, so that a larger bucket may come out a little smaller.
const toleranceRatio = 1e-3;
const toleranceCount = 0.5;

/**
 * A histogram of the counts at or below each bound, as Prometheus keeps them (`le`). The bucket `+Inf` must be there. Throws
 * {@link LyingAnswer} when a larger bound counts clearly less than a smaller one.
 * @param scale turns a bound into seconds
 */
export function histogramOf(
  cumulative: { bound: number; count: number }[],
  scale: number,
): ExplicitHistogram {
  const sorted = [...cumulative].sort((a, b) => a.bound - b.bound);
  const last = sorted[sorted.length - 1];
  if (last?.bound !== Number.POSITIVE_INFINITY)
    throw new LyingAnswer('a histogram has no bucket +Inf');
  const counts: number[] = [];
  let below = 0;
  for (const { count } of sorted) {
    if (count < below - Math.max(toleranceCount, below * toleranceRatio))
      throw new LyingAnswer('a histogram counts less below a larger bound');
    counts.push(Math.max(0, count - below));
    below = Math.max(below, count);
  }
  return {
    boundaries: sorted.slice(0, -1).map(({ bound }) => bound * scale),
    counts,
    count: below,
    // Not asked for: percentiles need no sum.
    sum: 0,
  };
}

/** The bound of a label `le`. Throws {@link LyingAnswer} when it is none. */
export function boundOf(le: string | undefined): number {
  if (le === '+Inf' || le === 'Inf') return Number.POSITIVE_INFINITY;
  const bound = Number(le);
  if (le === undefined || le.trim() === '' || !Number.isFinite(bound))
    throw new LyingAnswer(
      'a bucket has no label le; the latency expression has to keep it',
    );
  return bound;
}
