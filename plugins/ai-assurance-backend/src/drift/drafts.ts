import { EvidenceDraft } from '../ledger';
import { sha256, toHex, utf8 } from '@ai-assurance/evidence';
import { instantOf } from '../platform';
import {
  Reference,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { askedOf } from './core/features';
import { Statistic } from './core/limits';
import { Monitor } from './core/monitors';
import { QualityCheck } from './core/quality';
import { MonitorAnswer, StoredReference } from './DriftStore';
import { statusOf } from './signalAnswers';

/** Evidence that is not renewed is stale after this; it is renewed well before. */
const lifetimeMs = 15 * 60_000;
const source = '/ai-assurance/drift';
const collector = { id: 'ai-assurance.drift', version: '2' };
const longestId = 200;

/** The names themselves where they fit into an item id, else their hash: equal names give equal ids either way. */
function itemId(names: string): string {
  return names.length <= longestId
    ? names
    : `drift-report:${toHex(sha256(utf8(names)))}`;
}

/** The statement that a window was approved as reference. */
export function referenceWindowDraft(
  reference: StoredReference,
  asked: string,
): EvidenceDraft<'io.ai-assurance.reference-window.v2'> {
  return {
    type: 'io.ai-assurance.reference-window.v2',
    source,
    id: `reference-window:${reference.referenceId}`,
    subject: reference.subject,
    timeMs: reference.approvedAtMs,
    envelope: {
      sourceSystem: 'ai-assurance.drift',
      asked,
      windowStart: instantOf(reference.fromMs),
      windowEnd: instantOf(reference.toMs),
      sampleCount: reference.totalCount,
      collector,
      collectedAt: instantOf(reference.approvedAtMs),
      expiresAt: instantOf(reference.expiresAtMs),
    },
    payload: {
      referenceId: reference.referenceId,
      referenceNumber: reference.version!,
      feature: reference.feature,
      origin: reference.origin!,
      originUrl: reference.originUrl ?? null,
      boundaries: reference.boundaries,
      categories: reference.categories ?? null,
      bins: reference.bins,
      totalCount: reference.totalCount,
      cohorts: Object.entries(reference.cohortBins).map(([cohort, bins]) => ({
        cohort,
        bins,
      })),
      histogramDigest: reference.histogramDigest,
      approvedBy: reference.approvedBy,
      reason: reference.reason,
    },
  };
}

/** How long a report stands: longer than the gap to the next judgement. */
export function lifetimeOf(everyMs: number | undefined): number {
  return Math.max(lifetimeMs, 3 * (everyMs ?? 0));
}

/** The statement how far a window lay from its reference. Its id is fixed by signal and time: a repeat adds nothing. */
export function driftReportDraft(
  subject: string,
  monitor: Monitor,
  answer: MonitorAnswer,
  reference: Reference,
): EvidenceDraft<'io.ai-assurance.drift-report.v2'> {
  const nowMs = answer.evaluatedAtMs;
  const { facts } = answer.verdict;
  const { status, reason } = statusOf(answer);
  return {
    type: 'io.ai-assurance.drift-report.v2',
    source,
    id: itemId(`drift-report:${subject}:${answer.feature}:${nowMs}`),
    subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.drift',
      asked: `${answer.statistic} of ${askedOf(monitor)} against ${
        reference.referenceId
      }`,
      windowStart: instantOf(facts.windowStartMs!),
      windowEnd: instantOf(facts.windowEndMs!),
      sampleCount: answer.currentCount,
      collector,
      collectedAt: instantOf(nowMs),
      expiresAt: instantOf(nowMs + lifetimeOf(answer.everyMs)),
    },
    payload: {
      feature: answer.feature,
      source: answer.source!,
      statistic: answer.statistic as Statistic,
      value: answer.value,
      warnLimit: answer.warnLimit,
      failLimit: answer.failLimit,
      falseAlarmRatio: answer.falseAlarmRatio,
      comparisonCount: answer.comparisonCount!,
      chanceRatio: answer.pValue!,
      adjustedChanceRatio: answer.adjustedPValue!,
      statistics: answer.statistics!.map(({ pValue, ...one }) => ({
        ...one,
        statistic: one.statistic as Statistic,
        chanceRatio: pValue,
      })),
      referenceId: reference.referenceId,
      referenceDigest: reference.histogramDigest,
      referenceCount: answer.referenceCount,
      currentCount: answer.currentCount,
      minimumCount: answer.minimumCount,
      enoughCount: answer.enoughCount!,
      boundaries: answer.boundaries,
      categories: answer.categories!,
      referenceBins: answer.referenceBins,
      // Bins over other boundaries than these would be misread.
      currentBins:
        answer.verdict.reason === 'source-error' ? [] : answer.currentBins,
      cohorts: answer.cohorts!.map(cohort => ({
        cohort: cohort.cohort,
        value: cohort.value,
        failLimit: cohort.failLimit,
        adjustedChanceRatio: cohort.adjustedPValue,
        currentCount: cohort.currentCount,
        status: cohort.verdict.status,
        reason: cohort.verdict.reason,
      })),
      status,
      reason,
    },
  };
}

/** What the checks of a window of a signal said: nulls, range, unseen categories, rows and freshness. */
export function qualityReportDraft(
  subject: string,
  monitor: Monitor,
  answer: MonitorAnswer,
  checks: readonly QualityCheck[],
): EvidenceDraft<'io.ai-assurance.quality-report.v1'> {
  const nowMs = answer.evaluatedAtMs;
  const { facts } = answer.verdict;
  const worst = worstOf(checks.map(({ verdict }) => verdict.status));
  return {
    type: 'io.ai-assurance.quality-report.v1',
    source,
    id: itemId(`quality-report:${subject}:${answer.feature}:${nowMs}`),
    subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.drift',
      asked: askedOf(monitor),
      windowStart: instantOf(facts.windowStartMs!),
      windowEnd: instantOf(facts.windowEndMs!),
      sampleCount: answer.currentCount,
      collector,
      collectedAt: instantOf(nowMs),
      expiresAt: instantOf(nowMs + lifetimeOf(answer.everyMs)),
    },
    payload: {
      datasetId: answer.feature,
      datasetDigest: null,
      tool: collector,
      rowCount: answer.currentCount,
      checks: checks.map(({ verdict, ...check }) => ({
        ...check,
        check: check.aspect,
        feature: answer.feature,
        status: verdict.status,
        reason: verdict.reason,
      })),
      status: worst,
      reason:
        checks.find(({ verdict }) => verdict.status === worst)?.verdict
          .reason ?? 'nothing-checked',
    },
  };
}
