import {
  CohortAdoption,
  Drift,
  formatMs,
  formatShare,
  formatShareOf,
  Objective,
  SubjectSummary,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

const factLimit = 5;

/** At most five facts for a card: objectives first, then drift, then adoption, each with its denominator. */
export function summaryFacts(
  objectives: Objective[],
  drift: Drift[],
  adoption: CohortAdoption[],
): SubjectSummary['facts'] {
  const facts: SubjectSummary['facts'] = [];
  for (const objective of objectives) {
    facts.push({
      label: objective.thresholdMs
        ? `Within ${formatMs(objective.thresholdMs)}`
        : objective.objectiveName,
      value: formatShare(objective.goodCount, objective.totalCount),
      verdict: objective.verdict,
    });
  }
  for (const monitor of drift) {
    facts.push({
      label: `Drift of ${monitor.feature}`,
      value:
        monitor.value === null
          ? 'not known'
          : `${monitor.statistic.toUpperCase()} ${monitor.value.toFixed(
              3,
            )}, limit ${monitor.failLimit.toFixed(3)}`,
      verdict: monitor.verdict,
    });
  }
  for (const cohort of adoption) {
    const top = [...cohort.versions].sort(
      (a, b) => b.sessionCount - a.sessionCount,
    )[0];
    facts.push({
      label: cohort.title,
      value: top
        ? `version ${top.version}: ${formatShareOf(
            top.sessionCount,
            cohort.totalCount,
            'session',
          )}`
        : 'no session reported',
    });
  }
  return facts.slice(0, factLimit);
}
