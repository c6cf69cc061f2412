import type { SelectionReading } from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** Artifacts whose names begin so are about the subject; what follows is the version. */
export const ARTIFACT_PREFIX_ANNOTATION = 'mender.io/artifact-prefix';
/** The one artifact of this name is about the subject; the name is the version. */
export const ARTIFACT_ANNOTATION = 'mender.io/artifact';

/** Which artifacts are about a subject. */
export interface Selection {
  readonly prefix: string | undefined;
  readonly name: string | undefined;
}

/** Reads the annotations of a subject. */
export function selectionOf(
  annotations: Readonly<Record<string, string>>,
): SelectionReading<Selection> {
  const prefix = annotations[ARTIFACT_PREFIX_ANNOTATION];
  const name = annotations[ARTIFACT_ANNOTATION];
  if (prefix === undefined && name === undefined) return undefined;
  if (prefix !== undefined && name !== undefined)
    return {
      ok: false,
      problem: `${ARTIFACT_PREFIX_ANNOTATION} and ${ARTIFACT_ANNOTATION}: write one of them`,
    };
  for (const [annotation, value, least] of [
    // A prefix of one letter would claim what belongs to others.
    [ARTIFACT_PREFIX_ANNOTATION, prefix, 3],
    [ARTIFACT_ANNOTATION, name, 1],
  ] as const) {
    if (value !== undefined && (value.length < least || value.length > 256))
      return {
        ok: false,
        problem: `${annotation}: write ${least} to 256 characters of an artifact's name`,
      };
  }
  return { ok: true, selection: { prefix, name } };
}

/** The version that an artifact's name tells of the subject; `undefined` when the artifact is about something else. */
export function versionOf(
  selection: Selection,
  artifactName: string,
): string | undefined {
  const { prefix, name } = selection;
  if (name !== undefined) return artifactName === name ? name : undefined;
  if (prefix === undefined || !artifactName.startsWith(prefix))
    return undefined;
  return artifactName.slice(prefix.length) || artifactName;
}
