import { z } from 'zod';
import { parseDuration } from './duration';

/** Two windows that must both burn faster than `factor` before an alert of `severity` fires. */
export interface BurnPair {
  severity: 'page' | 'ticket';
  longMs: number;
  shortMs: number;
  /** Burn rate that spends `budgetShareRatio` of the budget within the long window. */
  factor: number;
}

export interface LowTrafficGuard {
  minimumEventCount: number;
  minimumBadCount: number;
}

/** One data file: the windows for one period. */
export interface BurnWindowFile {
  periodMs: number;
  pairs: {
    severity: 'page' | 'ticket';
    budgetSharePercent: number;
    longMs: number;
    shortMs: number;
  }[];
  guard: LowTrafficGuard;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;
const shortestLongMs = 5 * minuteMs;

const durationSchema = z.string().transform((text, context) => {
  const duration = parseDuration(text);
  if ('ms' in duration) return duration.ms;
  context.addIssue({ code: 'custom', message: duration.why });
  return z.NEVER;
});

const fileSchema = z.strictObject({
  periodDays: z.int().positive(),
  windows: z
    .array(
      z
        .strictObject({
          severity: z.enum(['page', 'ticket']),
          budgetSharePercent: z.number().positive().max(100),
          long: durationSchema,
          short: durationSchema,
        })
        .refine(pair => pair.short < pair.long, 'short must be below long'),
    )
    .min(1)
    .max(20),
  lowTrafficGuard: z.strictObject({
    minimumEventCount: z.int().positive(),
    minimumBadCount: z.int().positive(),
  }),
});

/** What a windows file may hold, and what it becomes. */
export const burnWindowFileSchema = fileSchema.transform(
  (file): BurnWindowFile => ({
    periodMs: file.periodDays * dayMs,
    pairs: file.windows.map(pair => ({
      severity: pair.severity,
      budgetSharePercent: pair.budgetSharePercent,
      longMs: pair.long,
      shortMs: pair.short,
    })),
    guard: file.lowTrafficGuard,
  }),
);

/**
 * The pairs for a period: those of the file made for it, else those of the longest file scaled with the period, in whole
 * minutes since telemetry has no finer windows. A scaled pair whose long window falls below five minutes is left out,
 * because a minute more or less would decide it; short periods are then judged by their budget alone.
 */
export function burnPairs(
  periodMs: number,
  files: BurnWindowFile[],
): { pairs: BurnPair[]; guard: LowTrafficGuard } {
  const longestFirst = [...files].sort((a, b) => b.periodMs - a.periodMs);
  const file = files.find(f => f.periodMs === periodMs) ?? longestFirst[0];
  const scale = periodMs / file.periodMs;
  const inMinutes = (ms: number) =>
    Math.max(1, Math.round((ms * scale) / minuteMs)) * minuteMs;
  const pairs = file.pairs
    .map(pair => {
      const longMs = inMinutes(pair.longMs);
      return {
        severity: pair.severity,
        longMs,
        shortMs: inMinutes(pair.shortMs),
        factor: (pair.budgetSharePercent * periodMs) / (100 * longMs),
      };
    })
    .filter(pair => pair.longMs >= shortestLongMs);
  return { pairs, guard: file.guard };
}
