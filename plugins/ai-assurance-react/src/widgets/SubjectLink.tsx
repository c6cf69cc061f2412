import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';

/**
 * Props of {@link SubjectLink}.
 *
 * @public
 */
export interface SubjectLinkProps {
  entityRef: string;
  /** Shown instead of the entity's name. */
  title?: string;
}

/**
 * An entity by its name, leading to its page; the full reference on hover. Plain text where the app has no catalog page.
 *
 * @public
 */
export function SubjectLink(props: SubjectLinkProps) {
  const { entityRef, title } = props;
  const routeOf = useRouteRef(entityRouteRef);
  const { kind, namespace, name } = parseEntityRef(entityRef);
  const text = title ?? name;
  if (!routeOf) return <span title={entityRef}>{text}</span>;
  return (
    <Link href={routeOf({ kind, namespace, name })} title={entityRef}>
      {text}
    </Link>
  );
}
