import type { PayloadOf } from '@ai-assurance/evidence';
import {
  codeOfLabel,
  instantOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import type { InferenceService } from './answers';
import {
  conditionOf,
  isChangedSinceStatus,
  modelLabelsOf,
  objectIdOf,
} from './objects';

type Deployment = PayloadOf<'io.ai-assurance.deployment.v1'>;
type Observation = PayloadOf<'io.ai-assurance.rollout-observation.v2'>;
type Predictor = NonNullable<
  NonNullable<
    NonNullable<InferenceService['status']>['components']
  >['predictor']
>;

/** How far an InferenceService has come with its newest predictor; `undefined` while KServe says nothing of its model. */
export function inferenceServiceObservation(
  cluster: string,
  service: InferenceService,
): Observation | undefined {
  const { metadata, status } = service;
  const transition = status?.modelStatus?.transitionStatus;
  if (!status || !transition) return undefined;
  const predictor = status.components?.predictor ?? {};
  const copies = status.modelStatus?.copies;
  const state = stateOf(service, transition, predictor);
  const failure = status.modelStatus?.lastFailureInfo?.reason;
  return {
    rolloutId: objectIdOf(cluster, metadata),
    state,
    sourceState: transition,
    unit: 'replicas',
    targetedCount: copies?.totalCopies ?? null,
    counts: copies
      ? [
          {
            means: 'failed',
            sourceState: 'failedCopies',
            count: copies.failedCopies ?? 0,
          },
        ]
      : [],
    isSuppressed: false,
    replicas: null,
    versions: versionsOf(service, predictor),
    currentStage: null,
    stageCount: null,
    stages: [],
    pausedBecause: [],
    failureCode: state === 'failed' && failure ? codeOfLabel(failure) : null,
    startedAt: null,
    finishedAt: null,
    ...verdictOf(service, state),
  };
}

/**
 * `observedGeneration` is not asked: KServe copies it from the Knative service, or the Deployment, that it makes of the
 * object, and these count by themselves.
 *
 * KServe calls a model up to date once its newest revision is ready, also while it takes a canary's share of the traffic.
 * Delivered it is when the newest revision was rolled out with all of it.
 */
function stateOf(
  { status }: InferenceService,
  transition: string,
  predictor: Predictor,
): Observation['state'] {
  if (conditionOf(status?.conditions, 'Stopped')?.status === 'True')
    return 'terminated';
  if (transition === 'BlockedByFailedLoad' || transition === 'InvalidSpec')
    return 'failed';
  const newest =
    predictor.latestCreatedRevision ?? predictor.latestReadyRevision;
  const isDelivered =
    !newest ||
    (predictor.latestReadyRevision === newest &&
      predictor.latestRolledoutRevision === newest);
  return transition === 'UpToDate' && isDelivered ? 'completed' : 'running';
}

function versionsOf(
  { metadata }: InferenceService,
  predictor: Predictor,
): Observation['versions'] {
  const {
    latestCreatedRevision,
    latestReadyRevision,
    latestRolledoutRevision,
    previousRolledoutRevision,
  } = predictor;
  const newest = latestCreatedRevision ?? latestReadyRevision;
  const labels = modelLabelsOf(metadata.annotations);
  const ratios = new Map<string, number | null>();
  for (const { revisionName, percent } of predictor.traffic ?? []) {
    if (!revisionName) continue;
    const before = ratios.get(revisionName) ?? null;
    const share = typeof percent === 'number' ? percent / 100 : null;
    ratios.set(
      revisionName,
      before === null ? share : Math.min(1, before + (share ?? 0)),
    );
  }
  const roleOf = (
    revision: string,
  ): Observation['versions'][number]['role'] => {
    if (revision === latestRolledoutRevision) return 'stable';
    return revision === newest || revision === latestReadyRevision
      ? 'candidate'
      : 'previous';
  };
  const named = [
    latestRolledoutRevision,
    newest,
    previousRolledoutRevision,
    ...ratios.keys(),
  ].filter((revision): revision is string => Boolean(revision));
  return [...new Set(named)].map(revision => ({
    version:
      revision === newest && labels.version !== undefined
        ? labels.version
        : codeOfLabel(revision),
    role: roleOf(revision),
    trafficRatio: ratios.get(revision) ?? null,
  }));
}

function verdictOf(
  { status }: InferenceService,
  state: Observation['state'],
): Pick<Observation, 'status' | 'reason'> {
  if (state === 'terminated')
    return { status: 'inconclusive', reason: 'terminated' };
  if (state === 'failed')
    return {
      status: 'fail',
      reason:
        status?.modelStatus?.transitionStatus === 'InvalidSpec'
          ? 'INVALID_SPEC'
          : 'BLOCKED_BY_FAILED_LOAD',
    };
  if (state !== 'completed')
    return { status: 'inconclusive', reason: 'IN_PROGRESS' };
  const ready = conditionOf(status?.conditions, 'Ready')?.status;
  if (ready === undefined) return { status: 'inconclusive', reason: 'no-data' };
  if (ready !== 'True') return { status: 'inconclusive', reason: 'NOT_READY' };
  return (status?.modelStatus?.copies?.failedCopies ?? 0) > 0
    ? { status: 'warn', reason: 'SOME_COPIES_FAILED' }
    : { status: 'pass', reason: 'UP_TO_DATE' };
}

/**
 * That a revision of the predictor was put into an environment: it has all the traffic, is ready and the newest. The moment
 * is that at which KServe saw its pods, and the route to them, become ready. `undefined` otherwise; also without revisions,
 * which a plain Deployment of KServe does not tell of.
 */
export function inferenceServiceDeployment(options: {
  cluster: string;
  environment: string;
  service: InferenceService;
}): { deployment: Deployment; endedAtMs: number } | undefined {
  const { cluster, environment, service } = options;
  const { metadata, status } = service;
  const predictor = status?.components?.predictor ?? {};
  const { latestRolledoutRevision: revision, previousRolledoutRevision } =
    predictor;
  const transition = status?.modelStatus?.transitionStatus;
  const endedAtMs = readySinceMs(service);
  if (
    !revision ||
    revision !== predictor.latestCreatedRevision ||
    transition !== 'UpToDate' ||
    stateOf(service, transition, predictor) !== 'completed' ||
    percentOf(revision, predictor) !== 100 ||
    conditionOf(status?.conditions, 'Ready')?.status !== 'True' ||
    endedAtMs === undefined ||
    // The labels would be those of what is still to come.
    isChangedSinceStatus(metadata)
  )
    return undefined;
  const labels = modelLabelsOf(metadata.annotations);
  return {
    endedAtMs,
    deployment: {
      deploymentId: codeOfLabel(`${objectIdOf(cluster, metadata)}:${revision}`),
      environment,
      version: labels.version ?? codeOfLabel(revision),
      digest: labels.digest ?? null,
      fromVersion: previousRolledoutRevision
        ? codeOfLabel(previousRolledoutRevision)
        : null,
      fromDigest: null,
      cause: 'unknown',
      outcome: 'succeeded',
      changeId: null,
      commit: null,
      releaseId: null,
      trafficRatio: 1,
      startedAt: null,
      finishedAt: instantOf(endedAtMs),
    },
  };
}

/** Since when the newest pods and the route to them are ready; `undefined` when they are not, or KServe does not date it. */
function readySinceMs({ status }: InferenceService): number | undefined {
  let sinceMs = 0;
  for (const type of ['PredictorConfigurationReady', 'PredictorRouteReady']) {
    const condition = conditionOf(status?.conditions, type);
    if (condition?.status !== 'True' || !condition.lastTransitionTime)
      return undefined;
    sinceMs = Math.max(sinceMs, Date.parse(condition.lastTransitionTime));
  }
  return sinceMs;
}

function percentOf(revision: string, { traffic }: Predictor): number {
  return (traffic ?? []).reduce(
    (sum, target) =>
      target.revisionName === revision ? sum + (target.percent ?? 0) : sum,
    0,
  );
}
