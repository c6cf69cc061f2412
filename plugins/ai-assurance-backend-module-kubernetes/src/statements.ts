import {
  AnyCollectedFact,
  expiryOf,
  instantOf,
  periodOf,
  shortDigestOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import type { PayloadOf } from '@ai-assurance/evidence';
import type {
  AnalysisRun,
  ArgoRollout,
  InferenceService,
  ObjectMetadata,
} from './core/answers';
import { rolloutAnalysis } from './core/analysisRun';
import {
  newestDigestOf,
  newestVersionOf,
  rolloutDeployment,
  rolloutObservation,
  rolloutPlan,
} from './core/argoRollout';
import {
  inferenceServiceDeployment,
  inferenceServiceObservation,
} from './core/inferenceService';
import { changedAtMs, modelLabelsOf } from './core/objects';

/** Something to say about an object, with a digest of it: said again only when that changes. */
export interface Statement {
  /** Names the object and what is said of it, for the memory of the collector. */
  readonly key: string;
  readonly digest: string;
  readonly fact: AnyCollectedFact;
}

interface Source {
  readonly subject: string;
  readonly cluster: string;
  readonly environment: string;
  readonly asked: string;
  readonly nowMs: number;
}

/**
 * How something stands is true for now only. It is said again in every hour in which it was seen, and goes stale an hour
 * after: should the cluster fall silent, nothing stays green on what was true once.
 */
const standingMs = 3_600_000;

/** What an InferenceService says. */
export function inferenceServiceStatements(
  source: Source,
  service: InferenceService,
): Statement[] {
  const payload = inferenceServiceObservation(source.cluster, service);
  if (!payload) return [];
  const labels = modelLabelsOf(service.metadata.annotations);
  const envelope = (version: string | undefined, sampleCount?: number) =>
    envelopeOf(source, {
      sourceSystem: 'kserve',
      version,
      digest: labels.digest,
      sampleCount,
    });
  const statements = [
    standing(source, service.metadata, {
      envelope: envelope(labels.version, payload.targetedCount ?? undefined),
      payload,
    }),
  ];
  const ended = inferenceServiceDeployment({ ...source, service });
  if (ended) {
    const { deployment, endedAtMs } = ended;
    const { deploymentId, version, digest, environment } = deployment;
    const said = shortDigestOf([deploymentId, version, digest, environment]);
    statements.push({
      ...statement(
        'deployment',
        service.metadata,
        {
          type: 'io.ai-assurance.deployment.v1',
          subject: source.subject,
          timeMs: endedAtMs,
          envelope: envelope(version),
          payload: deployment,
        },
        `${said}:${instantOf(endedAtMs)}`,
      ),
      // Readiness comes and goes, and is dated anew each time: the deployment stays the one that was told.
      digest: said,
    });
  }
  return statements;
}

/** What a Rollout says: the plan first, so that whoever reads in order learns what was meant before what came of it. */
export function rolloutStatements(
  source: Source,
  rollout: ArgoRollout,
): Statement[] {
  const { metadata } = rollout;
  const { subject } = source;
  const statements: Statement[] = [];
  const envelope = (sampleCount?: number) =>
    envelopeOf(source, {
      sourceSystem: 'argo-rollouts',
      version: newestVersionOf(rollout),
      digest: newestDigestOf(rollout),
      sampleCount,
    });
  const plan = rolloutPlan({ ...source, rollout });
  if (plan)
    statements.push(
      statement('plan', metadata, {
        type: 'io.ai-assurance.rollout-plan.v1',
        subject,
        timeMs: changedAtMs(metadata),
        envelope: envelope(),
        payload: plan,
      }),
    );
  const observation = rolloutObservation(source.cluster, rollout);
  if (observation)
    statements.push(
      standing(source, metadata, {
        envelope: envelope(observation.replicas?.totalCount),
        payload: observation,
      }),
    );
  const ended = rolloutDeployment({ ...source, rollout });
  if (ended) {
    const { deployment, endedAtMs } = ended;
    statements.push(
      // Argo keeps this until the next one: it is named by what it says, not by the revision of the object.
      statement(
        'deployment',
        metadata,
        {
          type: 'io.ai-assurance.deployment.v1',
          subject,
          timeMs: endedAtMs,
          envelope: envelope(),
          payload: deployment,
        },
        `${shortDigestOf([deployment, envelope()] as never)}:${instantOf(
          endedAtMs,
        )}`,
      ),
    );
  }
  return statements;
}

/** What an AnalysisRun says once it is over. */
export function analysisStatements(
  source: Source,
  rollout: ArgoRollout,
  run: AnalysisRun,
): Statement[] {
  const payload = rolloutAnalysis({ cluster: source.cluster, rollout, run });
  if (!payload) return [];
  const { startedAt, finishedAt } = payload;
  const isNewest = payload.version === newestVersionOf(rollout);
  return [
    statement('analysis', run.metadata, {
      type: 'io.ai-assurance.rollout-analysis.v1',
      subject: source.subject,
      timeMs: finishedAt ? Date.parse(finishedAt) : changedAtMs(run.metadata),
      envelope: {
        ...envelopeOf(source, {
          sourceSystem: 'argo-rollouts',
          version: payload.version ?? undefined,
          digest: isNewest ? newestDigestOf(rollout) : undefined,
          sampleCount: payload.measuredCount,
        }),
        ...(startedAt && finishedAt && startedAt < finishedAt
          ? { windowStart: startedAt, windowEnd: finishedAt }
          : {}),
      },
      payload,
    }),
  ];
}

/** How an object stands in the present hour. */
function standing(
  source: Source,
  metadata: ObjectMetadata,
  said: {
    envelope: AnyCollectedFact['envelope'];
    payload: PayloadOf<'io.ai-assurance.rollout-observation.v2'>;
  },
): Statement {
  const period = periodOf(source.nowMs, standingMs);
  return statement(
    'rollout',
    metadata,
    {
      type: 'io.ai-assurance.rollout-observation.v2',
      subject: source.subject,
      timeMs: Math.max(changedAtMs(metadata), period.startMs),
      envelope: { ...said.envelope, expiresAt: expiryOf(period) },
      payload: said.payload,
    },
    `${metadata.resourceVersion}:${period.id}`,
  );
}

function statement(
  kind: string,
  metadata: ObjectMetadata,
  fact: Omit<AnyCollectedFact, 'id'>,
  revision: string = metadata.resourceVersion,
): Statement {
  return {
    key: `${kind}:${metadata.uid}`,
    digest: shortDigestOf([fact.envelope, fact.payload] as never),
    fact: {
      ...fact,
      // Two subjects may name one object: each has its own statement.
      id: `${kind}:${metadata.uid}:${revision}:${shortDigestOf(fact.subject)}`,
    } as AnyCollectedFact,
  };
}

function envelopeOf(
  source: Source,
  about: {
    sourceSystem: string;
    version: string | undefined;
    digest: string | undefined;
    sampleCount: number | undefined;
  },
): AnyCollectedFact['envelope'] {
  const { version, digest, sampleCount } = about;
  return {
    sourceSystem: about.sourceSystem,
    asked: source.asked,
    segment: { environment: source.environment },
    ...(version === undefined ? {} : { subjectVersion: version }),
    ...(digest === undefined ? {} : { subjectDigest: digest }),
    ...(sampleCount === undefined ? {} : { sampleCount }),
  };
}
