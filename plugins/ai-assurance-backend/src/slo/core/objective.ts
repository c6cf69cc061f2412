import {
  inconclusive,
  Objective,
  ObjectiveSegment,
  ObjectiveSource,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AlertSignal } from './alerts';
import { budget } from './budget';
import { BurnPair, LowTrafficGuard } from './burnWindows';
import { compositeCounts } from './composite';
import { SegmentName } from './countWindows';
import { countsWithout, coveredMs, Stretch } from './corrections';
import { hourMs, minuteMs, noCounts } from './hours';
import { wilson } from './interval';
import {
  BurnState,
  judgeObjective,
  shortestLongMs,
  signalLostAfterMs,
} from './judgeObjective';
import { SegmentCell, SegmentDevices, shownSegments } from './segments';
import {
  countsEvents,
  EventCounts,
  Indicator,
  ObjectiveDefinition,
  SloDefinition,
} from './types';
import { Period } from './window';

/** What was counted of one indicator. */
export interface Line {
  /** The sum of everything before an instant on a whole minute. */
  sumAt(atMs: number): EventCounts;
  /** Start of the newest minute that counted anything. */
  lastCountedMs: number | undefined;
  segments: (SegmentName & {
    devices: SegmentDevices;
    sumAt(atMs: number): EventCounts;
  })[];
}

export interface EvaluationInput {
  definition: SloDefinition;
  objective: ObjectiveDefinition;
  nowMs: number;
  /** Everything before it was counted; on a whole minute. */
  endMs: number;
  period: Period;
  pairs: BurnPair[];
  guard: LowTrafficGuard;
  lineOf(indicator: Indicator): Line;
  /** Joined, on whole minutes. */
  corrections: Stretch[];
  correctionCount: number;
  sources: ObjectiveSource[];
  /** The window reaches further back than a source keeps anything. */
  isBeyondRetention: boolean;
}

export interface Evaluation {
  objective: Objective;
  signals: AlertSignal[];
}

const mostSegments = 50;
/** Sums of fractions differ in their last digits; a count that is one too high does not. */
const slack = 1e-6;
const timeGuard: LowTrafficGuard = { minimumEventCount: 1, minimumBadCount: 1 };

const clamped = (ratio: number | undefined) =>
  ratio === undefined ? null : Math.min(1, Math.max(0, ratio));
/** Never above untouched, whatever a source says. */
const left = (ratio: number | undefined) =>
  ratio === undefined ? null : Math.min(1, ratio);
const rounded = ({ goodCount, totalCount }: EventCounts) => {
  const total = Math.round(totalCount);
  return {
    goodCount: Math.min(total, Math.max(0, Math.round(goodCount))),
    totalCount: total,
  };
};
const isAbsurd = ({ goodCount, totalCount }: EventCounts) =>
  goodCount > totalCount + slack * Math.max(1, totalCount) ||
  goodCount < -slack;

/** Counts of an objective over any range, with and without what corrections leave out. */
function counter(input: EvaluationInput) {
  const { objective, lineOf, corrections } = input;
  const { indicator, parts } = objective;
  const of = (range: Stretch, stretches: Stretch[]): EventCounts => {
    if (range.fromMs >= range.toMs) return noCounts;
    if (indicator)
      return countsWithout(range, stretches, lineOf(indicator).sumAt);
    return compositeCounts(
      (parts ?? []).map(part => ({
        weightRatio: part.weightRatio,
        counts: countsWithout(range, stretches, lineOf(part.indicator).sumAt),
      })),
    );
  };
  return {
    raw: (range: Stretch) => of(range, []),
    corrected: (range: Stretch) => of(range, corrections),
  };
}

function indicatorsOfObjective({ indicator, parts }: ObjectiveDefinition) {
  return indicator ? [indicator] : (parts ?? []).map(part => part.indicator);
}

function newest(lines: Line[]): number | undefined {
  // All parts have to speak: the one that has been silent longest counts.
  const all = lines.map(line => line.lastCountedMs);
  return all.includes(undefined) ? undefined : Math.min(...(all as number[]));
}

/** Until the budget is spent at the burn rate of now; `null`: not at this rate, or unknown. */
export function exhaustsInMs(input: {
  remainingRatio: number | undefined;
  burnNow: number | null;
  windowMs: number;
  /** Of a calendar window, until its end. */
  leftMs: number | undefined;
}): number | null {
  const { remainingRatio, burnNow, windowMs, leftMs } = input;
  if (remainingRatio === undefined) return null;
  if (remainingRatio <= 0) return 0;
  if (burnNow === null || burnNow <= 0) return null;
  // At a burn rate of 1 or less a rolling window loses as much of what was bad as comes new.
  if (leftMs === undefined && burnNow <= 1) return null;
  const inMs = Math.round((remainingRatio * windowMs) / burnNow);
  return leftMs !== undefined && inMs > leftMs ? null : inMs;
}

const nameOf = ({ version, cohort, environment }: ObjectiveSegment) =>
  JSON.stringify([version, cohort, environment]);

function segmentsOf(
  input: EvaluationInput,
  sliceCount: number | undefined,
): ObjectiveSegment[] {
  const { objective, period, endMs, pairs } = input;
  if (!objective.indicator) return [];
  const line = input.lineOf(objective.indicator);
  const shortestMs = shortestLongMs(pairs);
  const { objectiveRatio } = objective;
  const all = line.segments.flatMap((segment): SegmentCell[] => {
    const range = { fromMs: period.startMs, toMs: endMs };
    const counts = countsWithout(range, [], segment.sumAt);
    if (counts.totalCount <= 0) return [];
    const recent = countsWithout(
      { fromMs: Math.max(period.startMs, endMs - shortestMs), toMs: endMs },
      [],
      segment.sumAt,
    );
    const spent = budget(counts, objectiveRatio, sliceCount);
    const interval = wilson(counts.goodCount, counts.totalCount);
    return [
      {
        devices: segment.devices,
        segment: {
          version: segment.version,
          cohort: segment.cohort,
          environment: segment.environment,
          ...rounded(counts),
          attainmentRatio: clamped(spent.attainmentRatio),
          intervalLow: interval?.low ?? null,
          intervalHigh: interval?.high ?? null,
          budgetRemainingRatio: left(spent.remainingRatio),
          burn:
            recent.totalCount > 0
              ? Math.max(0, recent.totalCount - recent.goodCount) /
                recent.totalCount /
                (1 - objectiveRatio)
              : null,
        },
      },
    ];
  });
  return shownSegments(all)
    .sort(
      (a, b) =>
        (b.burn ?? -1) - (a.burn ?? -1) ||
        (a.attainmentRatio ?? 2) - (b.attainmentRatio ?? 2) ||
        b.totalCount - a.totalCount ||
        // Of those that say nothing not even the order tells anything.
        (nameOf(a) < nameOf(b) ? -1 : 1),
    )
    .slice(0, mostSegments);
}

function burnSignals(
  input: EvaluationInput,
  burns: (BurnState & { long: EventCounts })[],
  isTold: boolean,
): AlertSignal[] {
  const { endMs, corrections } = input;
  return burns.map(burn => {
    const badCount = Math.max(0, burn.long.totalCount - burn.long.goodCount);
    // While time is left out nothing is told: an alert neither begins nor ends.
    const isLeftOut =
      coveredMs({ fromMs: endMs - minuteMs, toMs: endMs }, corrections) > 0;
    return {
      cause: 'burn-rate' as const,
      severity: burn.severity,
      longMs: burn.longMs,
      shortMs: burn.shortMs,
      factor: burn.factor,
      longBurn: burn.longBurn ?? null,
      shortBurn: burn.shortBurn ?? null,
      longBadCount: Math.round(badCount),
      longTotalCount: Math.round(burn.long.totalCount),
      isBad: isTold && !isLeftOut ? burn.isFiring : undefined,
      alertAfterMs: burn.alertAfterMs ?? 0,
      quietForMs: Math.min(burn.shortMs, hourMs),
    };
  });
}

function otherSignal(
  cause: 'signal-lost' | 'data-quality',
  isBad: boolean | undefined,
  longMs: number,
): AlertSignal {
  return {
    cause,
    severity: 'ticket',
    longMs,
    shortMs: 0,
    factor: 1,
    longBurn: null,
    shortBurn: null,
    longBadCount: 0,
    longTotalCount: 0,
    isBad,
    alertAfterMs: 0,
    quietForMs: 0,
  };
}

/** Judges one objective by what was counted up to `endMs`, and says what its alerts have to look at. */
export function evaluateObjective(input: EvaluationInput): Evaluation {
  const { definition, objective, period, endMs, nowMs, pairs } = input;
  const { objectiveRatio } = objective;
  const indicators = indicatorsOfObjective(objective);
  const lines = indicators.map(input.lineOf);
  const counts = counter(input);
  const range = { fromMs: period.startMs, toMs: endMs };
  const raw = counts.raw(range);
  const corrected = counts.corrected(range);
  const windowMs = period.endMs - period.startMs;
  const slicing = objective.indicator?.slicing;
  const sliceCountOf = (leftOutMs: number) =>
    slicing && Math.max(1, (windowMs - leftOutMs) / slicing.sliceMs);
  const isOfEvents = indicators.every(countsEvents);
  const guard = isOfEvents ? input.guard : timeGuard;
  const withCounts = pairs.map(pair => ({
    ...pair,
    long: counts.corrected({ fromMs: endMs - pair.longMs, toMs: endMs }),
    short: counts.corrected({ fromMs: endMs - pair.shortMs, toMs: endMs }),
  }));
  const isAway = input.sources.some(source => source.failingSinceMs !== null);
  const isWrong =
    isAbsurd(raw) ||
    withCounts.some(pair => isAbsurd(pair.long) || isAbsurd(pair.short));
  const isUnreliable = isWrong || input.isBeyondRetention;
  const lastCountedMs = newest(lines);
  const judged = judgeObjective({
    objectiveRatio,
    windowStartMs: period.startMs,
    windowEndMs: endMs,
    counts: corrected,
    sliceCount: sliceCountOf(
      coveredMs(
        { fromMs: period.startMs, toMs: period.endMs },
        input.corrections,
      ),
    ),
    isUnreliable,
    lastCountedMs,
    pairs: withCounts,
    guard,
  });
  const rawLeft = budget(raw, objectiveRatio, sliceCountOf(0));
  const interval = wilson(corrected.goodCount, corrected.totalCount);
  const shortest = [...judged.burns].sort((a, b) => a.longMs - b.longMs)[0];
  const burnNow = shortest?.longBurn ?? null;
  const isCalendar = definition.window.kind === 'calendar';

  const lostAfterMs = signalLostAfterMs(pairs);
  const awaySinceMs = Math.min(
    ...input.sources.map(source => source.failingSinceMs ?? Infinity),
  );
  const isLost = (() => {
    if (isAway) return nowMs - awaySinceMs >= lostAfterMs ? true : undefined;
    if (raw.totalCount <= 0) return lastCountedMs === undefined ? false : true;
    return (
      endMs - ((lastCountedMs ?? period.startMs) + minuteMs) >= lostAfterMs
    );
  })();

  return {
    objective: {
      sloName: definition.sloName,
      objectiveName: objective.objectiveName,
      description: objective.description,
      objectiveRatio,
      ...(objective.indicator?.counter.kind === 'telemetry-events' &&
      objective.indicator.counter.thresholdMs !== undefined
        ? { thresholdMs: objective.indicator.counter.thresholdMs }
        : {}),
      windowMs,
      ...rounded(raw),
      attainmentRatio: clamped(rawLeft.attainmentRatio),
      budgetRemainingRatio: left(rawLeft.remainingRatio),
      burnRates: judged.burns.map(burn => ({
        severity: burn.severity,
        longWindowMs: burn.longMs,
        shortWindowMs: burn.shortMs,
        factor: burn.factor,
        longBurn: burn.longBurn ?? null,
        shortBurn: burn.shortBurn ?? null,
        firing: burn.isFiring,
      })),
      // What was counted before the source failed is shown, but nothing is concluded from it.
      verdict: isAway
        ? inconclusive('source-error', judged.verdict.facts)
        : judged.verdict,
      evaluatedAtMs: nowMs,
      budgetingMethod: definition.budgetingMethod,
      windowKind: definition.window.kind,
      windowStartMs: period.startMs,
      windowEndMs: period.endMs,
      correctedGoodCount: rounded(corrected).goodCount,
      correctedTotalCount: rounded(corrected).totalCount,
      correctedBudgetRemainingRatio: left(judged.budgetRemainingRatio),
      correctionCount: input.correctionCount,
      intervalLow: interval?.low ?? null,
      intervalHigh: interval?.high ?? null,
      burnNow,
      exhaustsInMs: exhaustsInMs({
        remainingRatio: judged.budgetRemainingRatio,
        burnNow,
        windowMs,
        leftMs: isCalendar ? period.endMs - endMs : undefined,
      }),
      segments: segmentsOf(input, sliceCountOf(0)),
      sources: input.sources,
      ...(objective.parts
        ? {
            parts: objective.parts.map(part => {
              const own = countsWithout(
                range,
                input.corrections,
                input.lineOf(part.indicator).sumAt,
              );
              return {
                name: part.name,
                weightRatio: part.weightRatio,
                objectiveRatio: part.objectiveRatio,
                ...rounded(own),
                attainmentRatio: clamped(
                  own.totalCount > 0
                    ? own.goodCount / own.totalCount
                    : undefined,
                ),
              };
            }),
          }
        : {}),
    },
    signals: [
      ...burnSignals(
        input,
        judged.burns.map((burn, i) => ({ ...burn, long: withCounts[i].long })),
        !isAway && !isUnreliable,
      ),
      otherSignal('signal-lost', isLost, lostAfterMs),
      otherSignal('data-quality', isAway ? undefined : isUnreliable, 0),
    ],
  };
}
