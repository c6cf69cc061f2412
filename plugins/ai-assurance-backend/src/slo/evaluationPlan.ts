import { ObjectiveSource } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { BurnPair, LowTrafficGuard } from './core/burnWindows';
import { Stretch } from './core/corrections';
import {
  Hour,
  hourMs,
  hourOf,
  lastCounted,
  noCounts,
  sumBefore,
} from './core/hours';
import { readingKey, sourceIdOf } from './core/indicatorKey';
import { sourceTitleOf } from './core/objectiveThen';
import { Reading, readingName } from './core/readings';
import { EventCounts, Indicator, SloDefinition } from './core/types';
import { Period } from './core/window';
import { CountOutcome } from './CountService';
import { NeededHours } from './HourMemory';
import { Series } from './SeriesStore';
import { StoredDocuments } from './SloStore';
import { FailingSource, KnownState } from './StatusStore';

/** Objectives that are evaluated together: few statements, and bounded memory. */
const objectivesTogether = 500;

/** One SLO with what its evaluation needs. */
export interface Plan {
  subject: string;
  definition: SloDefinition;
  period: Period;
  pairs: BurnPair[];
  guard: LowTrafficGuard;
  corrections: Stretch[];
  correctionCount: number;
  lines: Map<string, { total: Series | undefined; segments: Series[] }>;
}

export const objectiveCountOf = ({ definitions }: StoredDocuments): number =>
  definitions.reduce((sum, { objectives }) => sum + objectives.length, 0);

/** Documents in groups that are evaluated together. */
export function* chunksOf(
  all: StoredDocuments[],
): Generator<StoredDocuments[]> {
  let chunk: StoredDocuments[] = [];
  let count = 0;
  for (const one of all) {
    chunk.push(one);
    count += objectiveCountOf(one);
    if (count >= objectivesTogether) {
      yield chunk;
      chunk = [];
      count = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** Lines by subject and indicator. */
export function linesOf(series: Series[]): Map<string, Series[]> {
  const lines = new Map<string, Series[]>();
  for (const one of series) {
    const key = `${one.subject}\n${one.indicator}`;
    const own = lines.get(key);
    if (own) own.push(one);
    else lines.set(key, [one]);
  }
  return lines;
}

/** Where the numbers of an objective come from, and since when they do not. */
export function sourcesOf(
  indicators: Indicator[],
  failing: FailingSource[],
): ObjectiveSource[] {
  const sources = new Map<string, ObjectiveSource>();
  for (const { counter } of indicators) {
    const sourceId = sourceIdOf(counter);
    const away = failing.find(one => one.reading === readingKey(counter));
    const known = sources.get(sourceId);
    const sinceMs = Math.min(
      known?.failingSinceMs ?? Infinity,
      away?.failingSinceMs ?? Infinity,
    );
    sources.set(sourceId, {
      sourceId,
      title: sourceTitleOf(sourceId),
      failingSinceMs: Number.isFinite(sinceMs) ? sinceMs : null,
      problem: known?.problem ?? away?.problem ?? null,
    });
  }
  return [...sources.values()];
}

/** Sources that do not answer now, each since when it does not; one that nothing reads any more is none. */
export function failingSources(
  known: KnownState,
  { failures }: CountOutcome,
  readings: Reading[],
  nowMs: number,
): Map<string, FailingSource[]> {
  const failing = new Map<string, FailingSource[]>();
  for (const { subject } of readings) failing.set(subject, []);
  for (const { subject, readingKey: reading, problem } of failures) {
    const before = known.sources
      .get(subject)
      ?.find(one => one.reading === reading);
    failing.get(subject)!.push({
      subject,
      reading,
      failingSinceMs: before?.failingSinceMs ?? nowMs,
      problem,
    });
  }
  return failing;
}

/** The hours that hold either end of every window. */
export function hoursNeeded(
  plans: Plan[],
  readings: Reading[],
  endMs: number,
): NeededHours[] {
  const readingOf = new Map(
    readings.flatMap(({ subject, key, indicators }) =>
      indicators.map(indicator => [
        `${subject}\n${indicator.key}`,
        readingName(subject, key),
      ]),
    ),
  );
  const needed = new Map<number, NeededHours>();
  const need = (one: Series | undefined, instants: number[]) => {
    if (!one) return;
    const { seriesId, subject, indicator } = one;
    let own = needed.get(seriesId);
    if (!own) {
      const reading = readingOf.get(`${subject}\n${indicator}`)!;
      own = { reading, seriesId, hoursMs: new Set() };
      needed.set(seriesId, own);
    }
    for (const atMs of instants) own.hoursMs.add(hourOf(atMs));
  };
  for (const plan of plans) {
    const { period, pairs, corrections } = plan;
    const inRange = (atMs: number) => atMs > 0 && atMs < endMs;
    const instants = [
      endMs,
      period.startMs,
      ...pairs.flatMap(pair => [endMs - pair.longMs, endMs - pair.shortMs]),
      ...corrections.flatMap(({ fromMs, toMs }) =>
        [fromMs, toMs].filter(inRange),
      ),
    ];
    const shortestMs = Math.min(hourMs, ...pairs.map(pair => pair.longMs));
    for (const { total, segments } of plan.lines.values()) {
      need(total, instants);
      for (const segment of segments)
        need(segment, [
          endMs,
          period.startMs,
          Math.max(period.startMs, endMs - shortestMs),
        ]);
    }
  }
  return [...needed.values()];
}

/** Sums of lines. Objectives of one indicator ask for the same ones: each is told from its hour once. */
export class LineSums {
  readonly #hours: Map<number, Map<number, Hour>>;
  readonly #lines = new Map<number, (atMs: number) => EventCounts>();

  constructor(hours: Map<number, Map<number, Hour>>) {
    this.#hours = hours;
  }

  /** Tells the sum of everything before an instant whose hour was asked for. */
  of(line: Series | undefined): (atMs: number) => EventCounts {
    if (!line) return () => noCounts;
    const known = this.#lines.get(line.seriesId);
    if (known) return known;
    const hours = this.#hours.get(line.seriesId);
    const sums = new Map<number, EventCounts>();
    const sumAt = (atMs: number): EventCounts => {
      const told = sums.get(atMs);
      if (told) return told;
      const sum = sumBefore(hours?.get(hourOf(atMs)), atMs);
      sums.set(atMs, sum);
      return sum;
    };
    this.#lines.set(line.seriesId, sumAt);
    return sumAt;
  }

  /** Start of the newest minute that counted anything, if it lies in the last hour that did. */
  lastCountedMs(line: Series | undefined, endMs: number): number | undefined {
    const newest = line && this.#hours.get(line.seriesId)?.get(hourOf(endMs));
    return newest && lastCounted(newest, endMs);
  }
}
