import { EvidenceDraft } from '../ledger';
import { sha256, toHex, utf8 } from '@ai-assurance/evidence';
import { instantOf } from '../platform';
import { Histogram } from './core/judgeDrift';
import { features } from './core/features';
import { MonitorAnswer, StoredReference } from './DriftStore';

/** Evidence that is not renewed is stale after this; it is renewed well before. */
const lifetimeMs = 15 * 60_000;
const source = '/ai-assurance/drift';
const collector = { id: 'ai-assurance.drift', version: '1' };
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
): EvidenceDraft<'io.ai-assurance.reference-window.v1'> {
  return {
    type: 'io.ai-assurance.reference-window.v1',
    source,
    id: `reference-window:${reference.referenceId}`,
    subject: reference.subject,
    timeMs: reference.approvedAtMs,
    envelope: {
      sourceSystem: 'ai-assurance.drift',
      asked: `histogram of ${features[reference.feature].metric}`,
      windowStart: instantOf(reference.fromMs),
      windowEnd: instantOf(reference.toMs),
      sampleCount: reference.totalCount,
      collector,
      collectedAt: instantOf(reference.approvedAtMs),
      expiresAt: instantOf(reference.expiresAtMs),
    },
    payload: {
      referenceId: reference.referenceId,
      feature: reference.feature,
      boundaries: reference.boundaries,
      bins: reference.bins,
      totalCount: reference.totalCount,
      histogramDigest: reference.histogramDigest,
      approvedBy: reference.approvedBy,
      reason: reference.reason,
    },
  };
}

/** The statement how far a window lay from its reference. Its id is fixed by signal and time: a repeat adds nothing. */
export function driftReportDraft(
  subject: string,
  answer: MonitorAnswer,
  reference: StoredReference,
  current: Histogram | undefined,
): EvidenceDraft<'io.ai-assurance.drift-report.v1'> {
  const nowMs = answer.evaluatedAtMs;
  const { verdict } = answer;
  return {
    type: 'io.ai-assurance.drift-report.v1',
    source,
    id: itemId(`drift-report:${subject}:${answer.feature}:${nowMs}`),
    subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.drift',
      asked: `${answer.statistic} of ${
        features[answer.feature].metric
      } against ${reference.referenceId}`,
      windowStart: instantOf(verdict.facts.windowStartMs!),
      windowEnd: instantOf(verdict.facts.windowEndMs!),
      sampleCount: answer.currentCount,
      collector,
      collectedAt: instantOf(nowMs),
      expiresAt: instantOf(nowMs + lifetimeMs),
    },
    payload: {
      feature: answer.feature,
      statistic: 'psi',
      value: answer.value,
      warnLimit: answer.warnLimit,
      failLimit: answer.failLimit,
      falseAlarmRatio: answer.falseAlarmRatio,
      referenceId: reference.referenceId,
      referenceDigest: reference.histogramDigest,
      referenceCount: answer.referenceCount,
      currentCount: answer.currentCount,
      minimumCount: answer.minimumCount,
      boundaries: reference.boundaries,
      referenceBins: reference.bins,
      // Bins over other boundaries than these would be misread.
      currentBins:
        current && verdict.reason !== 'source-error' ? current.bins : [],
      status: verdict.status,
      reason: verdict.reason,
    },
  };
}
