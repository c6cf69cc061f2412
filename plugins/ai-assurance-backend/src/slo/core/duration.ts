const unitMs: Record<string, number> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** An OpenSLO duration of fixed length (`5m`, `6h`, `28d`, `4w`) in milliseconds, or why it cannot be one. */
export function parseDuration(text: string): { ms: number } | { why: string } {
  const match = /^([1-9][0-9]{0,5})([mhdwMQY])$/.exec(text);
  if (!match) {
    return {
      why: `${JSON.stringify(
        text.slice(0, 40),
      )} is not a duration; write a number and m, h, d or w, for example 28d`,
    };
  }
  const factor = unitMs[match[2]];
  if (!factor) {
    return {
      why: `${text}: months, quarters and years differ in length, so a rolling window cannot have one; write days, for example 30d`,
    };
  }
  return { ms: Number(match[1]) * factor };
}

/** `1 hour`, `28 days`, `90 minutes`. */
export function durationInWords(ms: number): string {
  for (const [size, word] of [
    [unitMs.d, 'day'],
    [unitMs.h, 'hour'],
    [unitMs.m, 'minute'],
  ] as const) {
    if (ms % size === 0) return `${ms / size} ${word}${ms === size ? '' : 's'}`;
  }
  return `${ms / 1000} seconds`;
}
