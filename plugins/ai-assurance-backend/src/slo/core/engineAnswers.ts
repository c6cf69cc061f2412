import {
  CollectorError,
  EngineSeries,
  increaseOf,
  withWindow,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { segmentKey, Segments } from './countWindows';
import { minuteMs } from './hours';
import { Counter, EngineEvents, EngineLevel, EngineRatio } from './types';
import { compare } from './valueCells';

/** Names of the labels by which an engine tells segments apart. */
export interface SegmentLabels {
  version?: string;
  cohort?: string;
  environment?: string;
}

export type EngineCounter = EngineEvents | EngineRatio | EngineLevel;

export const isEngineCounter = (counter: Counter): counter is EngineCounter =>
  'engine' in counter;

function stepInWords(stepMs: number): string {
  return `${stepMs / minuteMs}m`;
}

/** The expressions that answer a counter, one value for each step. */
export function expressionsOf(
  counter: EngineCounter,
  stepMs: number,
): string[] {
  const step = stepInWords(stepMs);
  if (counter.kind !== 'engine-events')
    return [withWindow(counter.query, step)];
  return [counter.partQuery, counter.totalQuery].map(query =>
    counter.isCounter ? increaseOf(query, step) : withWindow(query, step),
  );
}

const questionLabel = 'ai_assurance_question';

/** Several expressions in one, each series marked with the number of its question. */
export function batchOf(expressions: string[]): string {
  return expressions
    .map(
      (expression, index) =>
        `label_replace(${expression}, "${questionLabel}", "${index}", "", "")`,
    )
    .join('\nor\n');
}

/** The series of each question of a batch. */
export function seriesOfBatch(
  series: readonly EngineSeries[],
  count: number,
): EngineSeries[][] {
  const parts: EngineSeries[][] = Array.from({ length: count }, () => []);
  for (const one of series) {
    const { [questionLabel]: question, ...labels } = one.labels;
    const part = parts[Number(question)];
    if (question === undefined || part === undefined)
      throw new CollectorError(
        'malformed-answer',
        'a series answers none of the questions',
      );
    part.push({ labels, samples: one.samples });
  }
  return parts;
}

interface Range {
  fromMs: number;
  toMs: number;
  stepMs: number;
}

/** Refuses what an engine cannot say in earnest: times off the steps or out of order, one series twice. */
function checkedSeries(series: EngineSeries[], range: Range): EngineSeries[] {
  const seen = new Set<string>();
  for (const { labels, samples } of series) {
    const name = JSON.stringify(Object.entries(labels).sort());
    if (seen.has(name))
      throw new CollectorError('malformed-answer', 'it gives one series twice');
    seen.add(name);
    let lastMs = Number.NEGATIVE_INFINITY;
    for (const { atMs } of samples) {
      if (atMs <= lastMs)
        throw new CollectorError(
          'malformed-answer',
          'its samples are out of order',
        );
      if (
        atMs <= range.fromMs ||
        atMs > range.toMs ||
        (atMs - range.fromMs) % range.stepMs !== 0
      )
        throw new CollectorError(
          'malformed-answer',
          'its samples lie at times that were not asked for',
        );
      lastMs = atMs;
    }
  }
  return series;
}

function countOf(value: number): number {
  if (!Number.isFinite(value) || value < 0)
    throw new CollectorError(
      'malformed-answer',
      `it counts ${value} events, which cannot be`,
    );
  return value;
}

/** Adds the samples of series to the segments that their labels name, and to the whole. */
function spread(
  segments: Segments,
  series: EngineSeries[],
  labels: SegmentLabels,
  use: (
    counts: { goodCount: number; totalCount: number },
    value: number,
  ) => void,
): void {
  for (const one of series) {
    const key = segmentKey({
      version: labels.version && one.labels[labels.version],
      cohort: labels.cohort && one.labels[labels.cohort],
      environment: labels.environment && one.labels[labels.environment],
    });
    for (const name of new Set(['', key])) {
      const minutes = segments.get(name) ?? new Map();
      segments.set(name, minutes);
      for (const { atMs, value } of one.samples) {
        // A value at the end of a step is about the minutes before it.
        const startMs = atMs - minuteMs;
        const counts = minutes.get(startMs) ?? { goodCount: 0, totalCount: 0 };
        minutes.set(startMs, counts);
        use(counts, value);
      }
    }
  }
}

/**
 * Counts what an engine answered, one list of series for each expression. Throws CollectorError `malformed-answer` for an
 * answer that cannot be. A ratio or a level that is no number, such as 0/0 without traffic, is a step of which nothing is
 * known.
 */
export function countAnswers(
  counter: EngineCounter,
  answers: EngineSeries[][],
  range: Range,
  labels: SegmentLabels,
): Segments {
  const segments: Segments = new Map([['', new Map()]]);
  const checked = answers.map(series => checkedSeries(series, range));
  if (counter.kind === 'engine-events') {
    const [part, total] = checked;
    spread(segments, total, labels, (counts, value) => {
      const count = countOf(value);
      counts.totalCount += count;
      if (counter.part === 'bad') counts.goodCount += count;
    });
    spread(segments, part, labels, (counts, value) => {
      counts.goodCount += (counter.part === 'bad' ? -1 : 1) * countOf(value);
    });
    return segments;
  }
  if (checked[0].length > 1 && Object.keys(labels).length === 0)
    throw new CollectorError(
      'misconfigured',
      'the query gives several series where one value is needed; sum or average them',
    );
  spread(segments, checked[0], labels, (counts, value) => {
    if (Number.isNaN(value)) return;
    if (counter.kind === 'engine-level') {
      counts.totalCount += 1;
      if (compare(value, counter.op, counter.value)) counts.goodCount += 1;
      return;
    }
    if (value < 0 || value > 1 + 1e-9)
      throw new CollectorError(
        'malformed-answer',
        `its ratio is ${value}, which is none`,
      );
    counts.totalCount += 1;
    counts.goodCount += counter.rawType === 'success' ? value : 1 - value;
  });
  return segments;
}
