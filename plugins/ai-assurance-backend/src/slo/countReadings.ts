import { Segments } from './core/countWindows';
import { minuteMs } from './core/hours';
import { Reading, ReadingRange } from './core/readings';
import { Progress } from './SeriesStore';

/** Minutes of all subjects that are read in one statement. */
const minutesAtOnce = 600;

/** Counts of one indicator in one stretch, to be put in the place of what was there. */
export interface Counted {
  subject: string;
  indicator: string;
  range: { fromMs: number; toMs: number };
  segments: Segments;
}

/** A reading that is due, with what to read. */
export interface Due {
  reading: Reading;
  range: ReadingRange;
  progress: Progress | undefined;
}

/** Whether everything of a reading was counted before, so that what was counted first still stands. */
export function isKnownIn(
  reading: Reading,
  progress: Progress | undefined,
): boolean {
  return (
    progress !== undefined &&
    reading.indicators.every(one => progress.indicators.includes(one.key))
  );
}

/** Of a reading of telemetry. */
export const metricOf = ({ counter }: Reading) =>
  (counter as { metric: string }).metric;

/** What is counted where there is nothing. */
export function nothingIn(
  { reading }: Due,
  range: { fromMs: number; toMs: number },
): Counted[] {
  return reading.indicators.map(({ key }) => ({
    subject: reading.subject,
    indicator: key,
    range,
    segments: new Map(),
  }));
}

/** Readings of equal short ranges together, as many as a statement may hold; others each by itself. */
export function togetherIn(due: Due[]): Due[][] {
  const groups: Due[][] = [];
  const open = new Map<string, Due[]>();
  for (const one of due) {
    const { fromMs, toMs } = one.range;
    const key = `${fromMs}|${toMs}`;
    const minutes = Math.max(1, (toMs - fromMs) / minuteMs);
    const known = open.get(key);
    if (known && (known.length + 1) * minutes <= minutesAtOnce) {
      known.push(one);
      continue;
    }
    const group = [one];
    groups.push(group);
    open.set(key, group);
  }
  return groups;
}

/** How many minutes of lines were counted. */
export function minutesOf({ segments }: Counted): number {
  let count = 0;
  for (const minutes of segments.values()) count += minutes.size;
  return count;
}
