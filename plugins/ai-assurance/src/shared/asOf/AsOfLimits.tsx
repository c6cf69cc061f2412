import { AsOfNote } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from './asOf.module.css';
import { aiAssuranceAsOfTranslationRef } from './translation';

/** What an answer about the past could not know as it was then, in the server’s words. Nothing for an answer about now. */
export function AsOfLimits(props: { answer: object }) {
  const { t } = useTranslationRef(aiAssuranceAsOfTranslationRef);
  const { asOf } = props.answer as { asOf?: AsOfNote };
  if (!asOf || asOf.limits.length === 0) return null;
  return (
    <details className={styles.limits}>
      <summary>{t('limits', { count: asOf.limits.length })}</summary>
      <ul>
        {asOf.limits.map(({ code, text }) => (
          <li key={code}>{text}</li>
        ))}
      </ul>
    </details>
  );
}
