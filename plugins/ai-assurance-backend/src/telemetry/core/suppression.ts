/** One value of a table: how much it counted, from how many devices, and how many its cohort demands. */
export interface Cell {
  count: number;
  /** At least so many; `undefined` where no device is known: such a cell is about no group of devices. */
  deviceCount: number | undefined;
  minimum: number;
}

/** Smallest group of devices that anything may be said about; config and cohorts may only raise it. */
export const LEAST_GROUP_SIZE = 5;

const isSmall = (cell: Cell) =>
  cell.count > 0 &&
  cell.deviceCount !== undefined &&
  cell.deviceCount < cell.minimum;

/** What taking the shown cells from their sum would tell: whether that is about too few devices. */
function isRevealed(hidden: Cell[]): boolean {
  if (hidden.length === 0) return false;
  if (hidden.some(cell => cell.deviceCount === undefined)) return false;
  const devices = hidden.reduce((sum, cell) => sum + cell.deviceCount!, 0);
  const minimum = Math.max(...hidden.map(cell => cell.minimum));
  return hidden.length === 1 || devices < minimum;
}

/**
 * Which cells must not be shown: those of fewer devices than their minimum, and in each line whose sum is known as many more,
 * the least counting first, as keep the sum from telling what was hidden. `lines` are lists of places in `cells`. A line that is
 * hidden altogether is left as it is: its sum is of too few devices itself, and its reader hides it.
 */
export function hiddenCells(cells: Cell[], lines: number[][]): Set<number> {
  const hidden = new Set<number>();
  cells.forEach((cell, i) => {
    if (isSmall(cell)) hidden.add(i);
  });
  let isSettled = hidden.size === 0;
  while (!isSettled) {
    isSettled = true;
    for (const line of lines) {
      const counted = line.filter(i => cells[i].count > 0);
      const inLine = counted.filter(i => hidden.has(i));
      if (!isRevealed(inLine.map(i => cells[i]))) continue;
      const next = counted
        .filter(i => !hidden.has(i))
        .sort((a, b) => cells[a].count - cells[b].count || a - b)[0];
      if (next === undefined) continue;
      hidden.add(next);
      isSettled = false;
    }
  }
  return hidden;
}
