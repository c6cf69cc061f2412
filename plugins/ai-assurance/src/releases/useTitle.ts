import { parseEntityRef } from '@backstage/catalog-model';
import { useEntityPresentation } from '@backstage/plugin-catalog-react';

/** Title of an entity as the catalog knows it, or its name: what links to it read, for sentences. */
export function useTitle(entityRef: string): string {
  const { kind, namespace } = parseEntityRef(entityRef);
  return useEntityPresentation(entityRef, {
    defaultKind: kind,
    defaultNamespace: namespace,
  }).primaryTitle;
}
