import {
  AdoptionPoint,
  CohortAdoption,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  Section,
  ShareText,
  StackedAreaChart,
  SubjectLink,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

interface AdoptionSectionProps {
  /** Named where a page speaks of several models. */
  modelRef?: string;
  adoption: CohortAdoption[];
  overTime: AdoptionPoint[];
}

/** Which version runs where, counted in sessions, with crashes and loads beside it. */
export function AdoptionSection(props: AdoptionSectionProps) {
  const { modelRef, adoption, overTime } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const rows = adoption.flatMap(cohort =>
    cohort.versions.map(version => ({ cohort, version })),
  );
  return (
    <Section
      title={t('adoption.title')}
      description={
        <>
          {modelRef ? (
            <>
              <SubjectLink entityRef={modelRef} />
              {': '}
            </>
          ) : null}
          {t('adoption.description')}
        </>
      }
    >
      <DataTable
        caption={t('adoption.title')}
        rows={rows}
        rowKey={({ cohort, version }) =>
          `${cohort.cohort} ${version.version} ${version.digest}`
        }
        empty={<p className={styles.secondary}>{t('adoption.none')}</p>}
        columns={[
          {
            id: 'cohort',
            label: t('adoption.cohort'),
            isRowHeader: true,
            cell: ({ cohort }) =>
              cohort.cohort === null ? (
                t('adoption.noCohort')
              ) : (
                <SubjectLink entityRef={cohort.cohort} title={cohort.title} />
              ),
          },
          {
            id: 'version',
            label: t('segments.version'),
            cell: ({ version }) => version.version,
          },
          {
            id: 'sessions',
            label: t('adoption.sessions'),
            isNumber: true,
            cell: ({ cohort, version }) => (
              <ShareText
                part={version.sessionCount}
                whole={cohort.totalCount}
              />
            ),
          },
          {
            id: 'crashFree',
            label: t('adoption.crashFree'),
            isNumber: true,
            cell: ({ version }) => (
              <ShareText
                part={version.sessionCount - version.crashedCount}
                whole={version.sessionCount}
              />
            ),
          },
          {
            id: 'loads',
            label: t('adoption.loads'),
            isNumber: true,
            cell: ({ version }) => (
              <ShareText
                part={version.loadAttemptCount - version.loadFailureCount}
                whole={version.loadAttemptCount}
              />
            ),
          },
        ]}
      />
      <StackedAreaChart
        title={t('adoption.overTime')}
        syncId="assurance"
        points={overTime.map(point => ({
          atMs: point.startMs,
          counts: point.counts,
        }))}
      />
    </Section>
  );
}
