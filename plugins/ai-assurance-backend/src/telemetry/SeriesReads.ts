import { Clock } from '../platform';
import { Chart, Steps } from './core/levels/chart';
import { countOf, GroupPart, readGroups } from './core/levels/groups';
import { readHeadline } from './core/levels/headline';
import {
  LEVEL_MS,
  levelOfStep,
  LEVELS,
  Piece,
  piecesOf,
  SPAN_MS,
  spanOfStep,
  SPANS,
  stepsOfRange,
} from './core/levels/level';
import { eachSegment, readMembers } from './core/levels/segments';
import { bandsOf } from './core/versionBands';
import { LevelColumn, LevelReads, SegmentLabels } from './LevelReads';
import { DURATION_METRICS } from './LevelStore';
import { Retention } from './settings';
import { SeriesAnswer, SeriesRange, VersionBandsAnswer } from './types';

/** How many devices a cohort’s group must have to be shown; of no cohort, the least of all. */
export type MinimumOf = (cohort: string | null) => number;

export const EMBEDDED = 'embedded';

const maxGroups = 100;

/** What is asked of a duration metric. */
interface Question {
  subject: string;
  range: SeriesRange;
  by?: 'version' | 'cohort';
  cohort?: string;
}

interface Asked extends Question {
  streamId: number;
  steps: Steps;
}

/** Charts from the embedded windows, each from the coarsest level that holds its steps exactly. */
export class SeriesReads {
  readonly #levels: LevelReads;
  readonly #clock: Clock | undefined;
  readonly #retention: Retention | undefined;

  constructor(deps: {
    levels: LevelReads;
    /** Without them nothing is known to be past its retention. */
    clock?: Clock;
    retention?: Retention;
  }) {
    this.#levels = deps.levels;
    this.#clock = deps.clock;
    this.#retention = deps.retention;
  }

  async series(
    question: Question,
    minimumOf: MinimumOf,
  ): Promise<Extract<SeriesAnswer, { state: 'ready' }>> {
    const { chart, steps } = await this.#chart(question);
    const level = levelOfStep(steps.stepMs);
    const { points, groups, errorBoundRatio } = chart.read(key =>
      question.by === 'cohort'
        ? minimumOf(key)
        : minimumOf(question.cohort ?? null),
    );
    return {
      state: 'ready',
      source: EMBEDDED,
      fromMs: steps.fromMs,
      toMs: steps.fromMs + steps.stepCount * steps.stepMs,
      stepMs: steps.stepMs,
      level,
      isWhole: steps.fromMs >= this.#keptFromMs(steps.stepMs),
      errorBoundRatio,
      points,
      groups: question.by ? groups.slice(0, maxGroups) : [],
    };
  }

  async versionBands(
    subject: string,
    range: SeriesRange,
  ): Promise<Extract<VersionBandsAnswer, { state: 'ready' }>> {
    const steps = this.#stepsOf(range);
    const counts = new Map<
      string,
      { version: string; digest: string | undefined; counts: number[] }
    >();
    const add = (labels: SegmentLabels, startMs: number, count: number) => {
      const i = Math.floor((startMs - steps.fromMs) / steps.stepMs);
      if (i < 0 || i >= steps.stepCount) return;
      const { version, digest } = labels;
      const key = `${version}|${digest ?? ''}`;
      let known = counts.get(key);
      if (!known) {
        known = {
          version,
          digest,
          counts: new Array(steps.stepCount).fill(0),
        };
        counts.set(key, known);
      }
      known.counts[i] += count;
    };
    for (const metric of DURATION_METRICS) {
      const streamId = await this.#levels.streamOf(subject, metric);
      if (streamId === undefined) continue;
      const pieces = piecesOf(
        steps.fromMs,
        range.toMs,
        spanOfStep(steps.stepMs),
        SPANS,
      );
      const read = await this.#levels.read(
        streamId,
        pieces.map(piece => ({ piece, columns: ['versions'] })),
      );
      const groups = read.rows.map(row => ({
        startMs: row.startMs,
        parts: readGroups(row.versions!),
      }));
      const labels = await this.#levels.labelsOf(streamId, [
        ...groups.flatMap(({ parts }) => parts.map(part => part.seriesId)),
        ...read.windows.map(window => window.seriesId),
      ]);
      for (const { startMs, parts } of groups)
        for (const part of parts)
          add(
            labels.get(part.seriesId)!,
            startMs,
            part.values.reduce((sum, value) => sum + countOf(value), 0),
          );
      for (const window of read.windows)
        add(
          labels.get(window.seriesId)!,
          window.startMs,
          countOf(window.value),
        );
      if (counts.size > 0) break;
    }
    return {
      state: 'ready',
      source: EMBEDDED,
      ...bandsOf(steps, [...counts.values()]),
    };
  }

  /** Start of what the level of such steps still holds. */
  #keptFromMs(stepMs: number): number {
    if (!this.#clock || !this.#retention) return Number.NEGATIVE_INFINITY;
    return this.#clock.nowMs() - this.#retention[levelOfStep(stepMs)];
  }

  /** The steps of a range; unless asked for, no finer ones than are still held for all of it. */
  #stepsOf(range: SeriesRange): Steps {
    const { fromMs, toMs, stepMs } = range;
    const steps = stepsOfRange(fromMs, toMs, stepMs);
    if (stepMs !== undefined) return steps;
    const level = LEVELS.find(
      one =>
        LEVEL_MS[one] >= LEVEL_MS[levelOfStep(steps.stepMs)] &&
        steps.fromMs >= this.#keptFromMs(LEVEL_MS[one]),
    );
    return level && LEVEL_MS[level] > steps.stepMs
      ? stepsOfRange(fromMs, toMs, LEVEL_MS[level])
      : steps;
  }

  async #chart(question: Question): Promise<{ chart: Chart; steps: Steps }> {
    const steps = this.#stepsOf(question.range);
    for (const metric of DURATION_METRICS) {
      const streamId = await this.#levels.streamOf(question.subject, metric);
      if (streamId === undefined) continue;
      const chart = await this.#read({ ...question, streamId, steps });
      if (chart) return { chart, steps };
    }
    return { chart: new Chart(steps), steps };
  }

  /** `undefined` when the stream has nothing in the range. */
  async #read(asked: Asked, withTotals = false): Promise<Chart | undefined> {
    const { streamId, steps, by, cohort } = asked;
    const isReady = (piece: Piece) =>
      !withTotals && SPAN_MS[piece.level] === steps.stepMs;
    const columnsOf = (piece: Piece): LevelColumn[] => {
      if (cohort !== undefined && by === 'version') return ['segments'];
      if (cohort !== undefined) return ['cohorts'];
      const own: LevelColumn[] = isReady(piece)
        ? ['headline']
        : ['headline', 'total'];
      if (by === 'version') own.push('versions');
      if (by === 'cohort') own.push('cohorts');
      return own;
    };
    const isBySegment = cohort !== undefined && by === 'version';
    const pieces: Piece[] = isBySegment
      ? piecesOf(steps.fromMs, asked.range.toMs, levelOfStep(steps.stepMs))
      : piecesOf(
          steps.fromMs,
          asked.range.toMs,
          spanOfStep(steps.stepMs),
          SPANS,
        );
    const { rows, windows } = await this.#levels.read(
      streamId,
      pieces.map(piece => ({ piece, columns: columnsOf(piece) })),
    );
    if (rows.length === 0 && windows.length === 0) return undefined;
    const chart = new Chart(steps);
    const named: { startMs: number; parts: GroupPart[] }[] = [];
    for (const row of rows) {
      const { startMs } = row;
      if (row.headline?.length) {
        const headline = readHeadline(row.headline);
        if (row.total)
          chart.total.addParts(startMs, readGroups(row.total), headline);
        else chart.total.addReady(startMs, headline);
      }
      const groups = row.versions ?? row.cohorts;
      if (groups) named.push({ startMs, parts: readGroups(groups) });
    }
    if (windows.some(window => chart.total.isReadyAt(window.startMs)))
      return this.#read(asked, true);
    const segmentIds = rows.some(row => row.segments)
      ? [...new Set(rows.flatMap(row => readMembers(row.members!)))]
      : [];
    const labels = await this.#levels.labelsOf(streamId, [
      ...named.flatMap(({ parts }) => parts.map(part => part.seriesId)),
      ...windows.map(window => window.seriesId),
      ...segmentIds,
    ]);
    const isMeant = (seriesId: number) =>
      cohort === undefined || labels.get(seriesId)!.cohort === cohort;
    const keyOf = (seriesId: number) => {
      const { version, cohort: own } = labels.get(seriesId)!;
      return by === 'cohort' ? own ?? null : version;
    };
    for (const { startMs, parts } of named) {
      for (const part of parts) {
        if (!isMeant(part.seriesId)) continue;
        if (by) {
          chart
            .group(keyOf(part.seriesId))
            .addParts(startMs, [part], undefined);
        } else chart.total.addParts(startMs, [part], undefined);
      }
    }
    for (const row of rows) {
      if (!row.segments) continue;
      eachSegment(
        { members: row.members!, segments: row.segments },
        isMeant,
        (seriesId, value) => {
          const { outcome } = labels.get(seriesId)!;
          chart.total.addValue(row.startMs, value, outcome);
          chart.group(keyOf(seriesId)).addValue(row.startMs, value, outcome);
        },
      );
    }
    for (const { seriesId, startMs, value, outcome } of windows) {
      if (!isMeant(seriesId)) continue;
      chart.total.addValue(startMs, value, outcome);
      if (by) chart.group(keyOf(seriesId)).addValue(startMs, value, outcome);
    }
    return chart;
  }
}
