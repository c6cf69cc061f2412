const firstWaitMs = 60_000;
const longestWaitMs = 3_600_000;

/** How long to wait after this many failures in a row: a minute, doubled each time, at most an hour. */
export function waitMs(failureCount: number): number {
  return Math.min(
    longestWaitMs,
    firstWaitMs * 2 ** Math.min(failureCount - 1, 10),
  );
}
