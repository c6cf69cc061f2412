import { canonicalize, digestOf, utf8 } from '@ai-assurance/evidence';
import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';
import type { ObjectiveAlertChange } from './SloService';

/** Through JSON, since a member that is not there must not differ from one that is undefined. */
const digest = (value: unknown) =>
  digestOf(utf8(canonicalize(JSON.parse(JSON.stringify(value)))));

const finite = (value: number | null) =>
  value === null ? null : Math.max(0, value);

/** The statement that an alert began or ended. Its id is fixed by alert and turn: a repeat adds nothing. */
export function sloAlertDraft(
  { alert, signal, to, plan, objective }: ObjectiveAlertChange,
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.slo-alert.v1'> {
  const endMs = objective.verdict.facts.windowEndMs ?? nowMs;
  const longMs = signal.longMs || objective.windowMs;
  return {
    type: 'io.ai-assurance.slo-alert.v1',
    source: '/ai-assurance/slo',
    id: `slo-alert:${alert.alertId}:${to}`,
    subject: plan.subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.slo',
      windowStart: instantOf(endMs - longMs),
      windowEnd: instantOf(endMs),
      sampleCount: signal.longTotalCount,
      collector: { id: 'ai-assurance.slo', version: '1' },
      collectedAt: instantOf(nowMs),
    },
    payload: {
      alertId: alert.alertId,
      sloName: objective.sloName,
      objectiveName: objective.objectiveName,
      sloDigest: digest(plan.definition),
      objectiveRatio: objective.objectiveRatio,
      cause: alert.cause,
      severity: alert.severity,
      state: to,
      since: instantOf(alert.sinceMs),
      longWindowMs: signal.longMs,
      shortWindowMs: signal.shortMs,
      factor: signal.factor,
      longBurn: finite(signal.longBurn),
      shortBurn: finite(signal.shortBurn),
      longBadCount: signal.longBadCount,
      longTotalCount: signal.longTotalCount,
      minimumTotalCount: plan.guard.minimumEventCount,
      budgetRemainingRatio: objective.correctedBudgetRemainingRatio ?? null,
      windowsDigest: digest({ pairs: plan.pairs, guard: plan.guard }),
      status: objective.verdict.status,
      reason: objective.verdict.reason,
    },
  };
}
