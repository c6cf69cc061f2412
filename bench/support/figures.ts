/** One line of a benchmark's result. */
export interface Figure {
  name: string;
  /** Median of the runs. */
  value: number;
  unit: string;
  /** `value` divided by that of `against`; null where there is nothing to compare with. */
  ratio: number | null;
  /** The peer or limit that was measured in the same run. */
  against: string | null;
  /** The bound that was asked for, in words; null when none was. */
  goal: string | null;
  /** Whether the goal holds, and whether everything that was measured really worked. */
  ok: boolean;
}

/** The middle value; of an even number the mean of the two middle ones. Throws for fewer than three runs. */
export function medianOf(runs: number[]): number {
  if (runs.length < 3)
    throw new Error(`A median needs at least three runs, not ${runs.length}`);
  const sorted = [...runs].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Hands the figures to the runner, or prints them when the benchmark was started by hand. */
export function report(figures: Figure[]): void {
  if (process.send) process.send({ figures });
  else process.stdout.write(`${JSON.stringify({ figures }, null, 2)}\n`);
}

/** A figure that must not fall below a share of its floor. */
export function ratioFigure(of: {
  name: string;
  unit: string;
  runs: number[];
  floorRuns: number[];
  against: string;
  atLeast: number;
  worked: boolean;
}): Figure {
  const value = medianOf(of.runs);
  const ratio = value / medianOf(of.floorRuns);
  return {
    name: of.name,
    value,
    unit: of.unit,
    ratio,
    against: of.against,
    goal: `at least ${of.atLeast} of it`,
    ok: of.worked && ratio >= of.atLeast,
  };
}

/** A figure that must not rise above a bound of its own. */
export function boundFigure(of: {
  name: string;
  unit: string;
  value: number;
  atMost: number;
  worked: boolean;
}): Figure {
  return {
    name: of.name,
    value: of.value,
    unit: of.unit,
    ratio: null,
    against: null,
    goal: `at most ${of.atMost} ${of.unit}`,
    ok: of.worked && of.value <= of.atMost,
  };
}
