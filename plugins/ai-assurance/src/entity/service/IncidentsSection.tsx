import {
  Incident,
  ServiceAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  aiAssuranceApiRef,
  DataTable,
  EvidenceLink,
  formatDuration,
  RelativeTime,
  Section,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Link } from '@backstage/ui';
import { useState } from 'react';
import { useAsOf } from '../../shared/asOf/useAsOf';
import styles from '../entity.module.css';
import { MoveIncidentDialog } from './IncidentDialogs';
import { aiAssuranceServiceTranslationRef } from './translation';

interface IncidentsSectionProps {
  subject: string;
  incidents: Incident[];
  /** In the whole list, of which `incidents` is the beginning. */
  count: number;
  mayManage: ServiceAnswer['mayManageIncidents'];
  onChanged: () => void;
}

/** As many as the server lists; there may be more. */
const mostListed = 50;

/** Incidents of the service, open ones first: opened here, or told by a pager. */
export function IncidentsSection(props: IncidentsSectionProps) {
  const { subject, count, mayManage, onChanged } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const api = useApi(aiAssuranceApiRef);
  const { asOf, poll } = useAsOf();
  const [isWhole, setIsWhole] = useState(false);
  const list = useAnswer(
    async signal =>
      isWhole
        ? (await api.listIncidents(subject, { signal, asOf })).incidents
        : undefined,
    [subject, asOf, isWhole, JSON.stringify(props.incidents)],
    { pollSeconds: isWhole ? poll(30) : undefined, keepOnChange: true },
  );
  const whole = list.state === 'ready' ? list.value : undefined;
  const incidents = whole ?? props.incidents;
  const [moving, setMoving] = useState<{
    incident: Incident;
    to: 'mitigated' | 'resolved';
  }>();
  return (
    <Section title={t('incidents.title')}>
      <DataTable
        caption={t('incidents.title')}
        rows={incidents}
        rowKey={one => `${one.source} ${one.incidentId}`}
        empty={<p className={styles.secondary}>{t('incidents.none')}</p>}
        columns={[
          {
            id: 'what',
            label: t('incidents.what'),
            isRowHeader: true,
            isProse: true,
            cell: one => (
              <>
                {one.summary ??
                  `${t(`incidents.categories.${one.category}`)}, ${
                    one.incidentId
                  }`}{' '}
                {one.isOwn ? null : (
                  <span className={styles.secondary}>
                    {t('incidents.from', { source: one.source })}
                  </span>
                )}
              </>
            ),
          },
          {
            id: 'state',
            label: t('incidents.state'),
            cell: one => t(`incidents.states.${one.state}`),
          },
          {
            id: 'severity',
            label: t('incidents.severity'),
            cell: one => t(`incidents.severities.${one.severity}`),
          },
          {
            id: 'began',
            label: t('incidents.began'),
            cell: one => <RelativeTime atMs={one.detectedAtMs} />,
          },
          {
            id: 'took',
            label: t('incidents.took'),
            isNumber: true,
            cell: one =>
              one.resolvedAtMs === null
                ? t('incidents.lasting')
                : formatDuration(one.resolvedAtMs - one.detectedAtMs),
          },
          {
            id: 'next',
            label: t('incidents.next'),
            cell: one => (
              <span className={styles.links}>
                {one.isOwn && one.state !== 'resolved' ? (
                  <>
                    {one.state === 'open' ? (
                      <ActionButton
                        disabledReason={
                          mayManage.allowed ? undefined : mayManage.reason ?? ''
                        }
                        isReasonHidden
                        onPress={() =>
                          setMoving({ incident: one, to: 'mitigated' })
                        }
                      >
                        {t('incidents.mitigate')}
                      </ActionButton>
                    ) : null}
                    <ActionButton
                      disabledReason={
                        mayManage.allowed ? undefined : mayManage.reason ?? ''
                      }
                      isReasonHidden
                      onPress={() =>
                        setMoving({ incident: one, to: 'resolved' })
                      }
                    >
                      {t('incidents.resolve')}
                    </ActionButton>
                  </>
                ) : null}
                {one.link ? (
                  <Link href={one.link} variant="body-small">
                    {t('incidents.there')}
                  </Link>
                ) : null}
                <EvidenceLink evidenceId={one.evidenceId} />
              </span>
            ),
          },
        ]}
      />
      {incidents.length < count ? (
        <span className={styles.links}>
          <span className={styles.secondary}>
            {t('incidents.part', {
              shown: String(incidents.length),
              total:
                count < mostListed
                  ? String(count)
                  : t('incidents.atLeast', { least: String(mostListed) }),
            })}
          </span>
          <Button
            size="small"
            variant="secondary"
            isPending={isWhole && list.state === 'loading'}
            onPress={() => setIsWhole(true)}
          >
            {t('incidents.all')}
          </Button>
        </span>
      ) : null}
      {list.state === 'failed' ? (
        <p role="alert" className={styles.secondary}>
          {list.error.message}
        </p>
      ) : null}
      {moving ? (
        <MoveIncidentDialog
          {...moving}
          onClose={() => setMoving(undefined)}
          onDone={() => {
            setMoving(undefined);
            onChanged();
          }}
        />
      ) : null}
    </Section>
  );
}
