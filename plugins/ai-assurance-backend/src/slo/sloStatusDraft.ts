import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { sha256, toHex, utf8 } from '@ai-assurance/evidence';
import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';
import { durationInWords } from './core/duration';
import { Indicator } from './core/types';

/** Evidence that is not renewed is stale after this; it is renewed well before. */
const lifetimeMs = 15 * 60_000;

const longestId = 200;

/** The names themselves where they fit into an item id, else their hash: equal names give equal ids either way. */
function itemId(names: string): string {
  return names.length <= longestId
    ? names
    : `slo-status:${toHex(sha256(utf8(names)))}`;
}

/** The statement about one objective. Its id is fixed by subject, objective and time: a repeat adds nothing. */
export function sloStatusDraft(
  subject: string,
  objective: Objective,
  indicator: Indicator,
): EvidenceDraft<'io.ai-assurance.slo-status.v1'> {
  const nowMs = objective.evaluatedAtMs;
  const { verdict } = objective;
  const good =
    indicator.thresholdMs === undefined
      ? 'successful'
      : `successful within ${indicator.thresholdMs} ms`;
  return {
    type: 'io.ai-assurance.slo-status.v1',
    source: '/ai-assurance/slo',
    id: itemId(
      `slo-status:${subject}:${objective.sloName}:${objective.objectiveName}:${nowMs}`,
    ),
    subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.slo',
      asked: `share of ${
        indicator.metric
      } that is ${good}, over ${durationInWords(objective.windowMs)}`,
      windowStart: instantOf(verdict.facts.windowStartMs!),
      windowEnd: instantOf(verdict.facts.windowEndMs!),
      sampleCount: objective.totalCount,
      collector: { id: 'ai-assurance.slo', version: '1' },
      collectedAt: instantOf(nowMs),
      expiresAt: instantOf(nowMs + lifetimeMs),
    },
    payload: {
      sloName: objective.sloName,
      objectiveName: objective.objectiveName,
      objectiveRatio: objective.objectiveRatio,
      budgetingMethod: 'Occurrences',
      goodCount: objective.goodCount,
      totalCount: objective.totalCount,
      attainmentRatio: objective.attainmentRatio,
      budgetRemainingRatio: objective.budgetRemainingRatio,
      burnRates: objective.burnRates,
      ...(objective.thresholdMs === undefined
        ? {}
        : { thresholdMs: objective.thresholdMs }),
      status: verdict.status,
      reason: verdict.reason,
    },
  };
}
