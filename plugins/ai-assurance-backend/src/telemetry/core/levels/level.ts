import { Level } from '../../types';

/**
 * What rows are of: the three levels, which hold every segment, and between them the steps that charts like to draw, of which
 * only what charts need is kept.
 */
export type Span = Level | 'five' | 'quarter' | 'six';

/** Length of each span’s rows, in milliseconds. Days are days of UTC: all rows are aligned to the epoch. */
export const SPAN_MS: Record<Span, number> = {
  minute: 60_000,
  five: 5 * 60_000,
  quarter: 15 * 60_000,
  hour: 3_600_000,
  six: 6 * 3_600_000,
  day: 86_400_000,
};
export const LEVEL_MS: Record<Level, number> = SPAN_MS;

/** As the column `level` has them. */
export const SPAN_CODES: Record<Span, number> = {
  minute: 0,
  hour: 1,
  day: 2,
  five: 3,
  quarter: 4,
  six: 5,
};

/** Finest first; each is made of whole ones of the one before. */
export const SPANS: readonly Span[] = [
  'minute',
  'five',
  'quarter',
  'hour',
  'six',
  'day',
];
export const LEVELS: readonly Level[] = ['minute', 'hour', 'day'];

/** The level whose retention a span follows. */
export function levelOfSpan(span: Span): Level {
  if (span === 'day') return 'day';
  return span === 'hour' || span === 'six' ? 'hour' : 'minute';
}

export const isLevel = (span: Span): span is Level =>
  (LEVELS as readonly Span[]).includes(span);

/** Rows of one span in a half-open range that is aligned to it. */
export interface Piece<S extends Span = Span> {
  level: S;
  fromMs: number;
  toMs: number;
}

const floorTo = (ms: number, unitMs: number) =>
  Math.floor(ms / unitMs) * unitMs;
const ceilTo = (ms: number, unitMs: number) => Math.ceil(ms / unitMs) * unitMs;

/**
 * The fewest rows that hold exactly the minutes that begin in `[fromMs, toMs)`: days in the middle, hours and minutes at the
 * edges; nothing coarser than `coarsest`. In order of time. Charts may use all spans, segments only the levels.
 */
export function piecesOf<S extends Span = Level>(
  fromMs: number,
  toMs: number,
  coarsest: S,
  spans: readonly S[] = LEVELS as readonly Span[] as readonly S[],
): Piece<S>[] {
  const cut = (from: number, to: number, at: number): Piece<S>[] => {
    if (from >= to) return [];
    const level = spans[at];
    if (at === 0) return [{ level, fromMs: from, toMs: to }];
    const innerFrom = ceilTo(from, SPAN_MS[level]);
    const innerTo = floorTo(to, SPAN_MS[level]);
    if (innerFrom >= innerTo) return cut(from, to, at - 1);
    return [
      ...cut(from, innerFrom, at - 1),
      { level, fromMs: innerFrom, toMs: innerTo },
      ...cut(innerTo, to, at - 1),
    ];
  };
  return cut(ceilTo(fromMs, SPAN_MS.minute), toMs, spans.indexOf(coarsest));
}

const minuteMs = LEVEL_MS.minute;
const hourMs = LEVEL_MS.hour;
const dayMs = LEVEL_MS.day;

/** Steps that the levels can be cut into; beyond, whole days. */
const ladderMs = SPANS.map(span => SPAN_MS[span]);

/** Most steps of an answer. */
export const MAX_STEPS = 2000;
const usualSteps = 300;

/** The coarsest span whose rows fill a step. */
export function spanOfStep(stepMs: number): Span {
  return [...SPANS].reverse().find(span => stepMs % SPAN_MS[span] === 0)!;
}

/** The coarsest level whose rows fill a step. */
export function levelOfStep(stepMs: number): Level {
  if (stepMs % dayMs === 0) return 'day';
  return stepMs % hourMs === 0 ? 'hour' : 'minute';
}

/**
 * How a range is cut into equal steps: as asked, rounded up to a step that the levels have and that gives at most 2,000;
 * else the finest with at most 300. The range is widened to whole steps at its start.
 */
export function stepsOfRange(
  fromMs: number,
  toMs: number,
  stepMs: number | undefined,
): { fromMs: number; stepMs: number; stepCount: number } {
  const countOf = (step: number) =>
    Math.max(0, Math.ceil((toMs - floorTo(fromMs, step)) / step));
  const most = stepMs === undefined ? usualSteps : MAX_STEPS;
  const least = stepMs ?? minuteMs;
  const chosen =
    ladderMs.find(step => step >= least && countOf(step) <= most) ??
    ceilTo(Math.max(least, (toMs - fromMs) / (most - 1)), dayMs);
  return {
    fromMs: floorTo(fromMs, chosen),
    stepMs: chosen,
    stepCount: countOf(chosen),
  };
}
