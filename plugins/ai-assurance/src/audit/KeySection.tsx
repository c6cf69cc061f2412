import { formatCount } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  Digest,
  FactList,
  FactRow,
  Section,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useAsOf } from '../shared/asOf/useAsOf';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';

/** Fingerprints of the keys that signed heads, newest first: what a receiver of a pack compares with. */
export function KeySection() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf } = useAsOf();
  const keys = useAnswer(signal => api.getLedgerKeys({ signal, asOf }), [asOf]);
  return (
    <Section title={t('audit.keys')}>
      <p className={styles.text}>{t('audit.keysText')}</p>
      <AnswerView answer={keys} skeleton={[40]} empty={() => null}>
        {answer => (
          <FactList>
            {[...answer.keys].reverse().map(key => (
              <FactRow
                key={key.fingerprint}
                // name+id+key: the name is that of the log.
                label={key.verifierKey.split('+')[0]}
                value={<Digest digest={key.fingerprint} isFull />}
                note={
                  key.untilSize === undefined
                    ? t('audit.keyNow')
                    : t('audit.keyUntil', { size: formatCount(key.untilSize) })
                }
              />
            ))}
          </FactList>
        )}
      </AnswerView>
    </Section>
  );
}
