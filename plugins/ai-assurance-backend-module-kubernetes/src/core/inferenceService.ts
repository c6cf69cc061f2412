import type { PayloadOf } from '@ai-assurance/evidence';
import { codeOfLabel } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import type { InferenceService } from './answers';
import { conditionOf, modelLabelsOf, objectIdOf } from './objects';

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
 * KServe calls a model up to date once its newest revision is ready, also while it takes a canary's share of the traffic.
 * Delivered it is when the newest revision was rolled out with all of it.
 */
function stateOf(
  { metadata, status }: InferenceService,
  transition: string,
  predictor: Predictor,
): Observation['state'] {
  if (conditionOf(status?.conditions, 'Stopped')?.status === 'True')
    return 'terminated';
  if (isBehind(metadata.generation, status?.observedGeneration))
    return 'running';
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

/** Whether the controller has not yet looked at the newest specification, so that its words are about the one before. */
function isBehind(
  generation: number | null | undefined,
  observed: number | null | undefined,
): boolean {
  return (
    typeof generation === 'number' &&
    typeof observed === 'number' &&
    observed < generation
  );
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
  { metadata, status }: InferenceService,
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
    return {
      status: 'inconclusive',
      reason: isBehind(metadata.generation, status?.observedGeneration)
        ? 'STATUS_BEHIND'
        : 'IN_PROGRESS',
    };
  const ready = conditionOf(status?.conditions, 'Ready')?.status;
  if (ready === undefined) return { status: 'inconclusive', reason: 'no-data' };
  if (ready !== 'True') return { status: 'inconclusive', reason: 'NOT_READY' };
  return (status?.modelStatus?.copies?.failedCopies ?? 0) > 0
    ? { status: 'warn', reason: 'SOME_COPIES_FAILED' }
    : { status: 'pass', reason: 'UP_TO_DATE' };
}
