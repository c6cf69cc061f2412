import { TermRange } from './pages';
import { HOUR_MS, KEPT_LENGTH, term } from './words';

/** What is looked for. Ranges are half-open. */
export interface SearchFilter {
  subject?: string;
  type?: string;
  source?: string;
  status?: string;
  /** When it was observed. */
  fromMs?: number;
  toMs?: number;
  /** Each of them must begin a word of the item. */
  words?: string[];
}

// Beyond these no instant of CloudEvents lies.
const earliestMs = -62_167_219_200_000;
const latestMs = 253_402_300_800_000;

/** Sorts behind every continuation of a word. */
const behindAll = '\uffff';

/** Ranges of terms of which each must hold one that the item has. What it says of times and of long words is rounded: see {@link isRounded}. */
export function rangesOf(filter: SearchFilter): TermRange[] {
  const ranges: TermRange[] = [];
  if (filter.subject !== undefined)
    ranges.push({ from: term.subject(filter.subject) });
  if (filter.source !== undefined)
    ranges.push({ from: term.source(filter.source) });
  if (filter.type !== undefined) ranges.push({ from: term.type(filter.type) });
  if (filter.status !== undefined)
    ranges.push({ from: term.status(filter.status) });
  for (const word of filter.words ?? []) {
    const from = term.word(word);
    ranges.push({ from, to: from + behindAll });
  }
  if (filter.fromMs !== undefined || filter.toMs !== undefined)
    ranges.push(hoursOf(filter.fromMs, filter.toMs));
  return ranges;
}

function hoursOf(
  fromMs: number = earliestMs,
  toMs: number = latestMs,
): TermRange {
  const bounded = (atMs: number) =>
    Math.min(Math.max(atMs, earliestMs), latestMs);
  const hours = (from: number, to: number) => ({
    from: term.time(bounded(from)),
    to: `${term.time(bounded(to) - 1)}${behindAll}`,
  });
  return { ...hours(fromMs, toMs), every: hours(earliestMs, latestMs) };
}

/** Whether the index can only say which items may fit: the caller compares the items themselves. */
export function isRounded(filter: SearchFilter): boolean {
  return (
    [filter.fromMs, filter.toMs].some(
      atMs => atMs !== undefined && atMs % HOUR_MS !== 0,
    ) || longWordsOf(filter).length > 0
  );
}

/** Words that the index knows only by their beginning. */
export function longWordsOf(filter: SearchFilter): string[] {
  return (filter.words ?? []).filter(word => word.length > KEPT_LENGTH);
}
