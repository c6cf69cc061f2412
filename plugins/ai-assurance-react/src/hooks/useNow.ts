import { useEffect, useState } from 'react';

/**
 * The present moment in epoch milliseconds. For event handlers and effects; while drawing use {@link useNow}.
 *
 * @public
 */
export function readClockMs(): number {
  return Date.now();
}

/**
 * The present moment in epoch milliseconds, moving on by itself so that ages on the page stay true.
 *
 * @public
 */
export function useNow(intervalMs: number = 15_000): number {
  const [nowMs, setNowMs] = useState(readClockMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(readClockMs()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return nowMs;
}

/**
 * A moment as ISO 8601 in UTC, for `<time datetime>` and for questions about the past.
 *
 * @public
 */
export function toIsoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
