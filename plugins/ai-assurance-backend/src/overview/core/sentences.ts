import {
  CohortAdoption,
  Drift,
  formatCount,
  formatCounted,
  formatMs,
  formatShare,
  formatShareOf,
  Objective,
  SubjectScore,
  VerdictRollUp,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** `needsAttention` for one subject, as {@link overviewSentence} counts it. */
export interface SubjectState {
  status: VerdictStatus;
  isOwned: boolean;
}

/** The first line of the overview: how many subjects need somebody, and why. */
export function overviewSentence(subjects: SubjectState[]): string {
  if (subjects.length === 0) {
    return 'No AI service, model or device cohort is registered in the catalog yet.';
  }
  const failing = subjects.filter(s => s.status === 'fail').length;
  const unknown = subjects.filter(s => s.status === 'inconclusive').length;
  const warning = subjects.filter(s => s.status === 'warn').length;
  const unowned = subjects.filter(s => !s.isOwned).length;
  const attention = subjects.filter(
    s => !s.isOwned || ['fail', 'inconclusive', 'warn'].includes(s.status),
  ).length;
  if (attention === 0) {
    return subjects.length === 1
      ? 'The one subject passes every check that applies to it.'
      : `All ${formatCounted(
          subjects.length,
          'subject',
        )} pass every check that applies to them.`;
  }
  const parts = [
    failing > 0 ? `${formatCount(failing)} failing` : undefined,
    unknown > 0 ? `${formatCount(unknown)} not known` : undefined,
    warning > 0 ? `${formatCount(warning)} with a warning` : undefined,
    unowned > 0 ? `${formatCount(unowned)} without an owner` : undefined,
  ].filter(part => part !== undefined);
  return `${formatCount(attention)} of ${formatCounted(
    subjects.length,
    'subject',
  )} ${attention === 1 ? 'needs' : 'need'} attention: ${parts.join(', ')}.`;
}

/** A reason code as words: `no-data` reads "no data". */
const words = (code: string) => code.replaceAll('-', ' ');

function withinPhrase(objective: Objective): string {
  const share = formatShare(objective.goodCount, objective.totalCount);
  const limit = objective.thresholdMs
    ? ` within ${formatMs(objective.thresholdMs)}`
    : ' good';
  return `${share}${limit}, objective ${Number(
    (100 * objective.objectiveRatio).toFixed(3),
  )} %`;
}

/** One objective in words, whatever its verdict. */
export function objectivePhrase(objective: Objective): string {
  const { status, reason } = objective.verdict;
  const firing = objective.burnRates.filter(rate => rate.firing);
  const fastest = Math.max(...firing.map(rate => rate.longBurn ?? 0), 0);
  const burn = fastest > 0 ? `, burning ${fastest.toPrecision(2)}×` : '';
  if (status === 'inconclusive') {
    return `${objective.objectiveName} is not known (${words(
      reason,
    )}): ${withinPhrase(objective)}`;
  }
  return `${objective.objectiveName}: ${withinPhrase(objective)}${burn}`;
}

const driftWords = {
  fail: 'outputs have drifted',
  warn: 'outputs are drifting',
};

/** One drift verdict in words. */
export function driftPhrase(drift: Drift): string {
  const { status, reason } = drift.verdict;
  if (drift.referenceId === null) {
    return `drift is not known: ${drift.feature} has no approved reference`;
  }
  const count = `n = ${formatCount(drift.currentCount)}`;
  if (status === 'inconclusive' || drift.value === null) {
    return `drift of ${drift.feature} is not known (${words(
      reason,
    )}, ${count})`;
  }
  const claim =
    driftWords[status as keyof typeof driftWords] ?? 'outputs have not drifted';
  const statistic = drift.statistic.toLocaleUpperCase('en-US');
  const value = drift.value.toFixed(3);
  const limit = drift.failLimit.toFixed(3);
  return `${claim}: ${statistic} of ${drift.feature} ${value}, limit ${limit}, ${count}`;
}

/** With a capital first letter. */
export const capitalised = (text: string) =>
  text.charAt(0).toLocaleUpperCase('en-US') + text.slice(1);

function checkCounts(
  rollUp: VerdictRollUp,
  failing: number,
  warning: number,
): string {
  const parts = [
    failing > 0
      ? `${formatCount(failing)} of ${formatCounted(
          rollUp.inScopeCount,
          'check',
        )} ${failing === 1 ? 'fails' : 'fail'}`
      : undefined,
    warning > 0 ? `${formatCount(warning)} with a warning` : undefined,
    rollUp.unknownCount > 0
      ? `${formatCount(rollUp.unknownCount)} of ${formatCount(
          rollUp.inScopeCount,
        )} not known`
      : undefined,
  ].filter(part => part !== undefined);
  return parts.join(', ');
}

/** Readiness of a subject from its score. */
export function scoreSentence(score: SubjectScore | undefined): string {
  if (!score) return 'Not judged yet.';
  const { rollUp } = score;
  if (rollUp.inScopeCount === 0) return 'No check applies to this subject.';
  const failing = score.checks.filter(c => c.verdict.status === 'fail').length;
  const warning = score.checks.filter(c => c.verdict.status === 'warn').length;
  const level = score.level
    ? ` Level held: ${score.level}.`
    : ' No level is held.';
  if (rollUp.status === 'pass') {
    const all =
      rollUp.inScopeCount === 1
        ? 'the one check that applies passes'
        : `all ${formatCount(rollUp.inScopeCount)} checks pass`;
    return `Ready for production: ${all}.${level}`;
  }
  return `Not ready for production: ${checkCounts(
    rollUp,
    failing,
    warning,
  )}.${level}`;
}

/** A model in one line: readiness, then who runs which version. */
export function modelSentence(
  score: SubjectScore | undefined,
  adoption: CohortAdoption[],
): string {
  const total = adoption.reduce((sum, cohort) => sum + cohort.totalCount, 0);
  if (total === 0)
    return `${scoreSentence(score)} No session reported in this range.`;
  const byVersion = new Map<string, number>();
  for (const cohort of adoption) {
    for (const row of cohort.versions) {
      byVersion.set(
        row.version,
        (byVersion.get(row.version) ?? 0) + row.sessionCount,
      );
    }
  }
  const [version, sessions] = [...byVersion].sort((a, b) => b[1] - a[1])[0];
  return `${scoreSentence(score)} Version ${version} runs ${formatShareOf(
    sessions,
    total,
    'session',
  )}.`;
}

/** A cohort in one line: does it report, and what does it run. */
export function cohortSentence(
  models: { title: string; adoption: CohortAdoption }[],
): string {
  const reporting = models.filter(m => m.adoption.totalCount > 0);
  if (models.length === 0) return 'No model targets this cohort.';
  if (reporting.length === 0)
    return 'Silent: no session reported in this range.';
  const parts = reporting.map(({ title, adoption }) => {
    const top = [...adoption.versions].sort(
      (a, b) => b.sessionCount - a.sessionCount,
    )[0];
    const crashed = adoption.versions.reduce(
      (sum, v) => sum + v.crashedCount,
      0,
    );
    return `${title}: version ${top.version} runs ${formatShareOf(
      top.sessionCount,
      adoption.totalCount,
      'session',
    )}, ${formatShare(
      adoption.totalCount - crashed,
      adoption.totalCount,
    )} crash-free`;
  });
  return `${parts.join('; ')}.`;
}
