import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import {
  entityRouteRef,
  useEntityPresentation,
} from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';
import { useHere } from '../hooks/useHere';

/**
 * Props of {@link SubjectLink}.
 *
 * @public
 */
export interface SubjectLinkProps {
  entityRef: string;
  /** Shown instead of the title that the catalog knows. */
  title?: string;
}

/**
 * An entity by its title, or its name where it has none, leading to its page; the full reference on hover. Plain text
 * where the app has no catalog page.
 *
 * @public
 */
export function SubjectLink(props: SubjectLinkProps) {
  const { entityRef, title } = props;
  const routeOf = useRouteRef(entityRouteRef);
  const here = useHere();
  const { kind, namespace, name } = parseEntityRef(entityRef);
  const { primaryTitle } = useEntityPresentation(entityRef, {
    defaultKind: kind,
    defaultNamespace: namespace,
  });
  const text = title ?? primaryTitle;
  if (!routeOf) return <span title={entityRef}>{text}</span>;
  return (
    <Link href={here(routeOf({ kind, namespace, name }))} title={entityRef}>
      {text}
    </Link>
  );
}
