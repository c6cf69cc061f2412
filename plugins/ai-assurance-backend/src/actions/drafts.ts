import { Envelope } from '@ai-assurance/evidence';
import {
  Objective,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';
import { ActionOrderRow } from './tables';

const source = '/ai-assurance/actions';
const sourceSystem = 'ai-assurance.actions';
const gateId = 'service-rollback';
const verdictLimit = 100;

function envelopeOf(row: ActionOrderRow, nowMs: number): Envelope {
  return {
    sourceSystem,
    collector: { id: sourceSystem, version: '1' },
    subjectVersion: row.from_version,
    ...(row.from_digest === null ? {} : { subjectDigest: row.from_digest }),
    collectedAt: instantOf(nowMs),
  };
}

/** The decision to roll back, on which verdicts, and whether it goes against them. */
export function decisionDraft(
  row: ActionOrderRow,
  objectives: Objective[],
  attemptNumber: number,
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.gate-decision.v1'> {
  const verdicts = objectives.slice(0, verdictLimit);
  const status =
    verdicts.length === 0
      ? 'inconclusive'
      : worstOf(verdicts.map(({ verdict }) => verdict.status));
  const worst = verdicts.find(({ verdict }) => verdict.status === status);
  // Taking a version back that keeps its objectives goes against what the verdicts say.
  const isOverride = status === 'pass';
  return {
    type: 'io.ai-assurance.gate-decision.v1',
    source,
    id: `gate-decision:${row.order_id}`,
    subject: row.subject,
    timeMs: nowMs,
    envelope: envelopeOf(row, nowMs),
    payload: {
      gateId,
      decision: 'roll-back',
      attemptNumber,
      releaseId: null,
      rolloutId: null,
      stageId: null,
      environment: null,
      version: row.from_version,
      digest: row.from_digest,
      decidedBy: row.ordered_by,
      isOverride,
      overrideReason: isOverride ? row.reason : null,
      verdicts: verdicts.map(objective => ({
        question: objective.sloName,
        status: objective.verdict.status,
        reason: objective.verdict.reason,
        evidenceId: objective.verdict.facts.evidenceId ?? null,
      })),
      policyId: null,
      policyDigest: null,
      status,
      reason: worst?.verdict.reason ?? 'no-data',
    },
  };
}

/** The order as it stands. `target` is an address without query. */
export function orderDraft(
  row: ActionOrderRow,
  target: string,
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.action-order.v1'> {
  return {
    type: 'io.ai-assurance.action-order.v1',
    source,
    id: `action-order:${row.order_id}:${row.state}`,
    subject: row.subject,
    timeMs: nowMs,
    envelope: envelopeOf(row, nowMs),
    payload: {
      orderId: row.order_id,
      action: 'rollback',
      state: row.state === 'sending' ? 'ordered' : row.state,
      target,
      fromVersion: row.from_version,
      fromDigest: row.from_digest,
      toVersion: row.to_version,
      trafficRatio: row.traffic_ratio,
      orderedBy: row.ordered_by,
      reason: row.reason,
      answerStatus: row.answer_status,
      answerCode: row.answer_code,
      ...(row.answer_reference === null
        ? {}
        : { answerReference: row.answer_reference }),
    },
  };
}
