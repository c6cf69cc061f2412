import { RELATIONS } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';

/** Cohorts that a model targets: by relation, and as declared in its spec; each once, ordered by ref. */
export function targetedCohorts(model: {
  entityRef: string;
  spec: Record<string, unknown>;
  relations: Record<string, string[]>;
}): string[] {
  const { namespace } = parseEntityRef(model.entityRef);
  const declared = Array.isArray(model.spec.targetsCohorts)
    ? model.spec.targetsCohorts
    : [];
  const refs = declared
    .filter((ref): ref is string => typeof ref === 'string')
    .map(ref =>
      stringifyEntityRef(
        parseEntityRef(ref, {
          defaultKind: 'resource',
          defaultNamespace: namespace,
        }),
      ),
    );
  return [
    ...new Set([...refs, ...(model.relations[RELATIONS.targetsCohort] ?? [])]),
  ].sort();
}
