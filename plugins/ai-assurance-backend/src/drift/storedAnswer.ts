import { Verdict } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import type { MonitorAnswer } from './DriftStore';

type CohortAnswer = NonNullable<MonitorAnswer['cohorts']>[number];
type Told = NonNullable<MonitorAnswer['statistics']>[number];

/** One cohort without the names that all of them repeat. */
type CohortRow = [
  cohort: string,
  value: number | null,
  failLimit: number | null,
  pValue: number | null,
  adjustedPValue: number | null,
  referenceCount: number | null,
  currentCount: number | null,
  /** Of a list of verdicts that differ in numbers alone. */
  kind: number,
  bound: number | null,
  sampleCount: number | null,
  sampleCountNeeded: number | null,
];

type StatisticRow = [
  statistic: string,
  value: number,
  warnLimit: number,
  failLimit: number,
  pValue: number,
];

interface Stored extends Omit<MonitorAnswer, 'cohorts' | 'statistics'> {
  short: {
    statistics: StatisticRow[];
    cohorts: CohortRow[];
    /** Status, reason and unit of verdicts. */
    kinds: [Verdict['status'], string, string][];
  };
}

/**
 * A judgement as its row keeps it. A signal with many cohorts is written anew at every evaluation, so what can be told from
 * the rest is left out: names of members, and of each cohort's facts the window, which is that of the whole.
 */
export function answerText(answer: MonitorAnswer): string {
  const { cohorts, statistics, ...rest } = answer;
  const kinds: Stored['short']['kinds'] = [];
  const kindOf = ({ status, reason, facts }: Verdict) => {
    const unit = facts.unit ?? '';
    const known = kinds.findIndex(
      kind => kind[0] === status && kind[1] === reason && kind[2] === unit,
    );
    return known >= 0 ? known : kinds.push([status, reason, unit]) - 1;
  };
  const stored: Stored = {
    ...rest,
    short: {
      statistics: (statistics ?? []).map(
        (one): StatisticRow => [
          one.statistic,
          one.value,
          one.warnLimit,
          one.failLimit,
          one.pValue,
        ],
      ),
      cohorts: (cohorts ?? []).map(
        (one): CohortRow => [
          one.cohort,
          one.value,
          one.failLimit,
          one.pValue,
          one.adjustedPValue,
          one.referenceCount,
          one.currentCount,
          kindOf(one.verdict),
          one.verdict.facts.bound ?? null,
          one.verdict.facts.sampleCount ?? null,
          one.verdict.facts.sampleCountNeeded ?? null,
        ],
      ),
      kinds,
    },
  };
  return JSON.stringify(stored);
}

/** Reads what {@link answerText} wrote, and whole answers as earlier versions wrote them. */
export function answerOf(text: string): MonitorAnswer {
  const read: MonitorAnswer | Stored = JSON.parse(text);
  if (!('short' in read)) return read;
  const { short, ...rest } = read;
  const { windowStartMs, windowEndMs } = rest.verdict.facts;
  return {
    ...rest,
    statistics: short.statistics.map(
      ([statistic, value, warnLimit, failLimit, pValue]): Told => ({
        statistic,
        value,
        warnLimit,
        failLimit,
        pValue,
      }),
    ),
    cohorts: short.cohorts.map((row): CohortAnswer => {
      const [cohort, value, failLimit, pValue, adjustedPValue] = row;
      const [, , , , , referenceCount, currentCount, kind] = row;
      const [bound, sampleCount, sampleCountNeeded] = row.slice(8) as (
        | number
        | null
      )[];
      const [status, reason, unit] = short.kinds[kind];
      return {
        cohort,
        value,
        failLimit,
        pValue,
        adjustedPValue,
        referenceCount,
        currentCount,
        verdict: {
          status,
          reason,
          facts: {
            ...(bound === null ? {} : { bound }),
            comparator: 'below',
            unit,
            windowStartMs,
            windowEndMs,
            ...(value === null ? {} : { value }),
            ...(sampleCount === null ? {} : { sampleCount }),
            ...(sampleCountNeeded === null ? {} : { sampleCountNeeded }),
          },
        },
      };
    }),
  };
}
