import { Window } from '../../telemetry';
import { CountBelow, countEvents } from './countEvents';
import { Minutes, sliceMinutes } from './slices';
import { Indicator, TelemetryEvents, TelemetryLevel } from './types';
import { isGoodLevel, levelOf } from './valueCells';

/** Counts of an indicator by segment; the empty text is the indicator as a whole. */
export type Segments = Map<string, Minutes>;

/** More segments than this are counted as a whole alone. */
const mostSegments = 200;

/** What a segment is called; `null` for a label that it has not. */
export interface SegmentName {
  version: string | null;
  cohort: string | null;
  environment: string | null;
}

/** Names a segment; empty where nothing tells it from the rest. */
export function segmentKey(segment: {
  version?: string;
  cohort?: string;
  environment?: string;
}): string {
  const parts = [
    segment.version ?? null,
    segment.cohort ?? null,
    segment.environment ?? null,
  ];
  return parts.every(part => part === null) ? '' : JSON.stringify(parts);
}

export function segmentOf(key: string): SegmentName {
  const [version, cohort, environment] =
    key === '' ? [null, null, null] : JSON.parse(key);
  return { version, cohort, environment };
}

function add(
  segments: Segments,
  key: string,
  startMs: number,
  goodCount: number,
  totalCount: number,
): void {
  let minutes = segments.get(key);
  if (!minutes) {
    if (key !== '' && segments.size > mostSegments) return;
    minutes = new Map();
    segments.set(key, minutes);
  }
  const known = minutes.get(startMs);
  if (known) {
    known.goodCount += goodCount;
    known.totalCount += totalCount;
  } else {
    minutes.set(startMs, { goodCount, totalCount });
  }
}

function countEventsBySegment(
  windows: Window[],
  counter: TelemetryEvents,
  countBelow: CountBelow,
): Segments {
  const segments: Segments = new Map([['', new Map()]]);
  for (const window of windows) {
    const { goodCount, totalCount } = countEvents(window, counter, countBelow);
    if (totalCount <= 0) continue;
    add(segments, '', window.startMs, goodCount, totalCount);
    const key = segmentKey(window);
    if (key !== '') add(segments, key, window.startMs, goodCount, totalCount);
  }
  return segments;
}

function countLevels(windows: Window[], counter: TelemetryLevel): Segments {
  const groups = new Map<string, Map<number, Window[]>>([['', new Map()]]);
  for (const window of windows) {
    for (const key of new Set(['', segmentKey(window)])) {
      const minutes = groups.get(key) ?? new Map<number, Window[]>();
      if (!groups.has(key)) {
        if (groups.size > mostSegments) continue;
        groups.set(key, minutes);
      }
      minutes.set(window.startMs, [
        ...(minutes.get(window.startMs) ?? []),
        window,
      ]);
    }
  }
  const segments: Segments = new Map();
  for (const [key, minutes] of groups) {
    segments.set(key, new Map());
    for (const [startMs, together] of minutes) {
      const level = levelOf(together, counter);
      if (level === undefined) continue;
      add(segments, key, startMs, isGoodLevel(level, counter) ? 1 : 0, 1);
    }
  }
  return segments;
}

/** Counts the windows of `[fromMs, toMs)` under one indicator, as a whole and by segment. */
export function countWindows(
  windows: Window[],
  { counter, slicing }: Indicator,
  range: { fromMs: number; toMs: number },
  countBelow: CountBelow,
): Segments {
  const segments =
    counter.kind === 'telemetry-level'
      ? countLevels(windows, counter)
      : countEventsBySegment(windows, counter as TelemetryEvents, countBelow);
  return slicing ? sliced(segments, { counter, slicing }, range) : segments;
}

/** Segments by time slice, where the indicator has them. */
export function sliced(
  segments: Segments,
  { slicing }: Indicator,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Segments {
  if (!slicing) return segments;
  return new Map(
    [...segments].map(([key, minutes]) => [
      key,
      sliceMinutes(minutes, slicing, fromMs, toMs),
    ]),
  );
}
