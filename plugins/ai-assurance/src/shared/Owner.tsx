import { Subject } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  SubjectLink,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceTranslationRef } from '../translation';
import styles from './pages.module.css';

/** The owner of a subject; a missing one shows as failing and is never invented. */
export function Owner(props: { subject: Subject }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { ownerRef } = props.subject;
  if (ownerRef) return <SubjectLink entityRef={ownerRef} />;
  return (
    <span className={styles.owner}>
      <VerdictBadge status="fail" isCompact />
      {t('common.noOwner')}
    </span>
  );
}
