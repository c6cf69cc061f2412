import { DateTime } from 'luxon';

const dayMs = 86_400_000;

/** A moment in words, in UTC: the clock alone while it is less than a day ago. */
export function momentInWords(atMs: number, nowMs: number): string {
  const moment = DateTime.fromMillis(atMs, { zone: 'utc' }).setLocale('en-GB');
  return nowMs - atMs < dayMs
    ? `${moment.toFormat('HH:mm')} UTC`
    : `${moment.toFormat('d LLL, HH:mm')} UTC`;
}

/** How long something took, to a reader: `4 minutes`, `40 seconds`. */
export function spanInWords(spanMs: number): string {
  const minutes = Math.round(spanMs / 60_000);
  if (minutes === 0) return 'less than a minute';
  if (minutes === 1) return '1 minute';
  if (minutes < 120) return `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
