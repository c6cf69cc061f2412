import { TelemetryAnswers } from '../telemetry';
import { CountBelow, countEvents } from './core/countEvents';
import { Indicator, indicatorKey } from './core/types';
import { Fold, MinuteCounts, SloStore } from './SloStore';

const hourMs = 3_600_000;
/** Points may come this late and still be counted at the next evaluation; later ones at the daily rebuild. */
const lateMs = hourMs;
const rebuildAfterMs = 24 * hourMs;
/** Bounds what is in memory while a month is read. */
const chunkMs = 6 * hourMs;

interface WantedIndicator {
  indicator: Indicator;
  /** Longest window of any objective on it. */
  windowMs: number;
}

function startOf(
  fold: Fold | undefined,
  neededFromMs: number,
  endMs: number,
): { fromMs: number; isRebuild: boolean } {
  if (
    !fold ||
    fold.fromMs > neededFromMs ||
    endMs - fold.rebuiltAtMs >= rebuildAfterMs
  ) {
    return { fromMs: neededFromMs, isRebuild: true };
  }
  return {
    fromMs: Math.max(neededFromMs, Math.min(fold.toMs, endMs) - lateMs),
    isRebuild: false,
  };
}

/**
 * Brings the good and total events by minute up to `endMs`, for all indicators over one metric with one read of its
 * windows: only the last hour each time, everything on the first call and once a day. Safe to repeat.
 */
export async function foldMinutes(options: {
  store: SloStore;
  telemetry: TelemetryAnswers;
  countBelow: CountBelow;
  subject: string;
  metric: string;
  wanted: WantedIndicator[];
  /** On a whole minute. */
  endMs: number;
}): Promise<void> {
  const { store, telemetry, subject, metric, wanted, endMs } = options;
  const parts = await Promise.all(
    wanted.map(async ({ indicator, windowMs }) => {
      const key = indicatorKey(indicator);
      const neededFromMs = endMs - windowMs;
      const fold = await store.fold(subject, key);
      return {
        indicator,
        key,
        neededFromMs,
        fold,
        ...startOf(fold, neededFromMs, endMs),
      };
    }),
  );
  const firstMs = Math.min(...parts.map(part => part.fromMs));
  for (let fromMs = firstMs; fromMs < endMs; fromMs += chunkMs) {
    const toMs = Math.min(fromMs + chunkMs, endMs);
    const windows = await telemetry.windows({ subject, metric, fromMs, toMs });
    for (const part of parts.filter(p => p.fromMs < toMs)) {
      const range = { fromMs: Math.max(fromMs, part.fromMs), toMs };
      const minutes = new Map<number, MinuteCounts>();
      for (const window of windows) {
        if (window.startMs < range.fromMs) continue;
        const counted = countEvents(window, part.indicator, options.countBelow);
        const sum = minutes.get(window.startMs);
        minutes.set(window.startMs, {
          startMs: window.startMs,
          goodCount: (sum?.goodCount ?? 0) + counted.goodCount,
          totalCount: (sum?.totalCount ?? 0) + counted.totalCount,
        });
      }
      await store.replaceMinutes(subject, part.key, range, [
        ...minutes.values(),
      ]);
    }
  }
  for (const part of parts) {
    await store.saveFold(subject, part.key, {
      fromMs: part.neededFromMs,
      toMs: endMs,
      rebuiltAtMs: part.isRebuild ? endMs : part.fold!.rebuiltAtMs,
    });
  }
}
