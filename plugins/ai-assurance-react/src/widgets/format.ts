import {
  formatCount,
  formatMs,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * A length of time in one unit, for example `5 min`, `1.5 h` or `30 d`.
 *
 * @public
 */
export function formatDuration(durationMs: number): string {
  if (durationMs >= 2 * dayMs)
    return `${Number((durationMs / dayMs).toFixed(1))} d`;
  if (durationMs >= hourMs)
    return `${Number((durationMs / hourMs).toFixed(1))} h`;
  if (durationMs >= minuteMs)
    return `${Number((durationMs / minuteMs).toFixed(1))} min`;
  return `${Number((durationMs / 1000).toFixed(1))} s`;
}

const relativeTime = new Intl.RelativeTimeFormat('en', {
  numeric: 'always',
  style: 'long',
});

/**
 * How long ago, or in how long, in words: `2 minutes ago`, `in 3 days`. Under five seconds, and up to 20 seconds ahead, it answers
 * `undefined`.
 *
 * @public
 */
export function formatAge(atMs: number, nowMs: number): string | undefined {
  const deltaMs = atMs - nowMs;
  const distanceMs = Math.abs(deltaMs);
  if (distanceMs < 5_000) return undefined;
  // The clock of a page moves in steps, and that of the server may be ahead: what lies so near has just happened.
  if (deltaMs > 0 && deltaMs <= 20_000) return undefined;
  if (distanceMs < 90_000)
    return relativeTime.format(Math.round(deltaMs / 1000), 'second');
  if (distanceMs < 90 * minuteMs)
    return relativeTime.format(Math.round(deltaMs / minuteMs), 'minute');
  if (distanceMs < 36 * hourMs)
    return relativeTime.format(Math.round(deltaMs / hourMs), 'hour');
  return relativeTime.format(Math.round(deltaMs / dayMs), 'day');
}

const timeFormat = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/**
 * A moment in the reader's time zone, in full.
 *
 * @public
 */
export function formatTime(atMs: number): string {
  return timeFormat.format(atMs);
}

const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
});
const dayClockFormat = new Intl.DateTimeFormat('en-GB', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** A moment on a time axis; the day is named when the axis is longer than one. */
export function formatTick(atMs: number, rangeMs: number): string {
  return (rangeMs > dayMs ? dayClockFormat : clockFormat).format(atMs);
}

/**
 * A number with its unit as the suite writes it: milliseconds and seconds as time, ratios as percent, bytes in
 * steps of 1,000, counts grouped.
 *
 * @public
 */
export function formatValue(value: number, unit?: string): string {
  if (unit === 'ms') return formatMs(value);
  if (unit === 's') return formatMs(value * 1000);
  if (unit === 'ratio') return `${Number((value * 100).toPrecision(4))} %`;
  if (unit === 'count') return formatCount(value);
  if (unit === 'By') return formatBytes(value);
  const number = Number.isInteger(value)
    ? formatCount(value)
    : String(Number(value.toPrecision(3)));
  if (unit === 'per-1000-outputs') return `${number} per 1,000 outputs`;
  return unit === undefined || unit === '' || unit === '1'
    ? number
    : `${number} ${unit}`;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in the largest unit that leaves at least one, in steps of 1,000. */
function formatBytes(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 1000 && step < byteUnits.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${Number(value.toPrecision(4))} ${byteUnits[step]}`;
}

/**
 * A code such as `insufficient-sample` or `STALE_VERSION` as words, for codes that no translation names.
 *
 * @public
 */
export function humanizeCode(code: string): string {
  return code
    .replace(/[-_.]+/g, ' ')
    .toLocaleLowerCase('en-US')
    .trim();
}
