/** Moments in UTC, the way the field and the URL write them. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/;

/** Epoch milliseconds of an instant in UTC; `undefined` for anything else. */
export function momentMs(asOf: string): number | undefined {
  const atMs = instant.test(asOf) ? Date.parse(asOf) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** What the field holds, `2026-11-12T14:00` and meant in UTC, as an instant; `undefined` while it is not complete. */
export function instantOfField(value: string): string | undefined {
  const asOf = /T\d{2}:\d{2}$/.test(value) ? `${value}:00Z` : `${value}Z`;
  return momentMs(asOf) === undefined ? undefined : asOf;
}

// Swedish writes dates as ISO 8601 does.
const fieldFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'UTC',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

/** An instant as the field holds it, to the minute. */
export function fieldOf(atMs: number): string {
  return fieldFormat.format(atMs).replace(' ', 'T');
}

const dateFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const clockFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
});
const secondsFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** A moment for people: `12 Nov 2026 14:00 UTC`, with seconds where it has some. */
export function momentText(atMs: number): string {
  const clock = atMs % 60_000 === 0 ? clockFormat : secondsFormat;
  return `${dateFormat.format(atMs)} ${clock.format(atMs)} UTC`;
}
