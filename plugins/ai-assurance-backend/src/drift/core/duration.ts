const unitMs: Record<string, number> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a duration such as 15m, 6h or 1d; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,4})([mhd])$/.exec(text);
  return match ? Number(match[1]) * unitMs[match[2]] : undefined;
}
