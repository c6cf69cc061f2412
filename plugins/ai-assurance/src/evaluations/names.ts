import {
  EvaluationResult,
  shortDigest,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What people call a version: its label, else the beginning of its digest. */
export function nameOfVersion(
  of: { version: string | null; digest: string | null },
  unknown: string,
): string {
  return of.version ?? (of.digest ? shortDigest(of.digest) : unknown);
}

/** A judge or suite by id and version; what its report left out is not a name. */
export function nameOfTool(
  of: { id: string; version: string },
  unnamed: string,
): string {
  const { id, version } = of;
  if (id === 'unstated') return unnamed;
  return version === 'unstated' ? id : `${id} ${version}`;
}

/** One row of the comparison: a metric and slice, with the newest result of each version. */
export interface MetricRow {
  key: string;
  metric: string;
  slice: string | null;
  results: EvaluationResult[];
}

/** Results by metric and slice: overall before slices, versions in the order in which they come. */
export function metricRows(results: EvaluationResult[]): MetricRow[] {
  const rows = new Map<string, MetricRow>();
  for (const result of results) {
    const key = JSON.stringify([result.metric, result.slice]);
    const row = rows.get(key) ?? {
      key,
      metric: result.metric,
      slice: result.slice,
      results: [],
    };
    row.results.push(result);
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) =>
    a.metric === b.metric
      ? (a.slice ?? '').localeCompare(b.slice ?? '', 'en')
      : a.metric.localeCompare(b.metric, 'en'),
  );
}

/** The axis that all bars of a row share: around their intervals and bounds; of shares no further than 0 and 1. */
export function axisOf(
  intervals: { low: number; high: number }[],
  bounds: number[],
  unit: string,
): [number, number] {
  const ends = [
    ...intervals.flatMap(({ low, high }) => [low, high]),
    ...bounds,
  ];
  if (ends.length === 0) return [0, 1];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const room = (high - low) * 0.15 || 0.01;
  // A difference of shares may lie below 0.
  const isShare = unit === 'ratio' && low >= 0 && high <= 1;
  return isShare
    ? [Math.max(0, low - room), Math.min(1, high + room)]
    : [low - room, high + room];
}
