import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import {
  entityRouteRef,
  useEntityPresentation,
} from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';
import { useHere } from '../hooks/useHere';
import styles from './widgets.module.css';

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

/** Characters that surely find room. */
const longTitle = 24;

/**
 * An entity by its title, or its name where it has none, leading to its page; the full reference on hover. Plain text
 * where the app has no catalog page. A long title is cut to the eye, and then stands whole on hover too.
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
  const hint = text.length > longTitle ? `${text} (${entityRef})` : entityRef;
  if (!routeOf)
    return (
      <span className={styles.subject} title={hint}>
        {text}
      </span>
    );
  return (
    <Link
      className={styles.subject}
      href={here(routeOf({ kind, namespace, name }))}
      title={hint}
    >
      {text}
    </Link>
  );
}
