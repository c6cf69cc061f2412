import { EvidenceDetail } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  CopyButton,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { canonicalize } from '@ai-assurance/evidence';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';

/** The item as the CloudEvent that it is, in its canonical form: what was hashed, and what can be pushed again. */
export function RawSection(props: { detail: EvidenceDetail }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [isShown, setIsShown] = useState(false);
  const text = canonicalize(props.detail.item);
  return (
    <Section
      title={t('evidence.raw')}
      description={isShown ? t('evidence.rawHint') : undefined}
      actions={
        <>
          <CopyButton text={text} label={t('evidence.copyItem')} />
          <Button
            size="small"
            variant="tertiary"
            aria-expanded={isShown}
            onPress={() => setIsShown(!isShown)}
          >
            {isShown ? t('evidence.hideRaw') : t('evidence.showRaw')}
          </Button>
        </>
      }
    >
      {isShown ? <pre className={styles.code}>{text}</pre> : null}
    </Section>
  );
}
