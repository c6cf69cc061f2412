import {
  EMPTY_EXPONENTIAL,
  ExponentialHistogram,
  mergeExplicit,
  mergeExponential,
  quantile,
  sameBoundaries,
  Window,
} from '../../telemetry';
import { Operator, TelemetryLevel } from './types';

export function compare(value: number, op: Operator, bound: number): boolean {
  if (op === 'lt') return value < bound;
  if (op === 'lte') return value <= bound;
  return op === 'gt' ? value > bound : value >= bound;
}

/** The level that the windows of one minute show together; `undefined` when they show none. */
export function levelOf(
  windows: Window[],
  counter: Pick<TelemetryLevel, 'quantile'>,
): number | undefined {
  const gauges = windows.filter(window => window.kind === 'gauge');
  if (counter.quantile === undefined) {
    return gauges.length === 0
      ? undefined
      : Math.max(...gauges.map(window => window.gauge?.max ?? window.sum));
  }
  const exponential = windows.flatMap(one =>
    one.exponential ? [one.exponential] : [],
  );
  if (exponential.length > 0) {
    const merged = exponential.reduce(
      (sum: ExponentialHistogram, one) => mergeExponential(sum, one),
      EMPTY_EXPONENTIAL,
    );
    return quantile(merged, counter.quantile)?.value;
  }
  const explicit = windows.flatMap(one => (one.explicit ? [one.explicit] : []));
  if (explicit.length === 0) return undefined;
  const [first, ...rest] = explicit;
  const merged = rest
    .filter(one => sameBoundaries(one, first))
    .reduce((sum, one) => mergeExplicit(sum, one), first);
  return quantile(merged, counter.quantile)?.value;
}

/** Whether the level of a minute is good; durations come in seconds and are promised in milliseconds. */
export function isGoodLevel(
  level: number,
  { metric, op, value }: TelemetryLevel,
): boolean {
  return compare(
    metric.endsWith('.duration') ? level * 1000 : level,
    op,
    value,
  );
}
