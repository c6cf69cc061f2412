import { Window } from '../types';

/** The largest value that gauge windows saw; `undefined` when there is none: no data, not zero. */
export function maxSeries(
  windows: Pick<Window, 'gauge'>[],
): number | undefined {
  return windows.reduce<number | undefined>((largest, { gauge }) => {
    if (!gauge) return largest;
    return largest === undefined ? gauge.max : Math.max(largest, gauge.max);
  }, undefined);
}
