import { worstOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { BriefJudgement } from './core/judgements';
import { Monitor } from './core/monitors';
import { MonitorAnswer } from './DriftStore';
import { SignalData } from './SignalSources';

/**
 * Without the cohorts that a monitor does not name. What is hidden was found among all of them, so that those that are named
 * give none of the others away.
 */
export function onlyNamed(
  data: SignalData,
  { onlyCohorts }: Monitor,
): SignalData {
  if (!onlyCohorts) return data;
  return {
    ...data,
    cohorts: new Map(
      [...data.cohorts].filter(([cohort]) => onlyCohorts.includes(cohort)),
    ),
  };
}

/** One cohort beside the whole. */
export type CohortAnswer = NonNullable<MonitorAnswer['cohorts']>[number];

/** What is told of one cohort beside the whole. */
export function cohortAnswer(
  cohort: string,
  judged: BriefJudgement,
  isHidden: boolean,
): CohortAnswer {
  return {
    cohort,
    value: judged.value ?? null,
    failLimit: judged.value === undefined ? null : judged.failLimit,
    pValue: judged.pValue ?? null,
    adjustedPValue: judged.adjustedPValue ?? null,
    referenceCount: isHidden ? null : judged.referenceCount,
    currentCount: isHidden ? null : judged.currentCount,
    verdict: judged.verdict,
  };
}

/** Worst of a signal and its cohorts; cohorts that cannot be judged do not hide that the whole could. */
export function statusOf(answer: MonitorAnswer): MonitorAnswer['verdict'] {
  const judged = (answer.cohorts ?? []).filter(
    ({ verdict }) => verdict.status !== 'inconclusive',
  );
  const worst = worstOf([
    answer.verdict.status,
    ...judged.map(({ verdict }) => verdict.status),
  ]);
  return worst === answer.verdict.status
    ? answer.verdict
    : judged.find(({ verdict }) => verdict.status === worst)!.verdict;
}
