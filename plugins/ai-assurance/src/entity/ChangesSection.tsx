import { ServiceAnswer } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EvidenceLink,
  formatTime,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

/** What changed in the range, newest first; the same moments are marked on the charts. */
export function ChangesSection(props: { events: ServiceAnswer['events'] }) {
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const newestFirst = [...props.events].reverse();
  return (
    <Section title={t('changes.title')}>
      <DataTable
        caption={t('changes.title')}
        rows={newestFirst}
        rowKey={event => `${event.atMs} ${event.evidenceId} ${event.title}`}
        empty={<p className={styles.secondary}>{t('changes.none')}</p>}
        maxHeight={320}
        columns={[
          {
            id: 'what',
            label: t('changes.what'),
            isRowHeader: true,
            cell: event => event.title,
          },
          {
            id: 'when',
            label: t('changes.when'),
            cell: event => formatTime(event.atMs),
          },
          {
            id: 'evidence',
            label: t('changes.evidence'),
            cell: event => <EvidenceLink evidenceId={event.evidenceId} />,
          },
        ]}
      />
    </Section>
  );
}
