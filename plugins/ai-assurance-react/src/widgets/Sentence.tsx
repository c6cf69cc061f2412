import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ReactNode } from 'react';
import { VerdictBadge } from './VerdictBadge';
import styles from './widgets.module.css';

/**
 * Props of {@link Sentence}.
 *
 * @public
 */
export interface SentenceProps {
  /** One line that a tired person can act on. */
  children: ReactNode;
  /** The verdict that the line is about, when it is about one. */
  status?: VerdictStatus;
  reason?: string;
  /** Drawn in front instead of the verdict, for a line about a state that is no verdict. */
  lead?: ReactNode;
  /** What follows the line: since when, age of the answer. */
  detail?: ReactNode;
  actions?: ReactNode;
}

/**
 * The sentence that opens a page. Changes are announced politely to screen readers.
 *
 * @public
 */
export function Sentence(props: SentenceProps) {
  const { children, status, reason, lead, detail, actions } = props;
  return (
    <div className={styles.sentence} data-status={status}>
      {lead}
      {status && !lead ? (
        <VerdictBadge status={status} reason={reason} />
      ) : null}
      <div className={styles.sentenceBody}>
        <p className={styles.sentenceText} role="status">
          {children}
        </p>
        {detail ? <div className={styles.secondary}>{detail}</div> : null}
      </div>
      {actions ? <div className={styles.sentenceActions}>{actions}</div> : null}
    </div>
  );
}
