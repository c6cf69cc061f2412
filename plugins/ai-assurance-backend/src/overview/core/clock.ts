const dayMs = 86_400_000;

/** Asked at every opening of a page: making one takes longer than using it a hundred times. */
const clockTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** A moment in words, in UTC: the clock alone while it is less than a day ago. */
export function momentInWords(atMs: number, nowMs: number): string {
  const words = nowMs - atMs < dayMs ? clockTime : dayAndTime;
  return `${words.format(atMs)} UTC`;
}

/** How long something took, to a reader: `4 minutes`, `40 seconds`. */
export function spanInWords(spanMs: number): string {
  const minutes = Math.round(spanMs / 60_000);
  if (minutes === 0) return 'less than a minute';
  if (minutes === 1) return '1 minute';
  if (minutes < 120) return `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
