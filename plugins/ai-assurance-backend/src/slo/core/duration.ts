/** Number and unit of an OpenSLO duration. `M`, `Q` and `Y` differ in length: only calendar windows may use them. */
export interface OpenSloDuration {
  count: number;
  unit: 'm' | 'h' | 'd' | 'w' | 'M' | 'Q' | 'Y';
}

const unitMs: Partial<Record<OpenSloDuration['unit'], number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Reads `5m`, `28d` or `1M`, or says why it cannot. */
export function readDuration(text: string): OpenSloDuration | { why: string } {
  const match = /^([1-9][0-9]{0,5})([mhdwMQY])$/.exec(text);
  if (!match) {
    return {
      why: `${JSON.stringify(
        text.slice(0, 40),
      )} is not a duration; write a number and m, h, d or w, for example 28d`,
    };
  }
  return {
    count: Number(match[1]),
    unit: match[2] as OpenSloDuration['unit'],
  };
}

/** The length of a duration that is the same everywhere in milliseconds, or why it has none. */
export function lengthOf({
  count,
  unit,
}: OpenSloDuration): { ms: number } | { why: string } {
  const factor = unitMs[unit];
  return factor === undefined
    ? {
        why: `${count}${unit}: months, quarters and years differ in length, so a rolling window cannot have one; write days, for example 30d`,
      }
    : { ms: count * factor };
}

/** An OpenSLO duration of fixed length (`5m`, `6h`, `28d`, `4w`) in milliseconds, or why it cannot be one. */
export function parseDuration(text: string): { ms: number } | { why: string } {
  const duration = readDuration(text);
  return 'why' in duration ? duration : lengthOf(duration);
}

/** `1 hour`, `28 days`, `90 minutes`. */
export function durationInWords(ms: number): string {
  for (const [size, word] of [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ] as const) {
    if (ms % size === 0) return `${ms / size} ${word}${ms === size ? '' : 's'}`;
  }
  return `${ms / 1000} seconds`;
}
