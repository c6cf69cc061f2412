import { CostPoint, CostSummary } from '../types';

/** A cost report as it was recorded. */
export interface RecordedReport {
  evidenceId: string;
  /** Place in the ledger: of reports about the same time the newer one holds. */
  position: number;
  startMs: number;
  endMs: number;
  currency: string;
  priceBasis: 'list' | 'negotiated' | 'billed' | 'estimated';
  totalMicros: number;
  idleMicros: number | null;
  inferenceCount: number | null;
  /** In and out; `null` when neither is known. */
  tokenCount: number | null;
  acceleratorAllocatedMs: number | null;
  acceleratorBusyMs: number | null;
}

/** Reports that do not overlap, oldest first, in the currency of the newest; of overlapping ones the newer holds. */
export function settled(reports: RecordedReport[]): {
  kept: RecordedReport[];
  leftOutCount: number;
} {
  const newestFirst = [...reports].sort((a, b) => b.position - a.position);
  const currency = newestFirst[0]?.currency;
  // By start, so that one look to either side finds an overlap.
  const kept: RecordedReport[] = [];
  for (const report of newestFirst) {
    if (report.currency !== currency) continue;
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (kept[middle].startMs < report.startMs) low = middle + 1;
      else high = middle;
    }
    const before = kept[low - 1];
    const after = kept[low];
    if (before && before.endMs > report.startMs) continue;
    if (after && after.startMs < report.endMs) continue;
    kept.splice(low, 0, report);
  }
  return { kept, leftOutCount: reports.length - kept.length };
}

/** Cost of a thousand, in whole millionths; `null` where nothing was served or it is not known. */
const perThousand = (micros: number, count: number | null) =>
  count === null || count === 0 ? null : Math.round((micros / count) * 1000);

export function pointOf(report: RecordedReport): CostPoint {
  const { acceleratorAllocatedMs: allocated, acceleratorBusyMs: busy } = report;
  return {
    startMs: report.startMs,
    endMs: report.endMs,
    totalMicros: report.totalMicros,
    idleMicros: report.idleMicros,
    inferenceCount: report.inferenceCount,
    tokenCount: report.tokenCount,
    perThousandInferencesMicros: perThousand(
      report.totalMicros,
      report.inferenceCount,
    ),
    perThousandTokensMicros: perThousand(report.totalMicros, report.tokenCount),
    acceleratorBusyRatio:
      allocated !== null && busy !== null && allocated > 0
        ? Math.min(1, busy / allocated)
        : null,
    evidenceId: report.evidenceId,
  };
}

/** Sums; each ratio only over the reports that know both of its sides. */
export function summaryOf(reports: RecordedReport[]): CostSummary {
  const sum = (of: (report: RecordedReport) => number | null) =>
    reports.reduce((total, report) => total + (of(report) ?? 0), 0);
  const idleKnown = sum(r => (r.idleMicros === null ? 0 : r.totalMicros));
  const inferences = sum(r => r.inferenceCount);
  const tokens = sum(r => r.tokenCount);
  const isBusyKnown = (r: RecordedReport) =>
    r.acceleratorAllocatedMs !== null && r.acceleratorBusyMs !== null;
  const allocated = sum(r => (isBusyKnown(r) ? r.acceleratorAllocatedMs : 0));
  const busy = sum(r => (isBusyKnown(r) ? r.acceleratorBusyMs : 0));
  return {
    totalMicros: sum(r => r.totalMicros),
    idleRatio: idleKnown > 0 ? sum(r => r.idleMicros) / idleKnown : null,
    idleKnownForMicros: idleKnown,
    perThousandInferencesMicros: perThousand(
      sum(r => (r.inferenceCount === null ? 0 : r.totalMicros)),
      inferences,
    ),
    inferenceCount: inferences,
    perThousandTokensMicros: perThousand(
      sum(r => (r.tokenCount === null ? 0 : r.totalMicros)),
      tokens,
    ),
    tokenCount: tokens,
    acceleratorBusyRatio: allocated > 0 ? Math.min(1, busy / allocated) : null,
    acceleratorAllocatedMs: allocated,
  };
}
