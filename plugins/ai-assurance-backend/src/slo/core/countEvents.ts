import { ExponentialHistogram, Window } from '../../telemetry';
import { EventCounts, TelemetryEvents } from './types';

/** What is looked at of a window. */
export type CountedWindow = Pick<
  Window,
  'kind' | 'outcome' | 'sum' | 'explicit' | 'exponential'
>;

/** How many recorded values lie at or below a threshold, in the unit of the histogram. */
export type CountBelow = (
  histogram: ExponentialHistogram,
  threshold: number,
) => number;

// 150 ms is 0.15 s, but 150 / 1000 and a boundary computed elsewhere may differ in the last bit.
const nearlyEqual = 1 + 1e-9;

function totalOf(window: CountedWindow): number {
  if (window.kind === 'exponential') return window.exponential?.count ?? 0;
  if (window.kind === 'explicit') return window.explicit?.count ?? 0;
  // A gauge is a level, not events: it counts nothing and so can never make an objective pass.
  return window.kind === 'sum' ? Math.max(0, Math.round(window.sum)) : 0;
}

function withinThreshold(
  window: CountedWindow,
  thresholdSeconds: number,
  countBelow: CountBelow,
): number {
  if (window.exponential) {
    return Math.floor(countBelow(window.exponential, thresholdSeconds) + 1e-6);
  }
  if (!window.explicit) return 0;
  // Only whole bins at or below the threshold are surely good. With a threshold between two boundaries the rest of that
  // bin counts as bad: the objective may look worse than it is, never better.
  return window.explicit.boundaries.reduce(
    (sum, boundary, bin) =>
      boundary <= thresholdSeconds * nearlyEqual
        ? sum + window.explicit!.counts[bin]
        : sum,
    0,
  );
}

/** Good and total events of one window under one indicator; a failed event is never good. */
export function countEvents(
  window: CountedWindow,
  indicator: Pick<TelemetryEvents, 'thresholdMs'>,
  countBelow: CountBelow,
): EventCounts {
  const totalCount = totalOf(window);
  if (window.outcome === 'error') return { goodCount: 0, totalCount };
  if (indicator.thresholdMs === undefined) {
    return { goodCount: totalCount, totalCount };
  }
  const goodCount = withinThreshold(
    window,
    indicator.thresholdMs / 1000,
    countBelow,
  );
  return { goodCount: Math.min(goodCount, totalCount), totalCount };
}
