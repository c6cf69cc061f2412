import { Container } from '@backstage/ui';
import { ReactNode } from 'react';
import { LookingBack } from './asOf/LookingBack';
import styles from './pages.module.css';

interface PageProps {
  children: ReactNode;
  /** Offers to look at the past. All reads of such a page MUST pass the moment of `useAsOf` on. */
  canLookBack?: boolean;
}

/** The frame of a page of the suite; header and tabs come from the app. */
export function Page(props: PageProps) {
  return (
    <Container>
      <main className={styles.page}>
        {props.canLookBack ? (
          <LookingBack>{props.children}</LookingBack>
        ) : (
          props.children
        )}
      </main>
    </Container>
  );
}
