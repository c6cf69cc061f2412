import {
  inconclusive,
  Objective,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Envelope, PayloadOf } from '@ai-assurance/evidence';

/** A status as the ledger has it. */
export interface RecordedStatus {
  evidenceId: string;
  timeMs: number;
  expiresAtMs: number | undefined;
  envelope: Envelope;
  payload: PayloadOf<'io.ai-assurance.slo-status.v1'>;
}

/** What was declared about the objective then; `undefined` when that was not kept. */
export interface Declared {
  sloName: string;
  objectiveName: string;
  description: string;
  objectiveRatio: number;
  thresholdMs: number | undefined;
  windowMs: number;
}

/** An objective of which every status that was known then was redacted since: declared, and no more to be told. */
export function objectiveUntold(declared: Declared, atMs: number): Objective {
  return {
    sloName: declared.sloName,
    objectiveName: declared.objectiveName,
    description: declared.description,
    objectiveRatio: declared.objectiveRatio,
    thresholdMs: declared.thresholdMs,
    windowMs: declared.windowMs,
    goodCount: 0,
    totalCount: 0,
    attainmentRatio: null,
    budgetRemainingRatio: null,
    burnRates: [],
    verdict: inconclusive('suppressed'),
    evaluatedAtMs: atMs,
  };
}

/**
 * An objective as a page showed it at an instant, told from the status that was recorded last. A status past its expiry
 * says nothing about that instant any more: it is stale, whatever it said.
 */
export function objectiveThen(
  { payload, envelope, ...recorded }: RecordedStatus,
  declared: Declared | undefined,
  minimumEventCount: number,
  atMs: number,
): Objective {
  const windowStartMs = Date.parse(envelope.windowStart ?? '');
  const windowEndMs = Date.parse(envelope.windowEnd ?? '');
  const isTooFew =
    payload.reason === 'insufficient-sample' &&
    payload.totalCount < minimumEventCount;
  const facts: VerdictFacts = {
    ...(payload.attainmentRatio === null
      ? {}
      : { value: payload.attainmentRatio }),
    bound: payload.objectiveRatio,
    comparator: 'at-least',
    unit: 'ratio',
    sampleCount: payload.totalCount,
    ...(Number.isNaN(windowStartMs) ? {} : { windowStartMs }),
    ...(Number.isNaN(windowEndMs) ? {} : { windowEndMs }),
    ...(isTooFew ? { sampleCountNeeded: minimumEventCount } : {}),
    evidenceId: recorded.evidenceId,
  };
  const isStale =
    recorded.expiresAtMs !== undefined && recorded.expiresAtMs <= atMs;
  const verdict: Verdict = isStale
    ? inconclusive('stale', facts)
    : { status: payload.status, reason: payload.reason, facts };
  return {
    sloName: payload.sloName,
    objectiveName: payload.objectiveName,
    description: declared?.description ?? '',
    objectiveRatio: payload.objectiveRatio,
    thresholdMs: payload.thresholdMs,
    windowMs: declared?.windowMs ?? (windowEndMs - windowStartMs || 0),
    goodCount: payload.goodCount,
    totalCount: payload.totalCount,
    attainmentRatio: payload.attainmentRatio,
    budgetRemainingRatio: payload.budgetRemainingRatio,
    burnRates: payload.burnRates,
    verdict,
    evaluatedAtMs: recorded.timeMs,
  };
}
