import { Overview } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  DataTable,
  EmptyState,
  RelativeTime,
  Section,
  Sentence,
  SubjectLink,
  useAnswer,
  useUrlState,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonLink, Link } from '@backstage/ui';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { useTitle } from '../releases/useTitle';
import { Owner } from '../shared/Owner';
import { Page } from '../shared/Page';
import styles from '../shared/pages.module.css';
import { usePart } from '../shared/usePart';
import { aiAssuranceTranslationRef } from '../translation';
import { noFilters, OverviewFilters, queryOf } from './filters';
import { Sources } from './Sources';
import { SubjectsSection } from './SubjectsSection';

const pollSeconds = 15;

/** The portfolio: what needs attention first, then everything. */
export function OverviewPage() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf, poll } = useAsOf();
  const [filters, setFilters] = useUrlState(noFilters);
  const query = queryOf(filters);
  const answer = useAnswer(
    signal => api.getOverview({ signal, asOf, query }),
    [asOf, JSON.stringify(query)],
    {
      pollSeconds: poll(pollSeconds),
      isEmpty: overview => overview.subjectCount === 0,
      keepOnChange: true,
    },
  );
  return (
    <Page canLookBack>
      <AnswerView
        answer={answer}
        skeleton={[56, 180, 120, 240]}
        empty={overview => (
          <>
            <EmptyState
              title={t('overview.emptyTitle')}
              description={t('overview.emptyDescription')}
              action={
                <ButtonLink size="small" variant="primary" href="/catalog">
                  {t('overview.emptyAction')}
                </ButtonLink>
              }
            />
            <AsOfLimits answer={overview} />
            <Sources overview={overview} />
          </>
        )}
      >
        {overview => (
          <OverviewParts
            overview={overview}
            filters={filters}
            onFilter={setFilters}
          />
        )}
      </AnswerView>
    </Page>
  );
}

function OverviewParts(props: {
  overview: Overview;
  filters: OverviewFilters;
  onFilter: (changes: Partial<OverviewFilters>) => void;
}) {
  const { overview } = props;
  const partOf = usePartOf();
  const { asOf } = useAsOf();
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <>
      <Sentence status={overview.status}>{overview.sentence}</Sentence>
      <AsOfLimits answer={overview} />
      <AttentionSection overview={overview} />
      <Section
        title={t('overview.openReleases')}
        description={partOf(
          overview.openReleases.length,
          overview.openReleaseCount,
        )}
      >
        <DataTable
          caption={t('overview.openReleases')}
          rows={overview.openReleases}
          rowKey={release => release.releaseId}
          empty={
            <p className={styles.secondary}>{t('overview.openReleasesNone')}</p>
          }
          columns={[
            {
              id: 'model',
              label: t('common.model'),
              isRowHeader: true,
              cell: release => (
                <Link
                  href={`/ai-assurance/releases?release=${encodeURIComponent(
                    release.releaseId,
                  )}${asOf ? `&asOf=${encodeURIComponent(asOf)}` : ''}`}
                >
                  <ReleaseTitle
                    modelRef={release.modelRef}
                    version={release.version}
                  />
                </Link>
              ),
            },
            {
              id: 'proposer',
              label: t('common.proposer'),
              cell: release => <SubjectLink entityRef={release.proposedBy} />,
            },
            {
              id: 'proposed',
              label: t('releases.proposed'),
              cell: release => <RelativeTime atMs={release.proposedAtMs} />,
            },
            {
              id: 'deadline',
              label: t('common.deadline'),
              cell: release => <RelativeTime atMs={release.deadlineMs} />,
            },
          ]}
        />
      </Section>
      <SubjectsSection {...props} />
      <Sources overview={overview} />
    </>
  );
}

function ReleaseTitle(props: { modelRef: string; version: string }) {
  return <>{`${useTitle(props.modelRef)} ${props.version}`}</>;
}

/** How many there are, where the list holds fewer: nothing is left out silently. */
function usePartOf() {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (shown: number, total: number) =>
    shown < total
      ? t('overview.partOf', { shown: String(shown), total: String(total) })
      : undefined;
}

/** Rows of what needs attention that are shown at first: the page goes on below. */
const attentionStep = 10;

function AttentionSection(props: { overview: Overview }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { attention, attentionCount } = props.overview;
  const { part, more } = usePart(attention, {
    step: attentionStep,
    what: t('overview.attention'),
    total: attentionCount,
  });
  return (
    <Section title={t('overview.attention')}>
      <DataTable
        caption={t('overview.attention')}
        rows={part}
        rowKey={item => `${item.subject.entityRef} ${item.status} ${item.what}`}
        empty={
          <p className={styles.secondary}>{t('overview.attentionNone')}</p>
        }
        columns={[
          {
            id: 'subject',
            label: t('common.subject'),
            isRowHeader: true,
            cell: item => (
              <SubjectLink
                entityRef={item.subject.entityRef}
                title={item.subject.title}
              />
            ),
          },
          {
            id: 'verdict',
            label: t('common.verdict'),
            cell: item => <VerdictBadge status={item.status} />,
          },
          {
            id: 'what',
            isProse: true,
            label: t('overview.what'),
            cell: item => (
              <>
                <div>{item.what}</div>
                <div className={styles.secondary}>{item.nextAction}</div>
              </>
            ),
          },
          {
            id: 'since',
            label: t('common.since'),
            cell: item =>
              item.sinceMs === null ? (
                <span className={styles.secondary}>
                  {t('overview.sinceUnknown')}
                </span>
              ) : (
                <RelativeTime atMs={item.sinceMs} />
              ),
          },
          {
            id: 'owner',
            label: t('common.owner'),
            cell: item => <Owner subject={item.subject} />,
          },
        ]}
      />
      {more}
    </Section>
  );
}
