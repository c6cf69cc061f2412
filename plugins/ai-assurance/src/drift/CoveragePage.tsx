import {
  AnswerOf,
  DriftCoverage,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  DataTable,
  EmptyState,
  humanizeCode,
  Section,
  Sentence,
  SubjectLink,
  useAnswer,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { Page } from '../shared/Page';
import { Pager } from '../shared/Pager';
import styles from '../shared/pages.module.css';
import { aiAssuranceDriftTranslationRef } from './translation';

/** What is watched for drift across all services and models, and what is not. */
export function CoveragePage() {
  return (
    <Page canLookBack>
      <Coverage />
    </Page>
  );
}

function Coverage() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const { asOf, poll } = useAsOf();
  const [{ cursor }, setUrl] = useUrlState({ cursor: '' });
  const answer = useAnswer(
    signal =>
      api.getDriftCoverage({ signal, asOf, query: cursor ? { cursor } : {} }),
    [asOf, cursor],
    {
      pollSeconds: poll(30),
      isEmpty: ({ subjectCount }) => subjectCount === 0,
      keepOnChange: true,
    },
  );
  return (
    <AnswerView
      answer={answer}
      skeleton={[56, 120, 240]}
      empty={() => (
        <EmptyState title={t('emptyTitle')} description={t('emptyHint')} />
      )}
    >
      {coverage => (
        <>
          <Sentence status={coverage.incompleteCount === 0 ? 'pass' : 'warn'}>
            {coverage.sentence}
          </Sentence>
          <AsOfLimits answer={coverage} />
          <Section title={t('riskTiers')}>
            <div className={styles.compact}>
              <TierTable tiers={coverage.byRiskTier} />
            </div>
          </Section>
          <Section
            title={t('coverageTitle')}
            description={
              coverage.subjects.length < coverage.subjectCount
                ? t('coveragePart', {
                    shown: String(coverage.subjects.length),
                    total: String(coverage.subjectCount),
                  })
                : undefined
            }
          >
            <SubjectTable subjects={coverage.subjects} />
            <Pager
              order="rank"
              cursor={cursor}
              nextCursor={coverage.nextCursor}
              onChange={next => setUrl({ cursor: next }, { push: true })}
            />
          </Section>
        </>
      )}
    </AnswerView>
  );
}

/** Part of a whole with both counts; in words where there is no whole. */
function Share(props: { part: number | null; whole: number | null }) {
  const { part, whole } = props;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  return part === null || whole === null || whole === 0 ? (
    <>{t('unknown')}</>
  ) : (
    <>
      {Math.floor((100 * part) / whole)} % ({formatCount(part)} /{' '}
      {formatCount(whole)})
    </>
  );
}

function TierTable(props: {
  tiers: AnswerOf<'getDriftCoverage'>['byRiskTier'];
}) {
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  return (
    <DataTable
      caption={t('riskTiers')}
      rows={props.tiers}
      rowKey={row => row.riskTier ?? ''}
      columns={[
        {
          id: 'tier',
          label: t('tier'),
          isRowHeader: true,
          cell: row =>
            row.riskTier === null ? t('noTier') : humanizeCode(row.riskTier),
        },
        {
          id: 'live',
          label: t('watched'),
          isNumber: true,
          cell: row => <Share part={row.liveCount} whole={row.featureCount} />,
        },
        {
          id: 'traffic',
          label: t('trafficWatched'),
          isNumber: true,
          cell: row => (
            <Share part={row.watchedTrafficCount} whole={row.trafficCount} />
          ),
        },
      ]}
    />
  );
}

function SubjectTable(props: { subjects: DriftCoverage[] }) {
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  return (
    <DataTable
      caption={t('coverageTitle')}
      rows={props.subjects}
      rowKey={row => row.subject}
      columns={[
        {
          id: 'subject',
          label: t('subject'),
          isRowHeader: true,
          cell: row => <SubjectLink entityRef={row.subject} />,
        },
        {
          id: 'tier',
          label: t('tier'),
          cell: row =>
            row.riskTier === null ? t('noTier') : humanizeCode(row.riskTier),
        },
        {
          id: 'live',
          label: t('watched'),
          isNumber: true,
          cell: row => <Share part={row.liveCount} whole={row.featureCount} />,
        },
        {
          id: 'traffic',
          label: t('trafficWatched'),
          isNumber: true,
          cell: row => (
            <Share part={row.watchedTrafficCount} whole={row.trafficCount} />
          ),
        },
        {
          id: 'missing',
          label: t('missing'),
          isProse: true,
          cell: row =>
            row.unwatched.length === 0 && row.featureCount > 0
              ? t('everything')
              : row.unwatched
                  .map(
                    one =>
                      `${one.feature} (${humanizeCode(
                        one.why,
                      ).toLocaleLowerCase('en-US')})`,
                  )
                  .join(', ') || t('unknown'),
        },
      ]}
    />
  );
}
