import {
  AdoptionPoint,
  AdoptionRow,
  CohortAdoption,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What adoption is counted from: one window of a sum, as telemetry has it. */
export interface Counted {
  startMs: number;
  version: string;
  digest: string | undefined;
  cohort: string | undefined;
  outcome: 'ok' | 'error';
  sum: number;
}

/** A cohort’s counts without its title. */
export type CohortCounts = Omit<CohortAdoption, 'title'>;

/** Versions in the order that people expect: 2 before 10. */
const byLabel = new Intl.Collator('en', { numeric: true });

function emptyRow(window: Counted): AdoptionRow {
  return {
    version: window.version,
    digest: window.digest ?? null,
    sessionCount: 0,
    crashedCount: 0,
    loadAttemptCount: 0,
    loadFailureCount: 0,
  };
}

/** Cohorts by ref; signals that no cohort claims come last. */
function byCohort(
  a: { cohort: string | null },
  b: { cohort: string | null },
): number {
  if (a.cohort === b.cohort) return 0;
  if (a.cohort === null) return 1;
  if (b.cohort === null) return -1;
  return a.cohort < b.cohort ? -1 : 1;
}

/**
 * Counts sessions and load attempts by cohort and version. A version is a label with a digest: the same label with another
 * digest is another row. Sums are whole numbers in truth; they are rounded because they travelled as floating point.
 */
export function adoptionOf(
  sessions: Counted[],
  loadAttempts: Counted[],
): CohortCounts[] {
  const cohorts = new Map<string | null, Map<string, AdoptionRow>>();
  const rowOf = (window: Counted): AdoptionRow => {
    const cohort = window.cohort ?? null;
    const rows = cohorts.get(cohort) ?? new Map<string, AdoptionRow>();
    cohorts.set(cohort, rows);
    const key = `${window.version} ${window.digest ?? ''}`;
    const row = rows.get(key) ?? emptyRow(window);
    rows.set(key, row);
    return row;
  };
  for (const window of sessions) {
    const row = rowOf(window);
    row.sessionCount += window.sum;
    if (window.outcome === 'error') row.crashedCount += window.sum;
  }
  for (const window of loadAttempts) {
    const row = rowOf(window);
    row.loadAttemptCount += window.sum;
    if (window.outcome === 'error') row.loadFailureCount += window.sum;
  }
  return [...cohorts]
    .map(([cohort, rows]) => {
      const versions = [...rows.values()]
        .map(row => ({
          ...row,
          sessionCount: Math.round(row.sessionCount),
          crashedCount: Math.round(row.crashedCount),
          loadAttemptCount: Math.round(row.loadAttemptCount),
          loadFailureCount: Math.round(row.loadFailureCount),
        }))
        .sort(
          (a, b) =>
            byLabel.compare(a.version, b.version) ||
            ((a.digest ?? '') < (b.digest ?? '') ? -1 : 1),
        );
      return {
        cohort,
        totalCount: versions.reduce((sum, row) => sum + row.sessionCount, 0),
        versions,
      };
    })
    .sort(byCohort);
}

const minuteMs = 60_000;
export const POINT_LIMIT = 200;

/**
 * Sessions by version in equal steps of whole minutes, at most 200 of them; the last may reach beyond `toMs`. A step without
 * sessions has no counts: a gap, not a zero. Empty for an empty range.
 */
export function adoptionOverTime(
  sessions: Counted[],
  fromMs: number,
  toMs: number,
): AdoptionPoint[] {
  if (toMs <= fromMs) return [];
  const startMs = Math.floor(fromMs / minuteMs) * minuteMs;
  const minutes = Math.ceil((toMs - startMs) / minuteMs);
  const stepMs = Math.ceil(minutes / POINT_LIMIT) * minuteMs;
  const sums = Array.from(
    { length: Math.ceil((minutes * minuteMs) / stepMs) },
    () => new Map<string, number>(),
  );
  for (const { startMs: atMs, version, sum } of sessions) {
    const counts = sums[Math.floor((atMs - startMs) / stepMs)];
    counts?.set(version, (counts.get(version) ?? 0) + sum);
  }
  return sums.map((counts, index) => ({
    startMs: startMs + index * stepMs,
    counts: Object.fromEntries(
      [...counts].map(([version, sum]) => [version, Math.round(sum)]),
    ),
  }));
}
