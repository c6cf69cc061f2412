import { ChangeEvent } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EvidenceLink,
  formatTime,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import styles from '../entity.module.css';
import { useEventLink } from './eventLink';
import { aiAssuranceServiceTranslationRef } from './translation';

/** What changed in the range, newest first; the same moments stand on the strip under the charts. */
export function ChangesTable(props: { events: ChangeEvent[] }) {
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const linkOf = useEventLink();
  return (
    <Section title={t('changes.title')}>
      <DataTable
        caption={t('changes.title')}
        rows={[...props.events].reverse()}
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
            id: 'kind',
            label: t('changes.kind'),
            cell: event => t(`lanes.${event.group}`),
          },
          {
            id: 'when',
            label: t('changes.when'),
            cell: event => formatTime(event.atMs),
          },
          {
            id: 'more',
            label: t('changes.more'),
            cell: event => (
              <span className={styles.links}>
                {event.releaseId ? (
                  <Link href={linkOf(event)!} variant="body-small">
                    {t('changes.release')}
                  </Link>
                ) : null}
                {event.link ? (
                  <Link href={event.link} variant="body-small">
                    {t('changes.elsewhere')}
                  </Link>
                ) : null}
                {event.group === 'drift' ? (
                  <Link href="#drift" variant="body-small">
                    {t('changes.drift')}
                  </Link>
                ) : null}
                {event.evidenceId ? (
                  <EvidenceLink evidenceId={event.evidenceId} />
                ) : null}
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}
