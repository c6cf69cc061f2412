import type { PayloadOf } from '@ai-assurance/evidence';
import {
  codeOfLabel,
  instantOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import type { ArgoRollout } from './answers';
import { conditionOf, modelLabelsOf, objectIdOf } from './objects';
import { pauseMs } from './pause';

type Observation = PayloadOf<'io.ai-assurance.rollout-observation.v2'>;
type Plan = PayloadOf<'io.ai-assurance.rollout-plan.v1'>;
type Deployment = PayloadOf<'io.ai-assurance.deployment.v1'>;

/** What the newest pods are called: as the team labelled them, else by the hash of their template. */
export function newestVersionOf(rollout: ArgoRollout): string | undefined {
  const hash = rollout.status?.currentPodHash;
  const { version } = modelLabelsOf(
    rollout.spec.template?.metadata?.annotations,
  );
  // A template that the controller has not seen yet has no hash, and the pods that run are not of it.
  if (!hash || isBehind(rollout)) return hash ? codeOfLabel(hash) : undefined;
  return version ?? codeOfLabel(hash);
}

/** The digest that the team gave the newest pods; `undefined` without one. */
export function newestDigestOf(rollout: ArgoRollout): string | undefined {
  return isBehind(rollout)
    ? undefined
    : modelLabelsOf(rollout.spec.template?.metadata?.annotations).digest;
}

/**
 * Whether the controller has not yet looked at the newest specification: Argo asks not to rely on the phase then. It writes
 * the generation that it saw as text.
 */
function isBehind({ metadata, status }: ArgoRollout): boolean {
  const observed = status?.observedGeneration;
  return (
    typeof metadata.generation === 'number' &&
    typeof observed === 'string' &&
    observed !== String(metadata.generation)
  );
}

/** How far a Rollout has come, as Argo Rollouts tells it; `undefined` while its controller has said nothing. */
export function rolloutObservation(
  cluster: string,
  rollout: ArgoRollout,
): Observation | undefined {
  const { metadata, spec, status } = rollout;
  if (!status?.phase) return undefined;
  const state = stateOf(rollout);
  return {
    rolloutId: objectIdOf(cluster, metadata),
    state,
    sourceState: status.phase,
    unit: 'replicas',
    targetedCount: spec.replicas ?? null,
    counts: [],
    isSuppressed: false,
    replicas: {
      totalCount: status.replicas ?? 0,
      updatedCount: status.updatedReplicas ?? 0,
      readyCount: status.readyReplicas ?? 0,
      availableCount: status.availableReplicas ?? 0,
    },
    versions: versionsOf(rollout),
    currentStage: status.currentStepIndex ?? null,
    stageCount: spec.strategy?.canary?.steps?.length ?? null,
    stages: [],
    pausedBecause: (status.pauseConditions ?? []).map(({ reason }) =>
      codeOfLabel(reason || 'unnamed'),
    ),
    failureCode: status.abort ? 'ABORTED' : null,
    startedAt: null,
    finishedAt: null,
    ...verdictOf(rollout, state),
  };
}

function stateOf(rollout: ArgoRollout): Observation['state'] {
  if (isBehind(rollout)) return 'running';
  // Aborting sends all traffic back to the stable version.
  if (rollout.status?.abort) return 'rolled-back';
  switch (rollout.status?.phase) {
    case 'Healthy':
      return 'completed';
    case 'Paused':
      return 'paused';
    case 'Degraded':
      return 'failed';
    default:
      return 'running';
  }
}

function verdictOf(
  rollout: ArgoRollout,
  state: Observation['state'],
): Pick<Observation, 'status' | 'reason'> {
  const { currentPodHash, stableRS } = rollout.status ?? {};
  if (isBehind(rollout))
    return { status: 'inconclusive', reason: 'STATUS_BEHIND' };
  if (state === 'rolled-back') return { status: 'fail', reason: 'ABORTED' };
  if (state === 'failed') return { status: 'fail', reason: 'DEGRADED' };
  if (state === 'paused') return { status: 'inconclusive', reason: 'PAUSED' };
  if (state !== 'completed')
    return { status: 'inconclusive', reason: 'PROGRESSING' };
  // Healthy is said of the pods; that they are the newest ones is said by the stable hash.
  return currentPodHash && currentPodHash === stableRS
    ? { status: 'pass', reason: 'HEALTHY' }
    : { status: 'inconclusive', reason: 'no-data' };
}

function versionsOf(rollout: ArgoRollout): Observation['versions'] {
  const { stableRS, currentPodHash, canary } = rollout.status ?? {};
  const weights = canary?.weights;
  const ratioOf = (hash: string) => {
    const own = [weights?.canary, weights?.stable].filter(
      weight => weight?.podTemplateHash === hash,
    );
    return own.length === 0
      ? null
      : Math.min(1, own.reduce((sum, one) => sum + one!.weight, 0) / 100);
  };
  const hashes = [...new Set([stableRS, currentPodHash])].filter(
    (hash): hash is string => Boolean(hash),
  );
  return hashes.map(hash => ({
    version:
      hash === currentPodHash
        ? newestVersionOf(rollout) ?? codeOfLabel(hash)
        : codeOfLabel(hash),
    role: hash === stableRS ? 'stable' : 'candidate',
    trafficRatio: ratioOf(hash),
  }));
}

/**
 * How a Rollout was meant to go, from its strategy. `undefined` while its controller has not seen it: there is no version to
 * speak of. What an analysis step measures stands in other objects and is left out.
 */
export function rolloutPlan(options: {
  cluster: string;
  environment: string;
  rollout: ArgoRollout;
}): Plan | undefined {
  const { cluster, environment, rollout } = options;
  const { strategy } = rollout.spec;
  const version = newestVersionOf(rollout);
  if (!strategy || version === undefined || isBehind(rollout)) return undefined;
  const { stableRS, currentPodHash } = rollout.status ?? {};
  const stages = strategy.blueGreen
    ? [stage('active', 1, promotionMs(strategy.blueGreen))]
    : canaryStages(strategy.canary?.steps ?? []);
  return {
    rolloutId: objectIdOf(cluster, rollout.metadata),
    releaseId: null,
    environment,
    version,
    digest: newestDigestOf(rollout) ?? null,
    fromVersion:
      stableRS && stableRS !== currentPodHash ? codeOfLabel(stableRS) : null,
    fromDigest: null,
    strategy: strategyOf(strategy, stages.length),
    plannedBy: null,
    policyDigest: null,
    stages,
  };
}

function strategyOf(
  strategy: NonNullable<ArgoRollout['spec']['strategy']>,
  stageCount: number,
): Plan['strategy'] {
  if (strategy.blueGreen) return 'blue-green';
  return stageCount > 1 ? 'canary' : 'all-at-once';
}

/** Each setWeight begins a stage, and the pauses before the next are its soak. Argo goes to all traffic after the last step. */
function canaryStages(
  steps: NonNullable<
    NonNullable<NonNullable<ArgoRollout['spec']['strategy']>['canary']>['steps']
  >,
): Plan['stages'] {
  const stages: Plan['stages'] = [];
  for (const [index, step] of steps.entries()) {
    if (typeof step.setWeight === 'number')
      stages.push(stage(`step-${index}`, step.setWeight / 100, 0));
    const current = stages[stages.length - 1];
    if (step.pause && current && current.soakMs !== null) {
      const ms = pauseMs(step.pause.duration);
      current.soakMs = ms === null ? null : current.soakMs + ms;
    }
  }
  const last = stages[stages.length - 1];
  return last?.shareRatio === 1 ? stages : [...stages, stage('full', 1, 0)];
}

function promotionMs(blueGreen: {
  autoPromotionEnabled?: boolean | null;
  autoPromotionSeconds?: number | null;
}): number | null {
  if (blueGreen.autoPromotionEnabled === false) return null;
  return (blueGreen.autoPromotionSeconds ?? 0) * 1000;
}

function stage(
  stageId: string,
  shareRatio: number,
  soakMs: number | null,
): Plan['stages'][number] {
  return {
    stageId,
    cohorts: [],
    shareRatio,
    soakMs,
    deadlineMs: null,
    defaultAction: null,
    minimumReportingCount: null,
    guardrails: [],
  };
}

/**
 * That a version was put into an environment, or was sent back: Argo dates when a Rollout completed and when it was aborted,
 * and nothing else. `undefined` otherwise.
 */
export function rolloutDeployment(options: {
  cluster: string;
  environment: string;
  rollout: ArgoRollout;
}): { deployment: Deployment; endedAtMs: number } | undefined {
  const { cluster, environment, rollout } = options;
  const { status } = rollout;
  const version = newestVersionOf(rollout);
  if (!status?.currentPodHash || version === undefined || isBehind(rollout))
    return undefined;
  const completed = conditionOf(status.conditions, 'Completed');
  const isStable = status.currentPodHash === status.stableRS;
  const endedAt =
    (status.abort && !isStable && status.abortedAt) ||
    (!status.abort &&
      isStable &&
      completed?.status === 'True' &&
      completed.lastTransitionTime) ||
    undefined;
  if (endedAt === undefined) return undefined;
  const endedAtMs = Date.parse(endedAt);
  const newest = status.canary?.weights?.canary;
  return {
    endedAtMs,
    deployment: {
      deploymentId: codeOfLabel(
        `${objectIdOf(cluster, rollout.metadata)}:${status.currentPodHash}`,
      ),
      environment,
      version,
      digest: newestDigestOf(rollout) ?? null,
      fromVersion:
        status.stableRS && !isStable ? codeOfLabel(status.stableRS) : null,
      fromDigest: null,
      cause: 'unknown',
      outcome: status.abort ? 'rolled-back' : 'succeeded',
      changeId: null,
      commit: null,
      releaseId: null,
      trafficRatio:
        status.abort && newest?.podTemplateHash === status.currentPodHash
          ? newest.weight / 100
          : null,
      startedAt: null,
      finishedAt: instantOf(endedAtMs),
    },
  };
}
