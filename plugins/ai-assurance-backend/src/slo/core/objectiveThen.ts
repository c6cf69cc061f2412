import {
  inconclusive,
  BudgetBlock,
  Objective,
  ObjectiveSource,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Envelope, PayloadOf } from '@ai-assurance/evidence';
import { wilson } from './interval';
import { exhaustsInMs } from './objective';
import { minuteMs } from './hours';
import { sourceIdOf } from './indicatorKey';
import { BudgetWindow, ObjectiveDefinition } from './types';
import { Period, periodAt } from './window';

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
  /** Absent in what older releases kept. */
  window?: BudgetWindow;
  indicator?: ObjectiveDefinition['indicator'];
  parts?: ObjectiveDefinition['parts'];
}

/** What people call a source. */
export const sourceTitleOf = (sourceId: string): string =>
  sourceId === 'telemetry' ? 'Telemetry' : sourceId;

/** Whether a budget is spent, but for what sums of fractions lose. */
export const isSpent = (remainingRatio: number | null | undefined): boolean =>
  (remainingRatio ?? 1) <= 1e-9;

/** Sources of an objective, with what was recorded of those that did not answer. */
function sourcesThen(
  { indicator, parts = [] }: Declared,
  failing: RecordedStatus['payload']['failingSources'] = [],
): ObjectiveSource[] {
  const indicators = indicator ? [indicator] : parts.map(one => one.indicator);
  const ids = new Set(indicators.map(one => sourceIdOf(one.counter)));
  return [...ids].map(sourceId => {
    const away = failing.find(one => one.sourceId === sourceId);
    return {
      sourceId,
      title: sourceTitleOf(sourceId),
      failingSinceMs: away?.failingSinceMs ?? null,
      problem: away?.problem ?? null,
    };
  });
}

/** The policy as it was recorded; `undefined`: it was not recorded yet. */
function policyThen(
  payload: RecordedStatus['payload'],
): Objective['budgetPolicy'] {
  const { budgetPolicy: policy, budgetRemainingRatio } = payload;
  if (!policy) return policy;
  const leftRatio =
    payload.correctedBudgetRemainingRatio === undefined
      ? budgetRemainingRatio
      : payload.correctedBudgetRemainingRatio;
  return {
    policyId: policy.policyId,
    title: policy.title,
    // What a later release blocks besides was not known to this one.
    blocks: policy.blocks as BudgetBlock[],
    isInForce: isSpent(leftRatio),
  };
}

function partsThen(
  { parts }: Declared,
  recorded: RecordedStatus['payload']['parts'],
): Pick<Objective, 'parts'> {
  if (!parts || !recorded) return {};
  return {
    parts: parts.flatMap(({ name, weightRatio, objectiveRatio }) => {
      const own = recorded.find(one => one.name === name);
      if (!own) return [];
      const { goodCount, totalCount } = own;
      return [
        {
          name,
          weightRatio,
          objectiveRatio,
          goodCount,
          totalCount,
          attainmentRatio: totalCount > 0 ? goodCount / totalCount : null,
        },
      ];
    }),
  };
}

/** The period that was judged; `undefined` where the window was not kept. */
function periodThen(
  declared: Declared | undefined,
  evaluatedAtMs: number,
): { endMs: number; period: Period } | undefined {
  if (!declared?.window) return undefined;
  const endMs = Math.floor(evaluatedAtMs / minuteMs) * minuteMs;
  const isRolling = declared.window.kind === 'rolling';
  return {
    endMs,
    period: periodAt(declared.window, isRolling ? endMs : endMs - 1),
  };
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
    (payload.correctedTotalCount ?? payload.totalCount) < minimumEventCount;
  // It was judged by what corrections leave.
  const { correctedGoodCount: good, correctedTotalCount: total } = payload;
  const judgedRatio =
    good !== undefined && total !== undefined && total > 0
      ? good / total
      : payload.attainmentRatio;
  const facts: VerdictFacts = {
    ...(judgedRatio === null ? {} : { value: judgedRatio }),
    bound: payload.objectiveRatio,
    comparator: 'at-least',
    unit: 'ratio',
    sampleCount: total ?? payload.totalCount,
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
  // Older releases did not record what corrections left out: then an interval can be told only where there were none.
  const isCountedKnown =
    corrected === undefined || payload.correctedTotalCount !== undefined;
  const correctedGoodCount = payload.correctedGoodCount ?? goodCount;
  const correctedTotalCount = payload.correctedTotalCount ?? totalCount;
  const interval = isCountedKnown
    ? wilson(correctedGoodCount, correctedTotalCount)
    : undefined;
  const correctedLeft =
    corrected === undefined ? budgetRemainingRatio : corrected;
  const judged = periodThen(declared, recorded.timeMs);
  const shortest = [...burnRates].sort(
    (a, b) => a.longWindowMs - b.longWindowMs,
  )[0];
  const burnNow = shortest?.longBurn ?? null;
  return {
    sloName: payload.sloName,
    objectiveName: payload.objectiveName,
    description: declared?.description ?? '',
    objectiveRatio: payload.objectiveRatio,
    thresholdMs: payload.thresholdMs,
    windowMs: judged
      ? judged.period.endMs - judged.period.startMs
      : declared?.windowMs ?? (windowEndMs - windowStartMs || 0),
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
      : { windowEndMs: judged?.period.endMs ?? facts.windowEndMs }),
    correctedBudgetRemainingRatio: correctedLeft,
    ...(isCountedKnown
      ? {
          correctedGoodCount,
          correctedTotalCount,
          correctionCount: payload.correctionCount ?? 0,
          intervalLow: interval?.low ?? null,
          intervalHigh: interval?.high ?? null,
        }
      : {}),
    burnNow,
    ...(judged && declared?.window
      ? {
          windowKind: declared.window.kind,
          exhaustsInMs: exhaustsInMs({
            remainingRatio: correctedLeft ?? undefined,
            burnNow,
            windowMs: judged.period.endMs - judged.period.startMs,
            leftMs:
              declared.window.kind === 'calendar'
                ? judged.period.endMs - judged.endMs
                : undefined,
          }),
        }
      : {}),
    ...(payload.budgetPolicy === undefined
      ? {}
      : { budgetPolicy: policyThen(payload) }),
    ...(declared?.indicator || declared?.parts
      ? {
          sources: sourcesThen(declared, payload.failingSources),
          ...partsThen(declared, payload.parts),
        }
      : {}),
  };
}
