/** When a source is to be asked next. `undefined`: at once, it never was. */
export function nextAskMs(
  askedAtMs: number | undefined,
  everySeconds: number,
): number | undefined {
  return askedAtMs === undefined ? undefined : askedAtMs + everySeconds * 1000;
}

/**
 * Those that are due, longest waiting first, so that none starves when a round is cut short. A source counts as due up to
 * half a round early: otherwise it would wait for the round after, and be asked half as often as it should be.
 */
export function dueSources<T extends { askedAtMs: number | undefined }>(
  sources: T[],
  options: { nowMs: number; everySeconds: number; roundSeconds: number },
): T[] {
  const { nowMs, everySeconds, roundSeconds } = options;
  const latestMs = nowMs + (roundSeconds * 1000) / 2;
  const next = (source: T) =>
    nextAskMs(source.askedAtMs, everySeconds) ?? Number.NEGATIVE_INFINITY;
  return sources
    .filter(source => next(source) <= latestMs)
    .sort((a, b) => next(a) - next(b) || 0);
}
