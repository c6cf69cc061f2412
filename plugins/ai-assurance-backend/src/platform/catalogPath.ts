import { parseEntityRef } from '@backstage/catalog-model';

/** Where the portal shows an entity, for links in notifications. */
export function catalogPath(entityRef: string): string {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return `/catalog/${namespace}/${kind}/${name}`;
}
