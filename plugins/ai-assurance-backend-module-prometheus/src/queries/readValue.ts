import {
  CollectorError,
  CollectorSubject,
  MetricsEngine,
  QueryTemplate,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** Where and when an expression is asked. */
export interface Asking {
  engine: MetricsEngine;
  subject: CollectorSubject;
  atMs: number;
  signal: AbortSignal;
}

/**
 * The one value of an expression at a moment. Throws CollectorError `partial-answer` when there is none, more than one, or
 * one that is no number: each would otherwise have to be guessed.
 */
export async function readValue(
  name: string,
  template: QueryTemplate,
  { engine, subject, atMs, signal }: Asking,
): Promise<number> {
  const query = template.fill(subject);
  const { type, series } = await engine.instant({ query, atMs, signal });
  if (type === 'matrix')
    throw new CollectorError(
      'misconfigured',
      `${name} gives a range, not a value`,
    );
  if (series.length !== 1)
    throw new CollectorError(
      'partial-answer',
      series.length === 0
        ? `${name} has no value: nothing matches, or nothing was scraped`
        : `${name} has ${series.length} values, one is needed; sum them, or select one`,
    );
  const { value } = series[0].samples[0];
  if (!Number.isFinite(value))
    throw new CollectorError('partial-answer', `${name} is ${value}`);
  return value;
}

/**
 * The value as a count. Engines extrapolate, so that 99.7 may stand for 100: it is rounded, or cut down for the part of a
 * whole, which must not outgrow it by rounding.
 */
export function countOf(
  name: string,
  value: number,
  round: (value: number) => number = Math.round,
): number {
  const count = round(value);
  if (!(count >= 0 && Number.isSafeInteger(count)))
    throw new CollectorError(
      'malformed-answer',
      `${name} is ${value}, no count`,
    );
  // Not -0, which has no canonical form of its own.
  return count + 0;
}
