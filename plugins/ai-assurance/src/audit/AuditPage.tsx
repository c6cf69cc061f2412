import {
  aiAssuranceApiRef,
  AnswerView,
  CopyButton,
  Section,
  Sentence,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useAsOf } from '../shared/asOf/useAsOf';
import { Page } from '../shared/Page';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { ExportForm } from './ExportForm';
import { KeySection } from './KeySection';
import { PackTable } from './PackTable';

/** Hands evidence to someone outside: export, download, and how a stranger verifies it. */
export function AuditPage() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf, poll } = useAsOf();
  const packs = useAnswer(signal => api.listPacks({ signal, asOf }), [asOf], {
    pollSeconds: poll(30),
    isEmpty: answer => answer.packs.length === 0,
  });
  return (
    <Page canLookBack>
      {packs.state === 'ready' || packs.state === 'empty' ? (
        <Sentence>
          {packs.value.packs.length === 0
            ? t('audit.sentenceNone')
            : t('audit.sentence', { count: packs.value.packs.length })}
        </Sentence>
      ) : null}
      <Section title={t('audit.newPack')} description={t('audit.newPackHint')}>
        <ExportForm onExported={packs.reload} />
      </Section>
      <Section title={t('audit.packs')}>
        <AnswerView
          answer={packs}
          skeleton={[160]}
          empty={() => (
            <p className={styles.secondary}>{t('audit.packsNone')}</p>
          )}
        >
          {answer => <PackTable packs={answer.packs} />}
        </AnswerView>
      </Section>
      <Section title={t('audit.verifyTitle')}>
        <p className={styles.text}>{t('audit.verifyText')}</p>
        <div className={styles.row}>
          <pre className={styles.code}>{t('audit.verifyCommand')}</pre>
          <CopyButton
            text={t('audit.verifyCommand')}
            label={t('audit.copyCommand')}
          />
        </div>
        <p className={styles.text}>{t('audit.verifyResult')}</p>
      </Section>
      <KeySection />
    </Page>
  );
}
