import { parseEntityRef } from '@backstage/catalog-model';

/** Where the portal shows an entity, for links in notifications. */
export function catalogPath(entityRef: string): string {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return `/catalog/${namespace}/${kind}/${name}`;
}

/** Where the portal shows what the suite says of an entity: people who are told of it land where they can act. */
export function assurancePath(entityRef: string): string {
  return `${catalogPath(entityRef)}/assurance`;
}
