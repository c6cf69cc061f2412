import { EventCounts } from './types';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
const minutesPerHour = 60;

/** Start of the hour that holds an instant. */
export const hourOf = (atMs: number): number =>
  Math.floor(atMs / hourMs) * hourMs;

/** One hour of a line of counts. `before` is the sum of everything earlier: any range is the difference of two sums. */
export interface Hour {
  startMs: number;
  before: EventCounts;
  /** By minute, 60 members each. */
  good: number[];
  total: number[];
}

export function emptyHour(startMs: number): Hour {
  return {
    startMs,
    before: { goodCount: 0, totalCount: 0 },
    good: new Array(minutesPerHour).fill(0),
    total: new Array(minutesPerHour).fill(0),
  };
}

function sumTo(values: number[], end: number): number {
  let sum = 0;
  for (let i = 0; i < end; i += 1) sum += values[i];
  return sum;
}

function numbersOf(text: string): number[] {
  const values: number[] = new Array(minutesPerHour).fill(0);
  if (text === '') return values;
  const parts = text.split(',');
  for (let i = 0; i < parts.length; i += 1) values[i] = Number(parts[i]);
  return values;
}

const comma = 44;
const zero = 48;

/** The sum of the first numbers of a list between two places of a text. */
function sumOfFirst(
  text: string,
  from: number,
  to: number,
  count: number,
): number {
  let sum = 0;
  let at = from;
  for (let left = count; left > 0 && at < to; left -= 1) {
    const start = at;
    let value = 0;
    let isWhole = true;
    for (; at < to; at += 1) {
      const code = text.charCodeAt(at);
      if (code === comma) break;
      const digit = code - zero;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else isWhole = false;
    }
    // Beyond fifteen digits adding up one by one may lose the last bit.
    sum += isWhole && at - start <= 15 ? value : Number(text.slice(start, at));
    at += 1;
  }
  return sum;
}

/**
 * An hour as it is stored. An evaluation reads tens of thousands of them and asks each for a sum or two, so its text is read
 * only as far as a question needs.
 */
class StoredHour implements Hour {
  readonly startMs: number;
  readonly before: EventCounts;
  readonly #cells: string;
  #asked = -1;
  #sum: EventCounts;
  #lists: { good: number[]; total: number[] } | undefined;

  constructor(startMs: number, before: EventCounts, cells: string) {
    this.startMs = startMs;
    this.before = before;
    this.#cells = cells;
    this.#sum = before;
  }

  get good(): number[] {
    return this.#read().good;
  }

  get total(): number[] {
    return this.#read().total;
  }

  sumOfFirst(minutes: number): EventCounts {
    // Many objectives ask the same hour for the same sum.
    if (minutes === this.#asked) return this.#sum;
    const cells = this.#cells;
    const at = cells.indexOf(';');
    const total = sumOfFirst(cells, at + 1, cells.length, minutes);
    const good = at < 0 ? total : sumOfFirst(cells, 0, at, minutes);
    this.#asked = minutes;
    this.#sum = {
      goodCount: this.before.goodCount + good,
      totalCount: this.before.totalCount + total,
    };
    return this.#sum;
  }

  #read() {
    if (!this.#lists) {
      const at = this.#cells.indexOf(';');
      const total = numbersOf(at < 0 ? this.#cells : this.#cells.slice(at + 1));
      this.#lists = {
        total,
        good: at < 0 ? total.slice() : numbersOf(this.#cells.slice(0, at)),
      };
    }
    return this.#lists;
  }
}

/** The sum of everything before an instant, told from the last hour that began by then; on a whole minute. */
export function sumBefore(hour: Hour | undefined, atMs: number): EventCounts {
  if (!hour) return { goodCount: 0, totalCount: 0 };
  const minutes = Math.min(
    minutesPerHour,
    Math.max(0, Math.round((atMs - hour.startMs) / minuteMs)),
  );
  if (hour instanceof StoredHour) return hour.sumOfFirst(minutes);
  return {
    goodCount: hour.before.goodCount + sumTo(hour.good, minutes),
    totalCount: hour.before.totalCount + sumTo(hour.total, minutes),
  };
}

/** The sum after the whole hour: what `before` of the next one has to be. */
export function sumAfter(hour: Hour): EventCounts {
  return sumBefore(hour, hour.startMs + hourMs);
}

export function isEmpty(hour: Hour): boolean {
  return hour.total.every(count => count === 0);
}

/** Start of the newest minute of the hour before `endMs` that counted anything. */
export function lastCounted(hour: Hour, endMs: number): number | undefined {
  for (let i = minutesPerHour - 1; i >= 0; i -= 1) {
    const atMs = hour.startMs + i * minuteMs;
    if (atMs < endMs && hour.total[i] > 0) return atMs;
  }
  return undefined;
}

/** Text for storage. Minutes without anything are left out at the end. */
export function encodeHour({ good, total }: Hour): string {
  let length = minutesPerHour;
  while (length > 0 && total[length - 1] === 0 && good[length - 1] === 0)
    length -= 1;
  const goods = good.slice(0, length).join(',');
  const totals = total.slice(0, length).join(',');
  // An hour without a bad event is common.
  return goods === totals ? totals : `${goods};${totals}`;
}

/** Reads what {@link encodeHour} wrote, as far as is asked for. */
export function decodeHour(
  startMs: number,
  before: EventCounts,
  cells: string,
): Hour {
  return new StoredHour(startMs, before, cells);
}

/** The counts of a range, never below zero: sums of fractions may differ in their last bit. */
export function between(from: EventCounts, to: EventCounts): EventCounts {
  const difference = (a: number, b: number) => {
    const value = b - a;
    // What is left of fractions that cancel out is dust, not an event.
    return value < 1e-9 * Math.max(1, Math.abs(b)) ? 0 : value;
  };
  return {
    goodCount: difference(from.goodCount, to.goodCount),
    totalCount: difference(from.totalCount, to.totalCount),
  };
}

export const plus = (a: EventCounts, b: EventCounts): EventCounts => ({
  goodCount: a.goodCount + b.goodCount,
  totalCount: a.totalCount + b.totalCount,
});

export const noCounts: EventCounts = { goodCount: 0, totalCount: 0 };
