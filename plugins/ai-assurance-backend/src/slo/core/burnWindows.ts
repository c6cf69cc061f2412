import { z } from 'zod';
import { parseDuration } from './duration';
import { AlertRule, BudgetWindow, Operator } from './types';

/** Two windows that must both burn faster than `factor` before an alert of `severity` fires. */
export interface BurnPair {
  /** page and ticket in the data files; conditions of OpenSLO name their own. */
  severity: string;
  longMs: number;
  /** Equal to the long one where a condition has one window. */
  shortMs: number;
  /** Burn rate that spends `budgetShareRatio` of the budget within the long window. */
  factor: number;
  /** How the burn rates are held against the factor. Default: above it. */
  op?: Operator;
  /** How long that has to hold before the alert fires, in milliseconds. Default 0. */
  alertAfterMs?: number;
}

export interface LowTrafficGuard {
  minimumEventCount: number;
  minimumBadCount: number;
}

/** One data file: the windows for one period. */
export interface BurnWindowFile {
  periodMs: number;
  pairs: {
    severity: string;
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
          severity: z
            .string()
            .regex(
              /^[a-z0-9][a-z0-9-]{0,29}$/,
              'must be lower-case letters, digits and hyphens, for example page',
            ),
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

/**
 * The pairs for an objective: the conditions of its own alert policies; else those of the data files, for a calendar period
 * of days or more with the windows as they are written, and the factor that spends their share of this period.
 */
export function pairsOf(
  window: BudgetWindow,
  periodMs: number,
  alertRules: readonly AlertRule[],
  files: BurnWindowFile[],
): { pairs: BurnPair[]; guard: LowTrafficGuard } {
  const byFile = burnPairs(periodMs, files);
  if (alertRules.length > 0) {
    const pairs = alertRules.map(rule => ({
      severity: rule.severity,
      longMs: rule.lookbackMs,
      shortMs: rule.lookbackMs,
      factor: rule.threshold,
      op: rule.op,
      alertAfterMs: rule.alertAfterMs,
    }));
    return { pairs, guard: byFile.guard };
  }
  const longestFirst = [...files].sort((a, b) => b.periodMs - a.periodMs);
  const [file] = longestFirst;
  if (window.kind === 'rolling' || periodMs < 25 * dayMs) return byFile;
  return {
    pairs: file.pairs.map(pair => ({
      severity: pair.severity,
      longMs: pair.longMs,
      shortMs: pair.shortMs,
      factor: (pair.budgetSharePercent * periodMs) / (100 * pair.longMs),
    })),
    guard: file.guard,
  };
}

/** Whether somebody has to act at once: such an alert makes the objective fail, others warn. */
export function isUrgent(severity: string): boolean {
  return /^(page|critical|p1|sev-?1)$/.test(severity);
}
