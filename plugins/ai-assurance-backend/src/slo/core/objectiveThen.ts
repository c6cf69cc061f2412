import {
  inconclusive,
  Objective,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Envelope, PayloadOf } from '@ai-assurance/evidence';
import { wilson } from './interval';

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
  const { goodCount, totalCount, burnRates, budgetRemainingRatio } = payload;
  const corrected = payload.correctedBudgetRemainingRatio;
  // What corrections left out was not recorded, so that an interval can be told only where there were none.
  const interval =
    corrected === undefined ? wilson(goodCount, totalCount) : undefined;
  const shortest = [...burnRates].sort(
    (a, b) => a.longWindowMs - b.longWindowMs,
  )[0];
  return {
    sloName: payload.sloName,
    objectiveName: payload.objectiveName,
    description: declared?.description ?? '',
    objectiveRatio: payload.objectiveRatio,
    thresholdMs: payload.thresholdMs,
    windowMs: declared?.windowMs ?? (windowEndMs - windowStartMs || 0),
    goodCount,
    totalCount,
    attainmentRatio: payload.attainmentRatio,
    budgetRemainingRatio,
    burnRates,
    verdict,
    evaluatedAtMs: recorded.timeMs,
    budgetingMethod: payload.budgetingMethod,
    ...(facts.windowStartMs === undefined
      ? {}
      : { windowStartMs: facts.windowStartMs }),
    ...(facts.windowEndMs === undefined
      ? {}
      : { windowEndMs: facts.windowEndMs }),
    correctedBudgetRemainingRatio:
      corrected === undefined ? budgetRemainingRatio : corrected,
    ...(corrected === undefined
      ? {
          intervalLow: interval?.low ?? null,
          intervalHigh: interval?.high ?? null,
        }
      : {}),
    burnNow: shortest?.longBurn ?? null,
  };
}
