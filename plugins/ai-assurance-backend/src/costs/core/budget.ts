import {
  inconclusive,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { DateTime } from 'luxon';

const dayMs = 86_400_000;
/** A report as old as this no longer says what is being spent. */
const staleMs = 2 * dayMs;
/** Least part of the elapsed window that must be reported for a verdict in good faith. */
export const LEAST_COVERAGE = 0.9;

/** What may be spent, and over which time. */
export interface DeclaredBudget {
  limitMicros: number;
  currency: string;
  /** A calendar month of UTC, or so many days up to now. */
  window: 'month' | { days: number };
  declaredBy: string;
}

/** The part of a report that a budget needs. */
export interface Spending {
  startMs: number;
  endMs: number;
  totalMicros: number;
  currency: string;
}

const pattern =
  /^(\d{1,12})(?:\.(\d{1,6}))? ([A-Z]{3})\/(month|([1-9]\d{0,2})d)$/;

/** Reads `500 EUR/month` or `20.50 USD/7d`; `undefined` when it is neither. */
export function readBudget(
  text: string,
  declaredBy: string,
): DeclaredBudget | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const [, whole, fraction = '', currency, window, days] = match;
  const limitMicros = Number(whole) * 1e6 + Number(fraction.padEnd(6, '0'));
  if (!(limitMicros > 0) || !Number.isSafeInteger(limitMicros))
    return undefined;
  return {
    limitMicros,
    currency,
    window: window === 'month' ? 'month' : { days: Number(days) },
    declaredBy,
  };
}

/** The window that a budget is about at a moment, half-open; a month goes on to its end. */
export function windowOf(
  budget: DeclaredBudget,
  atMs: number,
): { startMs: number; endMs: number } {
  if (budget.window !== 'month')
    return { startMs: atMs - budget.window.days * dayMs, endMs: atMs };
  const start = DateTime.fromMillis(atMs, { zone: 'utc' }).startOf('month');
  return {
    startMs: start.toMillis(),
    endMs: start.plus({ months: 1 }).toMillis(),
  };
}

/** How much of `[fromMs, toMs)` periods that do not overlap cover, 0..1. */
export function coverageOf(
  periods: { startMs: number; endMs: number }[],
  fromMs: number,
  toMs: number,
): number {
  if (toMs <= fromMs) return 0;
  const covered = periods.reduce(
    (sum, { startMs, endMs }) =>
      sum + Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs)),
    0,
  );
  return covered / (toMs - fromMs);
}

/**
 * How a budget burns at a moment. Money of a period that reaches over an edge of the window counts by the part of the period
 * within. The burn rate is the spent share of the budget over the reported share of the window: 1 spends it exactly.
 */
export function judgeBudget(
  budget: DeclaredBudget,
  reports: Spending[],
  atMs: number,
): {
  spentMicros: number;
  burnRate: number | null;
  coverageRatio: number;
  verdict: Verdict;
} {
  const { startMs, endMs } = windowOf(budget, atMs);
  const own = reports.filter(
    report =>
      report.currency === budget.currency &&
      report.endMs > startMs &&
      report.startMs < atMs,
  );
  const coverageRatio = coverageOf(own, startMs, atMs);
  const spentMicros = Math.round(
    own.reduce(
      (sum, report) =>
        sum +
        report.totalMicros *
          ((Math.min(report.endMs, atMs) - Math.max(report.startMs, startMs)) /
            (report.endMs - report.startMs)),
      0,
    ),
  );
  const reportedShare = (coverageRatio * (atMs - startMs)) / (endMs - startMs);
  const burnRate =
    reportedShare > 0 ? spentMicros / budget.limitMicros / reportedShare : null;
  const facts: VerdictFacts = {
    value: spentMicros / 1e6,
    bound: budget.limitMicros / 1e6,
    comparator: 'at-most',
    unit: budget.currency,
    sampleCount: own.length,
    windowStartMs: startMs,
    windowEndMs: endMs,
  };
  const verdict = (): Verdict => {
    if (own.length === 0)
      return inconclusive(reports.length > 0 ? 'source-error' : 'no-data', {
        bound: facts.bound,
        unit: facts.unit,
        sampleCount: 0,
        windowStartMs: startMs,
        windowEndMs: endMs,
      });
    // Spent is spent, however much was not reported.
    if (spentMicros > budget.limitMicros)
      return { status: 'fail', reason: 'BUDGET_SPENT', facts };
    if (Math.max(...own.map(report => report.endMs)) < atMs - staleMs)
      return inconclusive('stale', facts);
    if (coverageRatio < LEAST_COVERAGE)
      return inconclusive('insufficient-sample', facts);
    if (budget.window === 'month' && burnRate! > 1)
      return { status: 'warn', reason: 'BUDGET_BURNS_FAST', facts };
    return { status: 'pass', reason: 'WITHIN_BUDGET', facts };
  };
  return { spentMicros, burnRate, coverageRatio, verdict: verdict() };
}
