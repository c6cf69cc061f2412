import { subjectKindOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ANNOTATION_LOCATION,
  Entity,
  parseEntityRef,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { SubjectRecord } from '../types';

/** What the suite keeps of a catalog entity; `undefined` when the entity is no subject. */
export function subjectRecordOf(entity: Entity): SubjectRecord | undefined {
  const kind = subjectKindOf(entity);
  if (!kind) return undefined;
  const spec = (entity.spec ?? {}) as Record<string, unknown>;
  const relations: Record<string, string[]> = {};
  for (const relation of entity.relations ?? []) {
    (relations[relation.type] ??= []).push(relation.targetRef);
  }
  const annotations = { ...entity.metadata.annotations };
  return {
    entityRef: stringifyEntityRef(entity),
    kind,
    title: entity.metadata.title ?? entity.metadata.name,
    // The relation knows the owner's kind for certain; the text of the spec is only a hint, so it is not guessed from.
    ownerRef: relations.ownedBy?.[0],
    tier: typeof spec.tier === 'number' ? spec.tier : undefined,
    riskTier: typeof spec.riskTier === 'string' ? spec.riskTier : undefined,
    annotations,
    location: annotations[ANNOTATION_LOCATION],
    spec,
    relations,
  };
}

/** Reads a list of entity refs out of a spec field; entries that are no refs are left out. Short forms get the defaults. */
export function refsOf(
  value: unknown,
  defaults: { defaultKind: string; defaultNamespace: string },
): string[] {
  if (!Array.isArray(value)) return [];
  const refs: string[] = [];
  for (const entry of value) {
    if (typeof entry !== 'string') continue;
    try {
      refs.push(stringifyEntityRef(parseEntityRef(entry, defaults)));
    } catch {
      // The catalog has validated the field; an entry that is still unreadable cannot name a subject.
    }
  }
  return refs;
}
