import { ReactNode, useId } from 'react';
import styles from './widgets.module.css';

/**
 * Props of {@link Section}.
 *
 * @public
 */
export interface SectionProps {
  title: string;
  /** One line under the title: what is shown, over what, how old. */
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/**
 * A titled part of a page; screen readers can jump to it.
 *
 * @public
 */
export function Section(props: SectionProps) {
  const { title, description, actions, children } = props;
  const titleId = useId();
  return (
    <section className={styles.section} aria-labelledby={titleId}>
      <div className={styles.sectionHead}>
        <div>
          <h2 id={titleId} className={styles.sectionTitle}>
            {title}
          </h2>
          {description ? (
            <div className={styles.secondary}>{description}</div>
          ) : null}
        </div>
        {actions ? <div className={styles.actions}>{actions}</div> : null}
      </div>
      {children}
    </section>
  );
}
