import { shortDigest } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceReactTranslationRef } from '../translation';
import { CopyButton } from './CopyButton';
import styles from './widgets.module.css';

/**
 * Props of {@link Digest}.
 *
 * @public
 */
export interface DigestProps {
  /** `sha256:…` or plain hexadecimal; `null` when it is not known. */
  digest: string | null | undefined;
  /** Shows all digits instead of the first twelve. */
  isFull?: boolean;
}

/**
 * A digest, short for people, with a button that copies it in full.
 *
 * @public
 */
export function Digest(props: DigestProps) {
  const { digest, isFull } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  if (!digest)
    return <span className={styles.secondary}>{t('digest.none')}</span>;
  return (
    <span className={styles.digest}>
      <code title={digest} className={isFull ? styles.breakable : undefined}>
        {isFull ? digest : shortDigest(digest)}
      </code>
      <CopyButton text={digest} label={t('digest.copy')} />
    </span>
  );
}
