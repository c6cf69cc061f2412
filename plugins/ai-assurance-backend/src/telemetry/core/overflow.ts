import { FoldedWindow } from './fold';

/** Version label under which the segments beyond the limit are kept together, in plain sight. */
export const OVERFLOW_VERSION = 'overflow';

/** The identity of a segment within its stream, as text. The kind stands first. */
export function segmentIdentity(
  segment: {
    version: string;
    digest: string | undefined;
    cohort: string | undefined;
    environment?: string;
    outcome: string;
    outputClass: string | undefined;
    value: { kind: string };
  },
  shape: string,
): string {
  return [
    segment.value.kind,
    segment.version,
    segment.digest ?? '',
    segment.cohort ?? '',
    segment.environment ?? '',
    segment.outcome,
    segment.outputClass ?? '',
    shape,
  ].join('|');
}

/** The window as part of the overflow: only metric, minute, kind and outcome remain, and what was counted. */
function overflowed(window: FoldedWindow): FoldedWindow {
  const rest = {
    ...window,
    version: OVERFLOW_VERSION,
    digest: undefined,
    cohort: undefined,
    environment: undefined,
    outputClass: undefined,
    shape: '',
  };
  if (window.value.kind !== 'explicit') return rest;
  // Boundaries are a label as well: histograms that must stay countable together keep only count and sum.
  const { count, sum } = window.value.explicit;
  return {
    ...rest,
    value: {
      kind: 'explicit',
      explicit: { boundaries: [], counts: [count], count, sum },
    },
  };
}

/**
 * Bounds the segments of one stream in each minute. Windows whose segment is already stored pass; new segments pass
 * while the minute has fewer than `maxSegments`; all others join the overflow. Nothing is dropped.
 */
export function admitSegments(
  windows: FoldedWindow[],
  options: {
    maxSegments: number;
    isStored(window: FoldedWindow): boolean;
    usedAt(startMs: number): number;
  },
): FoldedWindow[] {
  const used = new Map<number, number>();
  return windows.map(window => {
    if (window.version === OVERFLOW_VERSION) return overflowed(window);
    if (options.isStored(window)) return window;
    const count = used.get(window.startMs) ?? options.usedAt(window.startMs);
    if (count >= options.maxSegments) return overflowed(window);
    used.set(window.startMs, count + 1);
    return window;
  });
}
