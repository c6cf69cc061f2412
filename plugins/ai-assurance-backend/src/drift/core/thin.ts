import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';

export interface HistoryPoint {
  atMs: number;
  value: number | null;
  status: VerdictStatus;
}

/**
 * At most `limit` points of a history, oldest first: of each run of neighbours the one with the highest value, so that
 * spikes survive, and a point without a value only where its run has none. The newest point always stays.
 */
export function thinHistory(
  points: HistoryPoint[],
  limit: number,
): HistoryPoint[] {
  if (points.length <= limit) return points;
  const newest = points[points.length - 1];
  const older = points.slice(0, -1);
  const runLength = Math.ceil(older.length / (limit - 1));
  const kept: HistoryPoint[] = [];
  for (let i = 0; i < older.length; i += runLength) {
    kept.push(
      older
        .slice(i, i + runLength)
        .reduce((top, point) =>
          (point.value ?? -1) > (top.value ?? -1) ? point : top,
        ),
    );
  }
  return [...kept, newest];
}
