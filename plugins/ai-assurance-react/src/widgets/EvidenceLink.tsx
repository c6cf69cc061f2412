import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import { useHere } from '../hooks/useHere';
import { aiAssuranceReactTranslationRef } from '../translation';
import styles from './widgets.module.css';

/**
 * Props of {@link EvidenceLink}.
 *
 * @public
 */
export interface EvidenceLinkProps {
  /** Ledger position as text; absent when nothing was recorded. */
  evidenceId: string | null | undefined;
  children?: string;
}

/**
 * Leads to the item of evidence that a statement rests on, or says that there is none.
 *
 * @public
 */
export function EvidenceLink(props: EvidenceLinkProps) {
  const { evidenceId, children } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const here = useHere();
  if (!evidenceId)
    return (
      <span className={`${styles.secondary} ${styles.nowrap}`}>
        {t('evidence.none')}
      </span>
    );
  return (
    <Link
      href={here(
        `/ai-assurance/evidence?item=${encodeURIComponent(evidenceId)}`,
      )}
      variant="body-small"
      className={styles.nowrap}
    >
      {children ?? `${t('evidence.link')} ${evidenceId}`}
    </Link>
  );
}
