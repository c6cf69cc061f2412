import { Container } from '@backstage/ui';
import { ReactNode } from 'react';
import styles from './pages.module.css';

/** The frame of a page of the suite; header and tabs come from the app. */
export function Page(props: { children: ReactNode }) {
  return (
    <Container>
      <div className={styles.page}>{props.children}</div>
    </Container>
  );
}
