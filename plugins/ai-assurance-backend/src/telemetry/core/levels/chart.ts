import { SeriesPoint } from '../../types';
import { hiddenCells } from '../suppression';
import { WindowValue } from '../windowValue';
import { Group, GroupPart } from './groups';
import { Headline, headlineOf, withExtremes } from './headline';

/** How a range is cut; see `stepsOfRange`. */
export interface Steps {
  fromMs: number;
  stepMs: number;
  stepCount: number;
}

interface Step {
  /** Of a row that fills the step by itself, where nothing had to be merged. */
  ready: Headline | undefined;
  merged: Group | undefined;
  /** Headlines of the rows within. */
  within: Headline[];
  /** Minutes that came as windows. */
  minutes: Map<number, Group>;
}

const inMs = (seconds: number) =>
  Number.isNaN(seconds) ? null : seconds * 1000;

/** Nothing counted: no traffic is known to be none, and has no latency. */
const emptyPoint = (startMs: number): SeriesPoint => ({
  startMs,
  count: 0,
  errorCount: 0,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  p95LowMs: null,
  p95HighMs: null,
});

/** A point of which nothing may be said. */
export const hiddenPoint = (startMs: number): SeriesPoint => ({
  ...emptyPoint(startMs),
  count: null,
  errorCount: null,
});

function pointOf(startMs: number, headline: Headline): SeriesPoint {
  return {
    startMs,
    // Weighted by sampling, a count may be a fraction.
    count: Math.round(headline.count),
    errorCount: Math.round(headline.errorCount),
    p50Ms: inMs(headline.p50),
    p95Ms: inMs(headline.p95),
    p99Ms: inMs(headline.p99),
    p95LowMs: inMs(headline.p95Low),
    p95HighMs: inMs(headline.p95High),
  };
}

/** The steps of one line of a chart. */
class Line {
  readonly #steps: Steps;
  readonly #sums: (Step | undefined)[];

  constructor(steps: Steps) {
    this.#steps = steps;
    this.#sums = new Array(steps.stepCount).fill(undefined);
  }

  #at(startMs: number): Step | undefined {
    const i = Math.floor((startMs - this.#steps.fromMs) / this.#steps.stepMs);
    if (i < 0 || i >= this.#sums.length) return undefined;
    let step = this.#sums[i];
    if (!step) {
      step = {
        ready: undefined,
        merged: undefined,
        within: [],
        minutes: new Map(),
      };
      this.#sums[i] = step;
    }
    return step;
  }

  addReady(startMs: number, headline: Headline): void {
    const step = this.#at(startMs);
    if (step) step.ready = headline;
  }

  addParts(
    startMs: number,
    parts: GroupPart[],
    headline: Headline | undefined,
  ): void {
    const step = this.#at(startMs);
    if (!step) return;
    step.merged ??= new Group();
    for (const part of parts) step.merged.join(startMs, part);
    if (headline) step.within.push(headline);
  }

  /** Whether the step was given ready, so that nothing can be merged into it. */
  isReadyAt(startMs: number): boolean {
    return this.#at(startMs)?.ready !== undefined;
  }

  addValue(startMs: number, value: WindowValue, outcome: 'ok' | 'error'): void {
    const step = this.#at(startMs);
    if (!step) return;
    step.merged ??= new Group();
    step.merged.add(startMs, value, outcome);
    const minute = step.minutes.get(startMs) ?? new Group();
    step.minutes.set(startMs, minute);
    minute.add(startMs, value, outcome);
  }

  /** `undefined` where nothing was counted. */
  headlines(): (Headline | undefined)[] {
    return this.#sums.map(step => {
      if (!step) return undefined;
      if (!step.merged) return step.ready;
      const headline = headlineOf(step.merged);
      if (headline.count === 0) return undefined;
      return withExtremes(headline, [
        ...step.within,
        ...[...step.minutes.values()].map(headlineOf),
      ]);
    });
  }
}

const known = (value: number | undefined) =>
  value === undefined || Number.isNaN(value) ? undefined : value;

/** What a chart shows of one group. */
export interface ChartGroup {
  key: string | null;
  isSuppressed: boolean;
  points: SeriesPoint[];
}

/** Collects rows and windows of a duration metric (in seconds) into the points of a chart, of the whole and of groups. */
export class Chart {
  readonly #steps: Steps;
  readonly total: Line;
  readonly #groups = new Map<string | null, Line>();

  constructor(steps: Steps) {
    this.#steps = steps;
    this.total = new Line(steps);
  }

  group(key: string | null): Line {
    let line = this.#groups.get(key);
    if (!line) {
      line = new Line(this.#steps);
      this.#groups.set(key, line);
    }
    return line;
  }

  /** `minimumOf` says how many devices a group must have; `null` is asked about the whole. */
  read(minimumOf: (key: string | null) => number): {
    points: SeriesPoint[];
    groups: ChartGroup[];
    errorBoundRatio: number | undefined;
  } {
    const { fromMs, stepMs } = this.#steps;
    const total = this.total.headlines();
    const keys = [...this.#groups.keys()];
    const lines = keys.map(key => this.#groups.get(key)!.headlines());
    const groups: ChartGroup[] = keys.map(key => ({
      key,
      isSuppressed: false,
      points: [],
    }));
    let errorBoundRatio: number | undefined;
    const points = total.map((headline, i) => {
      const startMs = fromMs + i * stepMs;
      const cells = lines.map((line, at) => ({
        count: line[i]?.count ?? 0,
        deviceCount: known(line[i]?.deviceCount),
        minimum: minimumOf(keys[at]),
      }));
      const hidden = hiddenCells(cells, [cells.map((_, at) => at)]);
      groups.forEach((group, at) => {
        const own = lines[at][i];
        if (hidden.has(at)) {
          group.isSuppressed = true;
          group.points.push(hiddenPoint(startMs));
        } else {
          group.points.push({
            ...(own ? pointOf(startMs, own) : emptyPoint(startMs)),
            p95LowMs: null,
            p95HighMs: null,
          });
        }
      });
      if (!headline) return emptyPoint(startMs);
      if ((known(headline.deviceCount) ?? Infinity) < minimumOf(null))
        return hiddenPoint(startMs);
      errorBoundRatio = Math.max(
        errorBoundRatio ?? 0,
        headline.errorBoundRatio,
      );
      return pointOf(startMs, headline);
    });
    const countOf = (group: ChartGroup) =>
      group.points.reduce((sum, point) => sum + (point.count ?? 0), 0);
    return {
      points,
      groups: groups
        .map(group => ({ group, count: countOf(group) }))
        .sort((a, b) => b.count - a.count)
        .map(({ group }) => group),
      errorBoundRatio,
    };
  }
}
