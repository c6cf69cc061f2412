import { worstOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { CohortCounts } from './adoption';

/** Limits of a healthy rollout. The suite’s starting points; they are part of what the evidence says by its version. */
export const LIMITS = {
  loadSuccessRatio: 0.995,
  crashFreeRatio: 0.99,
  /** Fewest load attempts, and fewest sessions, for a verdict on a group. */
  minimumCount: 30,
  /**
   * Width of the interval in standard deviations: 99.9 %, two-sided. Wider than the usual 95 %, because several groups are
   * judged, and again every minute.
   */
  z: 3.2905,
} as const;

/**
 * Upper end of Wilson’s score interval of a share. 1 when nothing was counted.
 * @see E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927
 */
export function wilsonUpper(
  successCount: number,
  totalCount: number,
  z: number,
): number {
  if (totalCount <= 0) return 1;
  const share = successCount / totalCount;
  const z2 = z * z;
  const centre = share + z2 / (2 * totalCount);
  const spread =
    z *
    Math.sqrt(
      (share * (1 - share)) / totalCount + z2 / (4 * totalCount * totalCount),
    );
  return Math.min(1, (centre + spread) / (1 + z2 / totalCount));
}

export interface RolloutVerdict {
  status: VerdictStatus;
  reason: string;
}

interface Group {
  loadAttemptCount: number;
  loadFailureCount: number;
  sessionCount: number;
  crashedCount: number;
}

function judgeShare(
  name: string,
  badCount: number,
  totalCount: number,
  limit: number,
): RolloutVerdict {
  if (totalCount === 0) return { status: 'inconclusive', reason: 'no-data' };
  if (totalCount < LIMITS.minimumCount)
    return { status: 'inconclusive', reason: 'insufficient-sample' };
  const goodCount = totalCount - badCount;
  if (goodCount / totalCount >= limit)
    return { status: 'pass', reason: 'healthy' };
  return wilsonUpper(goodCount, totalCount, LIMITS.z) < limit
    ? { status: 'fail', reason: `${name}-below-limit` }
    : { status: 'warn', reason: `${name}-perhaps-below-limit` };
}

function judgeGroup(group: Group): RolloutVerdict[] {
  return [
    judgeShare(
      'load-success',
      group.loadFailureCount,
      group.loadAttemptCount,
      LIMITS.loadSuccessRatio,
    ),
    judgeShare(
      'crash-free',
      group.crashedCount,
      group.sessionCount,
      LIMITS.crashFreeRatio,
    ),
  ];
}

function total(groups: Group[]): Group {
  const sum = (field: keyof Group) =>
    groups.reduce((count, group) => count + group[field], 0);
  return {
    loadAttemptCount: sum('loadAttemptCount'),
    loadFailureCount: sum('loadFailureCount'),
    sessionCount: sum('sessionCount'),
    crashedCount: sum('crashedCount'),
  };
}

/**
 * Whether a model runs well where it is meant to run. Every targeted cohort has to report enough; beside the cohort as a
 * whole, each version with enough reports is judged by itself, so that a good majority cannot hide a bad newcomer. Signals
 * from outside the targeted cohorts are judged when there are enough of them, but are not waited for.
 * Of equally bad findings the first by cohort is named; `no-data` before `insufficient-sample`.
 */
export function judgeRollout(
  cohorts: CohortCounts[],
  targeted: string[],
): RolloutVerdict {
  const verdicts: RolloutVerdict[] = [];
  for (const ref of targeted) {
    verdicts.push(
      ...judgeGroup(
        total(cohorts.find(({ cohort }) => cohort === ref)?.versions ?? []),
      ),
    );
  }
  for (const group of cohorts.flatMap(({ versions }) => versions)) {
    verdicts.push(
      ...judgeGroup(group).filter(({ status }) => status !== 'inconclusive'),
    );
  }
  const status =
    targeted.length === 0
      ? worstOf(['inconclusive', ...verdicts.map(v => v.status)])
      : worstOf(verdicts.map(v => v.status));
  const reasons = verdicts
    .filter(verdict => verdict.status === status)
    .map(({ reason }) => reason);
  if (
    status === 'inconclusive' &&
    (reasons.length === 0 || reasons.includes('no-data'))
  )
    return { status, reason: 'no-data' };
  return { status, reason: reasons[0] };
}
