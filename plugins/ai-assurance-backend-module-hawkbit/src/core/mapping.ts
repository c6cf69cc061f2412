import type { PayloadOf } from '@ai-assurance/evidence';
import { codeOfLabel } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  HawkbitGroup,
  HawkbitRollout,
  TargetState,
  targetStates,
} from './answers';
import { hiddenGroups } from './suppress';

type Observation = PayloadOf<'io.ai-assurance.rollout-observation.v2'>;
type Plan = PayloadOf<'io.ai-assurance.rollout-plan.v1'>;
type Counts = Observation['counts'];
type State = Observation['state'];

/** What a statement about a rollout is made from. */
export interface RolloutFacts {
  readonly rollout: HawkbitRollout;
  /** In the order of their ids, which is the order in which hawkBit carries them out. */
  readonly groups: readonly HawkbitGroup[];
  /** Version of the distribution set; `undefined` when hawkBit did not name it. */
  readonly version: string | undefined;
  /** No group under this many devices is shown. */
  readonly minimumGroupSize: number;
}

const rolloutStates: Record<HawkbitRollout['status'], State> = {
  creating: 'planned',
  waiting_for_approval: 'planned',
  approval_denied: 'refused',
  ready: 'planned',
  starting: 'running',
  running: 'running',
  paused: 'paused',
  stopping: 'terminated',
  stopped: 'terminated',
  finished: 'completed',
  deleting: 'terminated',
  deleted: 'terminated',
};

// A group in error has passed its error condition; the rollout it belongs to was paused for it.
const groupStates: Record<HawkbitGroup['status'], State> = {
  creating: 'planned',
  ready: 'planned',
  scheduled: 'planned',
  running: 'running',
  finished: 'completed',
  error: 'failed',
};

const meanings: Record<TargetState, Counts[number]['means']> = {
  notstarted: 'waiting',
  scheduled: 'waiting',
  running: 'offered',
  error: 'failed',
  finished: 'installed',
  cancelled: 'cancelled',
};

/** Whether hawkBit itself still moves devices in this state, so that counts change without the rollout being touched. */
export function isMoving(status: HawkbitRollout['status']): boolean {
  return ['starting', 'running', 'paused', 'stopping', 'deleting'].includes(
    status,
  );
}

function countsOf(
  counts: HawkbitRollout['totalTargetsPerStatus'],
  isDownloadOnly: boolean,
): Counts {
  return targetStates.flatMap(sourceState => {
    const count = counts[sourceState];
    if (count === undefined) return [];
    // A rollout that only downloads counts a device as finished once the files are there. Nothing was installed.
    const means =
      isDownloadOnly && sourceState === 'finished'
        ? 'offered'
        : meanings[sourceState];
    return [{ means, sourceState, count }];
  });
}

/** How far a rollout has come, as hawkBit tells it. */
export function observationOf(facts: RolloutFacts): Observation {
  const { rollout, groups, version, minimumGroupSize } = facts;
  const isDownloadOnly = rollout.type === 'downloadonly';
  const isSuppressed =
    rollout.totalTargets > 0 && rollout.totalTargets < minimumGroupSize;
  const hidden = hiddenGroups(
    groups.map(group => group.totalTargets),
    minimumGroupSize,
  );
  const running = groups.findIndex(group => group.status === 'running');
  const hasError = groups.some(group => group.status === 'error');
  const stages: Observation['stages'] = groups.map((group, at) => ({
    stageId: String(group.id),
    state: groupStates[group.status],
    sourceState: group.status,
    targetedCount: hidden[at] ? null : group.totalTargets,
    counts: hidden[at]
      ? []
      : countsOf(group.totalTargetsPerStatus, isDownloadOnly),
    isSuppressed: hidden[at],
  }));
  return {
    rolloutId: String(rollout.id),
    state: rolloutStates[rollout.status],
    sourceState: rollout.status,
    unit: 'devices',
    targetedCount: isSuppressed ? null : rollout.totalTargets,
    counts: isSuppressed
      ? []
      : countsOf(rollout.totalTargetsPerStatus, isDownloadOnly),
    isSuppressed,
    replicas: null,
    versions:
      version === undefined
        ? []
        : [
            {
              version: codeOfLabel(version),
              role: 'candidate',
              trafficRatio: null,
            },
          ],
    currentStage: running < 0 ? null : running,
    stageCount: rollout.totalGroups ?? null,
    stages,
    pausedBecause:
      rollout.status === 'paused' && hasError ? ['ERROR_CONDITION'] : [],
    failureCode: hasError ? 'ERROR_CONDITION' : null,
    // hawkBit's API tells when a rollout was to start and when it was last changed, not when it started or ended.
    startedAt: null,
    finishedAt: null,
    ...verdictOf(rollout, { isSuppressed, isDownloadOnly, hasError }),
  };
}

function verdictOf(
  rollout: HawkbitRollout,
  is: { isSuppressed: boolean; isDownloadOnly: boolean; hasError: boolean },
): Pick<Observation, 'status' | 'reason'> {
  const state = rolloutStates[rollout.status];
  if (state === 'terminated')
    return { status: 'inconclusive', reason: 'terminated' };
  if (state === 'planned' || state === 'refused')
    return { status: 'inconclusive', reason: reasonWord(rollout.status) };
  if (is.hasError) return { status: 'fail', reason: 'ERROR_CONDITION' };
  if (state !== 'completed')
    return { status: 'inconclusive', reason: reasonWord(rollout.status) };
  if (is.isSuppressed) return { status: 'inconclusive', reason: 'suppressed' };
  const { finished, error, ...rest } = rollout.totalTargetsPerStatus;
  if (finished === undefined || error === undefined || finished === 0)
    return { status: 'inconclusive', reason: 'no-data' };
  if (is.isDownloadOnly)
    return { status: 'inconclusive', reason: 'DOWNLOAD_ONLY' };
  if (error > 0) return { status: 'warn', reason: 'SOME_FAILED' };
  const unreached = Object.values(rest).some(count => count > 0);
  return unreached
    ? { status: 'warn', reason: 'SOME_NOT_REACHED' }
    : { status: 'pass', reason: 'ALL_INSTALLED' };
}

function reasonWord(status: string): string {
  return status.toUpperCase();
}

/**
 * How a rollout was meant to go. `undefined` while hawkBit is still making it, and when it names no version: a plan without
 * one is about nothing.
 */
export function planOf(facts: RolloutFacts): Plan | undefined {
  const { rollout, groups, version, minimumGroupSize } = facts;
  if (rollout.status === 'creating' || version === undefined) return undefined;
  if (groups.length === 0) return undefined;
  const hidden = hiddenGroups(
    groups.map(group => group.totalTargets),
    minimumGroupSize,
  );
  // A dynamic rollout goes on taking in devices: its shares are no plan.
  const isFixed =
    rollout.totalTargets > 0 &&
    ![rollout, ...groups].some(part => part.dynamic === true);
  return {
    rolloutId: String(rollout.id),
    releaseId: null,
    environment: null,
    version: codeOfLabel(version),
    digest: null,
    fromVersion: null,
    fromDigest: null,
    strategy: groups.length > 1 ? 'staged' : 'all-at-once',
    plannedBy: null,
    policyDigest: null,
    stages: groups.map((group, at) => ({
      stageId: String(group.id),
      cohorts: [],
      shareRatio:
        isFixed && !hidden[at]
          ? Math.min(1, group.totalTargets / rollout.totalTargets)
          : null,
      // The next group begins as soon as the success condition holds, unless the action is to wait for a person.
      soakMs: group.successAction?.action === 'NEXTGROUP' ? 0 : null,
      deadlineMs: null,
      defaultAction: null,
      minimumReportingCount: null,
      guardrails: guardrailsOf(group),
    })),
  };
}

function guardrailsOf(
  group: HawkbitGroup,
): Plan['stages'][number]['guardrails'] {
  const guardrail = (
    metric: string,
    comparison: 'at-least' | 'at-most',
    condition: HawkbitGroup['successCondition'],
  ) =>
    condition
      ? [
          {
            metric,
            unit: 'ratio',
            comparison,
            bound: Number(condition.expression) / 100,
            effectFloor: null,
            confidenceRatio: null,
          },
        ]
      : [];
  return [
    ...guardrail('finished-share', 'at-least', group.successCondition),
    ...guardrail('error-share', 'at-most', group.errorCondition),
  ];
}
