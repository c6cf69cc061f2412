import { Level } from '../../types';

/** Length of each level’s rows, in milliseconds. Days are days of UTC: all rows are aligned to the epoch. */
export const LEVEL_MS: Record<Level, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** As the column `level` has them. */
export const LEVEL_CODES: Record<Level, number> = {
  minute: 0,
  hour: 1,
  day: 2,
};

/** Finest first. */
export const LEVELS: readonly Level[] = ['minute', 'hour', 'day'];

/** Rows of one level in a half-open range that is aligned to it. */
export interface Piece {
  level: Level;
  fromMs: number;
  toMs: number;
}

const floorTo = (ms: number, unitMs: number) =>
  Math.floor(ms / unitMs) * unitMs;
const ceilTo = (ms: number, unitMs: number) => Math.ceil(ms / unitMs) * unitMs;

/**
 * The fewest rows that hold exactly the minutes that begin in `[fromMs, toMs)`: days in the middle, hours and minutes at the
 * edges; nothing coarser than `coarsest`. In order of time.
 */
export function piecesOf(
  fromMs: number,
  toMs: number,
  coarsest: Level,
): Piece[] {
  const whole = { fromMs: ceilTo(fromMs, LEVEL_MS.minute), toMs };
  const cut = (from: number, to: number, at: number): Piece[] => {
    if (from >= to) return [];
    const level = LEVELS[at];
    if (at === 0) return [{ level, fromMs: from, toMs: to }];
    const innerFrom = ceilTo(from, LEVEL_MS[level]);
    const innerTo = floorTo(to, LEVEL_MS[level]);
    if (innerFrom >= innerTo) return cut(from, to, at - 1);
    return [
      ...cut(from, innerFrom, at - 1),
      { level, fromMs: innerFrom, toMs: innerTo },
      ...cut(innerTo, to, at - 1),
    ];
  };
  return cut(whole.fromMs, whole.toMs, LEVELS.indexOf(coarsest));
}

const minuteMs = LEVEL_MS.minute;
const hourMs = LEVEL_MS.hour;
const dayMs = LEVEL_MS.day;

/** Steps that the levels can be cut into; beyond, whole days. */
const ladderMs = [
  minuteMs,
  5 * minuteMs,
  15 * minuteMs,
  hourMs,
  6 * hourMs,
  dayMs,
];

/** Most steps of an answer. */
export const MAX_STEPS = 2000;
const usualSteps = 300;

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
