import {
  Overview,
  severityRank,
  VerdictStatus,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
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
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonLink, Link } from '@backstage/ui';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { Owner } from '../shared/Owner';
import { Page } from '../shared/Page';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { Sources } from './Sources';
import { SubjectsSection } from './SubjectsSection';

const pollSeconds = 15;

/** The portfolio: what needs attention first, then everything. */
export function OverviewPage() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getOverview({ signal, asOf }),
    [asOf],
    {
      pollSeconds: poll(pollSeconds),
      isEmpty: overview => overview.subjects.length === 0,
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
        {overview => <OverviewParts overview={overview} />}
      </AnswerView>
    </Page>
  );
}

/** What the opening sentence is about: the worst that asks for attention, else the worst of all roll-ups. */
function statusOf(overview: Overview): VerdictStatus {
  const asking = overview.attention.map(item => item.status);
  return worstOf(
    asking.length > 0
      ? asking
      : overview.subjects.map(row => row.rollUp.status),
  );
}

function OverviewParts(props: { overview: Overview }) {
  const { overview } = props;
  const { asOf } = useAsOf();
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <>
      <Sentence status={statusOf(overview)}>{overview.sentence}</Sentence>
      <AsOfLimits answer={overview} />
      <AttentionSection overview={overview} />
      <SubjectsSection overview={overview} />
      <Section title={t('overview.openReleases')}>
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
                  {`${release.modelRef.split('/').pop()} ${release.version}`}
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
      <Sources overview={overview} />
    </>
  );
}

function AttentionSection(props: { overview: Overview }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const rows = [...props.overview.attention].sort(
    (a, b) =>
      severityRank(a.status) - severityRank(b.status) ||
      (a.sinceMs ?? 0) - (b.sinceMs ?? 0),
  );
  return (
    <Section title={t('overview.attention')}>
      <DataTable
        caption={t('overview.attention')}
        rows={rows}
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
            cell: item => item.what,
          },
          {
            id: 'since',
            label: t('common.since'),
            cell: item => <RelativeTime atMs={item.sinceMs} />,
          },
          {
            id: 'owner',
            label: t('common.owner'),
            cell: item => <Owner subject={item.subject} />,
          },
          {
            id: 'next',
            isProse: true,
            label: t('overview.nextAction'),
            cell: item => item.nextAction,
          },
        ]}
      />
    </Section>
  );
}
