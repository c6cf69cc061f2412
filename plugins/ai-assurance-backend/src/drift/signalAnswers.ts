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
export function statusOf({
  verdict: whole,
  cohorts = [],
}: MonitorAnswer): MonitorAnswer['verdict'] {
  let worst = whole;
  // Nearly all cohorts say what the whole says.
  for (const { verdict } of cohorts)
    if (
      verdict.status !== worst.status &&
      verdict.status !== 'inconclusive' &&
      worstOf([worst.status, verdict.status]) === verdict.status
    )
      worst = verdict;
  return worst;
}
