const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * How long a pause of a Rollout is, in whole milliseconds: a number is seconds, a text is a number of seconds or a duration
 * as Go writes it, for example `1h30m`. `null` for a pause without end, and for a text that Argo does not accept.
 */
export function pauseMs(
  duration: number | string | null | undefined,
): number | null {
  if (duration === null || duration === undefined) return null;
  if (typeof duration === 'number')
    return duration < 0 ? null : duration * 1000;
  if (/^\d{1,9}$/.test(duration)) return Number(duration) * 1000;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  const isWhole =
    parts.length > 0 && parts.map(([part]) => part).join('') === duration;
  if (!isWhole) return null;
  return Math.round(
    parts.reduce((sum, [, size, unit]) => sum + Number(size) * unitMs[unit], 0),
  );
}
