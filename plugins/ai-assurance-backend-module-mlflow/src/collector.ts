import {
  AnyCollectedFact,
  codeOfLabel,
  CollectContext,
  CollectorError,
  EvidenceCollector,
  HttpTarget,
  instantOf,
  shortDigestOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { readRegistry, RegistryAnswer } from './client';
import { aliasChanges } from './core/aliases';
import { memoryOf, Remembered, rememberedOf } from './core/memory';
import { ModelVersion } from './core/shapes';
import {
  artifactPayload,
  TagSettings,
  VersionPayload,
  versionPayload,
} from './core/versions';

/** Names the registered model of an entity, as MLflow calls it. */
export const MODEL_ANNOTATION = 'mlflow.org/registered-model';

const kinds = ['ai-model', 'edge-model', 'ai-service'];
const sourceSystem = 'mlflow';

/** Collects what MLflow's registry says of a model: its versions, and its aliases with every move that is noticed. */
export function createMlflowCollector(
  target: HttpTarget,
  tags: TagSettings,
): EvidenceCollector {
  return {
    id: 'mlflow',
    title: 'MLflow model registry',
    version: '1',
    schedule: { everySeconds: 300, timeoutSeconds: 120 },
    appliesTo: ({ kind, annotations }) =>
      kinds.includes(kind) && annotations[MODEL_ANNOTATION] !== undefined,
    async *collect(context) {
      const modelName = context.subject.annotations[MODEL_ANNOTATION];
      if (!modelName)
        throw new CollectorError(
          'misconfigured',
          `the annotation ${MODEL_ANNOTATION} is empty`,
        );
      // All is read before anything is said: what is noticed by comparing with the past must be remembered with it.
      const answer = await readRegistry(target, modelName, context.signal);
      const before = rememberedOf(context.memory, modelName);
      const now: Remembered = { modelName, aliases: {}, versions: {} };
      const facts = [
        ...aliasFacts(context, modelName, before, answer, now),
        ...versionFacts(context, before, answer, tags, now),
      ];
      const taken = facts.slice(0, context.maxFacts);
      for (const { fact } of taken) yield fact;
      // What was not said yet stays as it was remembered, so that the next run says it.
      for (const { forget } of facts.slice(context.maxFacts)) forget?.();
      context.memory.write(memoryOf(now));
    },
  };
}

interface Saying {
  fact: AnyCollectedFact;
  /** Undoes its remembrance. */
  forget?: () => void;
}

function aliasFacts(
  { subject, nowMs, lastSuccessMs }: CollectContext,
  modelName: string,
  before: Remembered | undefined,
  answer: RegistryAnswer,
  now: Remembered,
): Saying[] {
  Object.assign(now.aliases, answer.aliases);
  return aliasChanges(modelName, before?.aliases, answer.aliases).map(
    ({ alias, payload }) => ({
      fact: {
        type: 'io.ai-assurance.registry-alias.v1',
        // MLflow keeps no history of aliases: the moment of noticing is part of the fact.
        id: `alias:${shortDigestOf([modelName, alias])}:${nowMs}:${codeOfLabel(
          subject.entityRef,
        )}`,
        subject: subject.entityRef,
        timeMs: nowMs,
        envelope: {
          sourceSystem,
          asked: answer.askedAliases,
          ...(payload.version !== null && { subjectVersion: payload.version }),
          ...(before &&
            lastSuccessMs !== undefined &&
            lastSuccessMs < nowMs && {
              windowStart: instantOf(lastSuccessMs),
              windowEnd: instantOf(nowMs),
            }),
        },
        payload,
      },
      forget: () => {
        const old = before?.aliases[alias];
        if (old === undefined) delete now.aliases[alias];
        else now.aliases[alias] = old;
      },
    }),
  );
}

/** New and changed versions first, then those that are known: of many, each gets its turn. */
function versionFacts(
  context: CollectContext,
  before: Remembered | undefined,
  answer: RegistryAnswer,
  tags: TagSettings,
  now: Remembered,
): Saying[] {
  const fresh: Saying[] = [];
  const known: Saying[] = [];
  const modelKey = codeOfLabel(context.subject.entityRef);
  for (const listed of answer.versions) {
    const payload = versionPayload(listed, tags);
    const mark = shortDigestOf(payload);
    const old = before?.versions[listed.version];
    const isKnown = old?.mark === mark;
    const changeCount = old ? old.changeCount + (isKnown ? 0 : 1) : 0;
    now.versions[listed.version] = { mark, changeCount };
    const forget = () => {
      if (old) now.versions[listed.version] = old;
      else delete now.versions[listed.version];
    };
    const list = isKnown ? known : fresh;
    list.push({
      fact: versionFact(context, listed, payload, answer.askedVersions, {
        id: `version:${modelKey}:${mark}:${changeCount}`,
      }),
      forget: isKnown ? undefined : forget,
    });
    const artifact = artifactPayload(listed, tags);
    if (artifact) {
      list.push({
        fact: {
          type: 'io.ai-assurance.artifact.v1',
          id: `artifact:${modelKey}:${shortDigestOf({
            ...artifact,
            timeMs: timeOf(listed, listed.creation_timestamp),
          })}`,
          subject: context.subject.entityRef,
          timeMs: timeOf(listed, listed.creation_timestamp),
          envelope: {
            sourceSystem,
            asked: answer.askedVersions,
            subjectVersion: artifact.version,
            subjectDigest: artifact.digest,
          },
          payload: artifact,
        },
      });
    }
  }
  return [...goneFacts(context, before, answer, now), ...fresh, ...known];
}

function versionFact(
  { subject }: CollectContext,
  listed: ModelVersion,
  payload: VersionPayload,
  asked: string,
  { id }: { id: string },
): AnyCollectedFact {
  return {
    type: 'io.ai-assurance.registry-version.v1',
    id,
    subject: subject.entityRef,
    timeMs: timeOf(
      listed,
      listed.last_updated_timestamp ?? listed.creation_timestamp,
    ),
    envelope: {
      sourceSystem,
      asked,
      subjectVersion: payload.version,
      ...(payload.digest && { subjectDigest: payload.digest }),
    },
    payload,
  };
}

/** Versions that were listed before and no longer are. MLflow does not say when they went. */
function goneFacts(
  { subject, nowMs, lastSuccessMs }: CollectContext,
  before: Remembered | undefined,
  answer: RegistryAnswer,
  now: Remembered,
): Saying[] {
  const listed = new Set(answer.versions.map(({ version }) => version));
  const modelName = subject.annotations[MODEL_ANNOTATION];
  return Object.keys(before?.versions ?? {})
    .filter(version => !listed.has(version))
    .map(version => ({
      fact: {
        type: 'io.ai-assurance.registry-version.v1',
        id: `deleted:${codeOfLabel(subject.entityRef)}:${shortDigestOf(
          version,
        )}:${nowMs}`,
        subject: subject.entityRef,
        timeMs: nowMs,
        envelope: {
          sourceSystem,
          asked: answer.askedVersions,
          subjectVersion: codeOfLabel(version),
          ...(lastSuccessMs !== undefined &&
            lastSuccessMs < nowMs && {
              windowStart: instantOf(lastSuccessMs),
              windowEnd: instantOf(nowMs),
            }),
        },
        payload: {
          registry: 'mlflow',
          modelName: codeOfLabel(modelName),
          version: codeOfLabel(version),
          state: 'deleted',
          digest: null,
          runId: null,
          registeredAt: null,
          changedAt: null,
          tags: [],
        },
      },
      forget: () => {
        now.versions[version] = before!.versions[version];
      },
    }));
}

function timeOf({ version }: ModelVersion, timeMs: number | undefined): number {
  if (timeMs === undefined)
    throw new CollectorError(
      'malformed-answer',
      `MLflow: version ${codeOfLabel(version)} has no time`,
    );
  return timeMs;
}
