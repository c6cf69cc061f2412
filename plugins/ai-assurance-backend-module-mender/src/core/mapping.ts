import type { PayloadOf } from '@ai-assurance/evidence';
import {
  codeOfLabel,
  instantOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  DeviceState,
  deviceStates,
  MenderDeployment,
  MenderStatistics,
} from './answers';

type Observation = PayloadOf<'io.ai-assurance.rollout-observation.v2'>;
type Counts = Observation['counts'];

/** What a statement about a deployment is made from. */
export interface DeploymentFacts {
  readonly deployment: MenderDeployment;
  readonly statistics: MenderStatistics;
  readonly version: string;
  /** No deployment to fewer devices is shown with its counts. */
  readonly minimumGroupSize: number;
}

const meanings: Record<DeviceState, Counts[number]['means']> = {
  pending: 'waiting',
  downloading: 'offered',
  pause_before_installing: 'deferred',
  installing: 'offered',
  pause_before_rebooting: 'deferred',
  rebooting: 'offered',
  pause_before_committing: 'deferred',
  success: 'installed',
  failure: 'failed',
  // Mender calls a device without a fitting artifact finished. It did not get the version, and it did not fail.
  noartifact: 'incompatible',
  'already-installed': 'already-installed',
  aborted: 'cancelled',
  decommissioned: 'cancelled',
};

/** How far a deployment has come, as Mender tells it. */
export function observationOf(facts: DeploymentFacts): Observation {
  const { deployment, statistics, version } = facts;
  const told = Object.values(statistics).reduce((sum, one) => sum + one, 0);
  const size = Math.max(told, deployment.device_count);
  const isSuppressed = size > 0 && size < facts.minimumGroupSize;
  const isCutShort =
    deployment.status === 'finished' && (statistics.aborted ?? 0) > 0;
  return {
    rolloutId: deployment.id,
    state: stateOf(deployment.status, isCutShort),
    sourceState: deployment.status,
    unit: 'devices',
    // device_count is how many devices the deployment acted upon so far. Only a dynamic one tells how many it was meant for.
    targetedCount: isSuppressed
      ? null
      : deployment.initial_device_count ?? null,
    counts: isSuppressed
      ? []
      : deviceStates.flatMap(sourceState => {
          const count = statistics[sourceState];
          return count === undefined
            ? []
            : [{ means: meanings[sourceState], sourceState, count }];
        }),
    isSuppressed,
    replicas: null,
    versions: [
      { version: codeOfLabel(version), role: 'candidate', trafficRatio: null },
    ],
    currentStage: null,
    stageCount: null,
    stages: [],
    pausedBecause: [],
    failureCode: null,
    startedAt: null,
    finishedAt: deployment.finished
      ? instantOf(Date.parse(deployment.finished))
      : null,
    ...verdictOf(facts, { isSuppressed, isCutShort }),
  };
}

function stateOf(
  status: MenderDeployment['status'],
  isCutShort: boolean,
): Observation['state'] {
  switch (status) {
    case 'scheduled':
    case 'pending':
      return 'planned';
    case 'inprogress':
      return 'running';
    default:
      return isCutShort ? 'terminated' : 'completed';
  }
}

function verdictOf(
  { deployment, statistics }: DeploymentFacts,
  is: { isSuppressed: boolean; isCutShort: boolean },
): Pick<Observation, 'status' | 'reason'> {
  if (deployment.status !== 'finished')
    return {
      status: 'inconclusive',
      reason: deployment.status.toUpperCase(),
    };
  if (is.isCutShort) return { status: 'inconclusive', reason: 'terminated' };
  if (is.isSuppressed) return { status: 'inconclusive', reason: 'suppressed' };
  const { success, failure, noartifact, decommissioned } = statistics;
  // Without each of these nobody knows whether all of them have it. That some were aborted has to be ruled out, too.
  if (
    success === undefined ||
    failure === undefined ||
    noartifact === undefined ||
    statistics.aborted === undefined ||
    success === 0
  )
    return { status: 'inconclusive', reason: 'no-data' };
  if (failure > 0) return { status: 'warn', reason: 'SOME_FAILED' };
  return noartifact > 0 || (decommissioned ?? 0) > 0
    ? { status: 'warn', reason: 'SOME_NOT_REACHED' }
    : { status: 'pass', reason: 'ALL_INSTALLED' };
}
