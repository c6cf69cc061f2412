import { codeOfLabel } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import type { Condition, ObjectMetadata } from './answers';

/** Set by teams on what they deploy, so that evidence speaks of the model's version and not of Kubernetes' revision. */
export const MODEL_VERSION_ANNOTATION = 'ai-assurance.io/model-version';
/** The digest of the model's artifact, `sha256:` and 64 hexadecimal digits. */
export const MODEL_DIGEST_ANNOTATION = 'ai-assurance.io/model-digest';

/** Identity of an object for people and links: cluster, namespace and name. */
export function objectIdOf(cluster: string, metadata: ObjectMetadata): string {
  return codeOfLabel(`${cluster}/${metadata.namespace}/${metadata.name}`);
}

/**
 * When an object became what it is, epoch milliseconds: the newest time that Kubernetes keeps of a change to it, which
 * belongs to its `resourceVersion`.
 */
export function changedAtMs(metadata: ObjectMetadata): number {
  const times = (metadata.managedFields ?? []).flatMap(({ time }) =>
    time ? [Date.parse(time)] : [],
  );
  return Math.max(Date.parse(metadata.creationTimestamp), ...times);
}

/**
 * Whether an object was changed after its controller last wrote how it stands, so that those words may be about what it was
 * before. Told by the times that Kubernetes keeps of changes; without them it is not known, and answered with no.
 */
export function isChangedSinceStatus(metadata: ObjectMetadata): boolean {
  const timesOf = (isStatus: boolean) =>
    (metadata.managedFields ?? []).flatMap(({ time, subresource }) =>
      time && (subresource === 'status') === isStatus ? [Date.parse(time)] : [],
    );
  const told = timesOf(true);
  return told.length > 0 && Math.max(...told) < Math.max(...timesOf(false));
}

/** What the team says the newest deployed thing is. */
export interface ModelLabels {
  readonly version: string | undefined;
  readonly digest: string | undefined;
}

/** Reads the annotations of {@link ModelLabels}; a digest that is none is left out. */
export function modelLabelsOf(
  annotations: Readonly<Record<string, string>> | null | undefined,
): ModelLabels {
  const version = annotations?.[MODEL_VERSION_ANNOTATION];
  const digest = annotations?.[MODEL_DIGEST_ANNOTATION];
  return {
    version: version ? codeOfLabel(version) : undefined,
    digest: digest && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined,
  };
}

/** A condition by its type; `undefined` when the object does not state it. */
export function conditionOf(
  conditions: readonly Condition[] | null | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}
