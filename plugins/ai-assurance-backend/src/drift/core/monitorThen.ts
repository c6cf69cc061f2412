import {
  Drift,
  inconclusive,
  Verdict,
  VerdictFacts,
  statisticTitle,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Envelope, PayloadOf } from '@ai-assurance/evidence';
import { HistoryPoint } from './thin';

/** A report as the ledger has it. */
export interface RecordedReport {
  evidenceId: string;
  timeMs: number;
  expiresAtMs: number | undefined;
  envelope: Envelope;
  payload:
    | PayloadOf<'io.ai-assurance.drift-report.v1'>
    | PayloadOf<'io.ai-assurance.drift-report.v2'>;
}

/**
 * A watched signal as a page showed it at an instant, without its history, told from the report that was recorded last. A
 * report past its expiry is stale, whatever it said.
 */
export function monitorThen(
  { payload, envelope, ...recorded }: RecordedReport,
  approvedBy: string | undefined,
  atMs: number,
): Omit<Drift, 'history'> {
  const { status, reason } = payload;
  const isLimitedByWarn = status === 'pass' || status === 'warn';
  const facts: VerdictFacts = {
    ...(payload.value === null ? {} : { value: payload.value }),
    bound: isLimitedByWarn ? payload.warnLimit : payload.failLimit,
    comparator: 'below',
    unit: statisticTitle(payload.statistic),
    sampleCount: payload.currentCount,
    windowStartMs: Date.parse(envelope.windowStart ?? ''),
    windowEndMs: Date.parse(envelope.windowEnd ?? ''),
    ...(reason === 'insufficient-sample'
      ? { sampleCountNeeded: payload.minimumCount }
      : {}),
    evidenceId: recorded.evidenceId,
  };
  const isStale =
    recorded.expiresAtMs !== undefined && recorded.expiresAtMs <= atMs;
  const verdict: Verdict = isStale
    ? inconclusive('stale', facts)
    : { status, reason, facts };
  return {
    feature: payload.feature,
    version: null,
    statistic: payload.statistic,
    value: payload.value,
    warnLimit: payload.warnLimit,
    failLimit: payload.failLimit,
    falseAlarmRatio: payload.falseAlarmRatio,
    referenceId: payload.referenceId,
    referenceApprovedBy: approvedBy ?? null,
    referenceCount: payload.referenceCount,
    currentCount: payload.currentCount,
    minimumCount: payload.minimumCount,
    boundaries: payload.boundaries,
    referenceBins: payload.referenceBins,
    currentBins: payload.currentBins,
    verdict,
    evaluatedAtMs: recorded.timeMs,
    ...('cohorts' in payload ? detailsOf(payload, isStale) : {}),
  };
}

/** What reports tell since version 2. */
function detailsOf(
  payload: PayloadOf<'io.ai-assurance.drift-report.v2'>,
  isStale: boolean,
): Partial<Drift> {
  return {
    source: payload.source,
    statistics: payload.statistics.map(({ chanceRatio, ...one }) => ({
      ...one,
      pValue: chanceRatio,
    })),
    pValue: payload.chanceRatio,
    adjustedPValue: payload.adjustedChanceRatio,
    comparisonCount: payload.comparisonCount,
    enoughCount: payload.enoughCount,
    categories: payload.categories,
    cohorts: payload.cohorts.map(
      ({ status, reason, adjustedChanceRatio, ...cohort }) => ({
        ...cohort,
        adjustedPValue: adjustedChanceRatio,
        pValue: null,
        referenceCount: null,
        verdict: isStale
          ? inconclusive('stale')
          : { status, reason, facts: {} },
      }),
    ),
  };
}

/** A report as a point of history: at the end of the window that it judged. */
export function historyPointOf({
  envelope,
  payload,
  timeMs,
}: RecordedReport): HistoryPoint {
  return {
    atMs: Date.parse(envelope.windowEnd ?? '') || timeMs,
    value: payload.value,
    status: payload.status,
  };
}

/** What a report says of one cohort, likewise; `undefined`: nothing. */
export function cohortPointThen(
  report: RecordedReport,
  cohort: string,
): HistoryPoint | undefined {
  const { payload } = report;
  if (!('cohorts' in payload)) return undefined;
  const told = payload.cohorts.find(one => one.cohort === cohort);
  return (
    told && {
      atMs: historyPointOf(report).atMs,
      value: told.value,
      status: told.status,
    }
  );
}
