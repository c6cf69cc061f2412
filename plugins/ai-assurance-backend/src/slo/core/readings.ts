import { indicatorKey, readingKey } from './indicatorKey';
import { hourMs, minuteMs } from './hours';
import { Counter, Indicator, indicatorsOf, SloDefinition } from './types';
import { longestOf } from './window';

/** Everything that is counted from one source of a subject: one metric of telemetry, or one question to an engine. */
export interface Reading {
  subject: string;
  key: string;
  counter: Counter;
  indicators: { key: string; indicator: Indicator }[];
  /** How far back the longest window on it reaches. */
  reachMs: number;
  /** Longest time slice: what is read begins on a slice. */
  sliceMs: number;
}

/** Names a reading of a subject among those of all. */
export const readingName = (subject: string, key: string) =>
  `${subject}\n${key}`;

export const subjectOfReading = (name: string) =>
  name.slice(0, name.indexOf('\n'));

export interface ReadingProgress {
  fromMs: number;
  toMs: number;
  dayReadAtMs: number;
  indicators: string[];
}

export interface ReadingRange {
  fromMs: number;
  toMs: number;
  isDayRead: boolean;
}

/** Points may come this late and be counted by the next evaluation. */
const soonMs = 5 * minuteMs;
/** Points this late are counted by one evaluation in ten; which one differs between subjects. */
const lateMs = hourMs;
const lateEvery = 10;
/** Points this late are counted once a day. */
const veryLateMs = 26 * hourMs;
const dayMs = 24 * hourMs;

/** What has to be read for the definitions of a subject. */
export function readingsOf(
  subject: string,
  definitions: SloDefinition[],
): Reading[] {
  const readings = new Map<string, Reading>();
  for (const definition of definitions) {
    for (const indicator of indicatorsOf(definition)) {
      const key = readingKey(indicator.counter);
      const reading = readings.get(key) ?? {
        subject,
        key,
        counter: indicator.counter,
        indicators: [],
        reachMs: 0,
        sliceMs: minuteMs,
      };
      readings.set(key, reading);
      const own = indicatorKey(indicator);
      if (!reading.indicators.some(one => one.key === own))
        reading.indicators.push({ key: own, indicator });
      reading.reachMs = Math.max(
        reading.reachMs,
        longestOf(definition.window),
        // Conditions of a document may look back further than its budget.
        ...definition.alertRules.map(rule => rule.lookbackMs),
      );
      reading.sliceMs = Math.max(
        reading.sliceMs,
        indicator.slicing?.sliceMs ?? 0,
      );
    }
  }
  return [...readings.values()];
}

/** A number that is the same for a subject each time, so that the work of subjects is spread over the minutes. */
function turnOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1)
    sum = (sum * 31 + text.charCodeAt(i)) % 65_521;
  return sum;
}

/**
 * Which minutes to read again so that late points count too: the last five, in every tenth evaluation the last hour, once a
 * day the last day; and everything when something new is counted. The cost of an evaluation so does not grow with history.
 */
export function rangeToRead(
  reading: Reading,
  progress: ReadingProgress | undefined,
  endMs: number,
): ReadingRange {
  const onSlice = (ms: number) =>
    Math.floor(ms / reading.sliceMs) * reading.sliceMs;
  const neededFromMs = endMs - reading.reachMs;
  const isKnown =
    progress !== undefined &&
    progress.fromMs <= neededFromMs &&
    reading.indicators.every(one => progress.indicators.includes(one.key));
  if (!isKnown)
    return { fromMs: onSlice(neededFromMs), toMs: endMs, isDayRead: true };
  const isDayRead = endMs - progress.dayReadAtMs >= dayMs;
  const minute = Math.round(endMs / minuteMs);
  const isLateTurn = (minute + turnOf(reading.subject)) % lateEvery === 0;
  const backMs = (() => {
    if (isDayRead) return veryLateMs;
    return isLateTurn ? lateMs : soonMs;
  })();
  const fromMs = Math.max(
    neededFromMs,
    Math.min(progress.toMs, endMs) - backMs,
  );
  return { fromMs: onSlice(fromMs), toMs: endMs, isDayRead };
}
