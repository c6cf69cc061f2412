import { PayloadOf } from '@ai-assurance/evidence';
import {
  codeOfLabel,
  CollectorError,
  instantOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { ModelVersion } from './shapes';

export type VersionPayload = PayloadOf<'io.ai-assurance.registry-version.v1'>;
export type ArtifactPayload = PayloadOf<'io.ai-assurance.artifact.v1'>;

/** Which tags become evidence, by their names in MLflow. */
export interface TagSettings {
  digest: string | undefined;
  sizeBytes: string | undefined;
  format: string | undefined;
  precision: string | undefined;
  keep: readonly string[];
}

const states = {
  PENDING_REGISTRATION: 'pending',
  FAILED_REGISTRATION: 'failed',
  READY: 'ready',
} as const;

const optionalInstant = (ms: number | undefined) =>
  ms === undefined ? null : instantOf(ms);

function tagOf(
  { tags }: ModelVersion,
  name: string | undefined,
): string | undefined {
  if (name === undefined) return undefined;
  return tags.find(tag => tag.key === name)?.value || undefined;
}

/** What MLflow says of a version. Throws CollectorError when its status is missing or none that MLflow documents. */
export function versionPayload(
  listed: ModelVersion,
  tags: TagSettings,
): VersionPayload {
  const state = states[listed.status as keyof typeof states];
  if (!state)
    throw new CollectorError(
      'malformed-answer',
      `MLflow: version ${codeOfLabel(
        listed.version,
      )} has no status that MLflow documents`,
    );
  return {
    registry: 'mlflow',
    modelName: codeOfLabel(listed.name),
    version: codeOfLabel(listed.version),
    state,
    digest: digestIn(tagOf(listed, tags.digest)),
    runId: listed.run_id ? codeOfLabel(listed.run_id) : null,
    registeredAt: optionalInstant(listed.creation_timestamp),
    changedAt: optionalInstant(listed.last_updated_timestamp),
    tags: tags.keep.flatMap(key => {
      const value = tagOf(listed, key);
      return value === undefined
        ? []
        : [{ key: codeOfLabel(key), value: codeOfLabel(value) }];
    }),
  };
}

/** The version as an artifact, where its tags say all that makes one: digest, size and format. */
export function artifactPayload(
  listed: ModelVersion,
  tags: TagSettings,
): ArtifactPayload | undefined {
  const digest = digestIn(tagOf(listed, tags.digest));
  const size = tagOf(listed, tags.sizeBytes);
  const format = tagOf(listed, tags.format);
  const precision = tagOf(listed, tags.precision);
  if (digest === null || !size || !/^\d{1,15}$/.test(size) || !format)
    return undefined;
  return {
    version: codeOfLabel(listed.version),
    digest,
    sizeBytes: Number(size),
    format: codeOfLabel(format),
    ...(precision && { precision: codeOfLabel(precision) }),
  };
}

/** A tag is whatever somebody typed: what is no SHA-256 is no digest. */
function digestIn(value: string | undefined): string | null {
  const hex = value?.toLocaleLowerCase('en-US').replace(/^sha256:/, '') ?? '';
  return /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : null;
}
