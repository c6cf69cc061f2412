import {
  inconclusive,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { budget } from './budget';
import { burnRate } from './burnRate';
import { BurnPair, isUrgent, LowTrafficGuard } from './burnWindows';
import { hourMs } from './hours';
import { EventCounts, Operator } from './types';

export interface BurnState extends BurnPair {
  /** `undefined`: no event was counted in that window. */
  longBurn: number | undefined;
  shortBurn: number | undefined;
  isFiring: boolean;
  /** Both windows burn too fast, but the long one holds too few events to be sure. */
  isTooFewToTell: boolean;
}

export interface ObjectiveInput {
  objectiveRatio: number;
  /** Half-open. */
  windowStartMs: number;
  windowEndMs: number;
  /** Over the whole window, without what corrections leave out. */
  counts: EventCounts;
  /** Slices in the whole window, where the budget is one of time. */
  sliceCount?: number;
  /** The numbers contradict themselves or cannot be whole: nothing is concluded from them. */
  isUnreliable?: boolean;
  /** Start of the newest minute with an event; `undefined` when there is none in the window. */
  lastCountedMs: number | undefined;
  pairs: (BurnPair & { long: EventCounts; short: EventCounts })[];
  guard: LowTrafficGuard;
}

export interface ObjectiveJudgement {
  attainmentRatio: number | undefined;
  budgetRemainingRatio: number | undefined;
  burns: BurnState[];
  verdict: Verdict;
}

/** Length of the shortest long window: what a burn rate of now is about, an hour at most. */
export function shortestLongMs(pairs: BurnPair[]): number {
  return Math.min(hourMs, ...pairs.map(pair => pair.longMs));
}

const shortestSilenceMs = 15 * 60_000;

/**
 * After how much silence the signal counts as lost: no event in the shortest long window, which then can no longer be
 * judged, and at least 15 minutes.
 */
export function signalLostAfterMs(pairs: BurnPair[]): number {
  return Math.max(
    shortestSilenceMs,
    ...(pairs.length ? [Math.min(...pairs.map(pair => pair.longMs))] : []),
  );
}

function burnOf(counts: EventCounts, objectiveRatio: number) {
  return burnRate({
    badCount: counts.totalCount - counts.goodCount,
    totalCount: counts.totalCount,
    objectiveRatio,
  });
}

// 0.1 / (1 - 0.95) is 1.9999999999999982: whether two rates are equal is not for their last bit to say.
const dust = 1e-9;

function holds(value: number, op: Operator, bound: number): boolean {
  const slack = dust * Math.max(1, Math.abs(bound));
  if (op === 'lt') return value < bound - slack;
  if (op === 'lte') return value <= bound + slack;
  return op === 'gte' ? value >= bound - slack : value > bound + slack;
}

function burnState(
  pair: ObjectiveInput['pairs'][number],
  objectiveRatio: number,
  guard: LowTrafficGuard,
): BurnState {
  const { long, short, ...windows } = pair;
  const longBurn = burnOf(long, objectiveRatio);
  const shortBurn = burnOf(short, objectiveRatio);
  const isTooFast =
    longBurn !== undefined &&
    shortBurn !== undefined &&
    holds(longBurn, pair.op ?? 'gt', pair.factor) &&
    holds(shortBurn, pair.op ?? 'gt', pair.factor);
  const isEnough =
    long.totalCount >= guard.minimumEventCount &&
    long.totalCount - long.goodCount >= guard.minimumBadCount;
  return {
    ...windows,
    longBurn,
    shortBurn,
    isFiring: isTooFast && isEnough,
    isTooFewToTell: isTooFast && !isEnough,
  };
}

/**
 * Judges one objective: fail when the budget is exhausted or a page window fires, warn when a ticket window fires.
 * Nothing counted, too little counted or a lost signal is inconclusive. An exhausted budget and a firing page stay a
 * fail when the signal is lost, since fail is worse.
 */
export function judgeObjective(input: ObjectiveInput): ObjectiveJudgement {
  const { counts, guard, objectiveRatio } = input;
  const { attainmentRatio, remainingRatio, isExhausted } = budget(
    counts,
    objectiveRatio,
    input.sliceCount,
  );
  const burns = input.pairs.map(pair => burnState(pair, objectiveRatio, guard));
  const facts: VerdictFacts = {
    ...(attainmentRatio === undefined ? {} : { value: attainmentRatio }),
    bound: objectiveRatio,
    comparator: 'at-least',
    unit: 'ratio',
    sampleCount: Math.round(counts.totalCount),
    windowStartMs: input.windowStartMs,
    windowEndMs: input.windowEndMs,
  };
  const verdict = (): Verdict => {
    if (input.isUnreliable) return inconclusive('source-error', facts);
    if (counts.totalCount === 0) return inconclusive('no-data', facts);
    if (counts.totalCount < guard.minimumEventCount) {
      return inconclusive('insufficient-sample', {
        ...facts,
        sampleCountNeeded: guard.minimumEventCount,
      });
    }
    if (isExhausted)
      return { status: 'fail', reason: 'budget-exhausted', facts };
    if (burns.some(burn => isUrgent(burn.severity) && burn.isFiring)) {
      return { status: 'fail', reason: 'burning-fast', facts };
    }
    if (burns.some(burn => burn.isTooFewToTell)) {
      return inconclusive('insufficient-sample', facts);
    }
    const silentSinceMs = (input.lastCountedMs ?? input.windowStartMs) + 60_000;
    if (input.windowEndMs - silentSinceMs >= signalLostAfterMs(input.pairs)) {
      return inconclusive('stale', facts);
    }
    if (burns.some(burn => burn.isFiring)) {
      return { status: 'warn', reason: 'burning-slowly', facts };
    }
    return { status: 'pass', reason: 'within-budget', facts };
  };
  return {
    attainmentRatio,
    budgetRemainingRatio: remainingRatio,
    burns,
    verdict: verdict(),
  };
}
