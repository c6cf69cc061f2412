import {
  AnswerOf,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  DataTable,
  EmptyState,
  EvidenceLink,
  formatDuration,
  humanizeCode,
  RelativeTime,
  Section,
  Sentence,
  SubjectLink,
  useAnswer,
  useUrlState,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { FilterSelect } from '../shared/FilterSelect';
import { Page } from '../shared/Page';
import { Pager } from '../shared/Pager';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';

type Collectors = AnswerOf<'listCollectors'>;
type Source = Collectors['sources'][number];

const STATES = ['failing', 'waiting', 'working'] as const;
const verdictOf = {
  working: 'pass',
  failing: 'fail',
  waiting: 'inconclusive',
} as const;

/** Where evidence is collected from, and how that goes. */
export function SourcesPage() {
  return (
    <Page canLookBack>
      <Sources />
    </Page>
  );
}

function Sources() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [url, setUrl] = useUrlState({ state: '', cursor: '' });
  const state = STATES.find(one => one === url.state);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal =>
      api.listCollectors(
        { state, cursor: url.cursor || undefined },
        { signal, asOf },
      ),
    [state, url.cursor, asOf],
    {
      pollSeconds: poll(15),
      isEmpty: ({ collectors }) => collectors.length === 0,
      keepOnChange: true,
    },
  );
  return (
    <>
      <AnswerView
        answer={answer}
        skeleton={[56, 160, 240]}
        empty={() => (
          <EmptyState
            title={t('sources.emptyTitle')}
            description={t('sources.emptyDescription')}
          />
        )}
      >
        {({ collectors, sources, nextCursor, ...rest }) => (
          <>
            <AsOfLimits answer={rest} />
            <CollectorsSentence collectors={collectors} />
            <Section title={t('sources.collectors')}>
              <CollectorTable collectors={collectors} />
            </Section>
            <Section title={t('sources.list')}>
              <div
                className={styles.filters}
                role="search"
                aria-label={t('common.filters')}
              >
                <FilterSelect
                  label={t('common.state')}
                  value={url.state}
                  options={[
                    { value: '', label: t('common.all') },
                    ...STATES.map(value => ({
                      value: value as string,
                      label: t(`sources.state.${value}`) as string,
                    })),
                  ]}
                  onChange={chosen => setUrl({ state: chosen, cursor: '' })}
                />
              </div>
              <SourceTable
                sources={sources}
                onClear={() => setUrl({ state: '', cursor: '' })}
              />
              <Pager
                cursor={url.cursor}
                nextCursor={nextCursor}
                onChange={cursor => setUrl({ cursor }, { push: true })}
              />
            </Section>
          </>
        )}
      </AnswerView>
    </>
  );
}

function CollectorsSentence(props: Pick<Collectors, 'collectors'>) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const sum = (
    name: 'failingCount' | 'workingCount' | 'waitingCount',
  ): number => props.collectors.reduce((total, one) => total + one[name], 0);
  const failing = sum('failingCount');
  const total = failing + sum('workingCount') + sum('waitingCount');
  if (total === 0)
    return (
      <Sentence status="inconclusive">{t('sources.sentenceNone')}</Sentence>
    );
  if (failing === 0)
    return (
      <Sentence status="pass">
        {t('sources.sentenceGood', { count: total })}
      </Sentence>
    );
  return (
    <Sentence status="fail">
      {t('sources.sentence', { count: failing, total: formatCount(total) })}
    </Sentence>
  );
}

function CollectorTable(props: Pick<Collectors, 'collectors'>) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <DataTable
      caption={t('sources.collectors')}
      rows={props.collectors}
      rowKey={row => row.collectorId}
      columns={[
        {
          id: 'title',
          label: t('sources.collector'),
          isRowHeader: true,
          cell: row => (
            <>
              {row.title}{' '}
              <span className={styles.secondary}>
                {row.collectorId} {row.version}
              </span>
            </>
          ),
        },
        {
          id: 'every',
          label: t('sources.every'),
          cell: row =>
            row.isEnabled
              ? formatDuration(row.everySeconds * 1000)
              : t('sources.off'),
        },
        ...(['failing', 'waiting', 'working'] as const).map(state => ({
          id: state,
          label: t(`sources.state.${state}`),
          isNumber: true,
          cell: (row: Collectors['collectors'][number]) =>
            formatCount(row[`${state}Count`]),
        })),
      ]}
    />
  );
}

function SourceTable(props: { sources: Source[]; onClear: () => void }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const never = <span className={styles.secondary}>{t('sources.never')}</span>;
  return (
    <DataTable
      caption={t('sources.list')}
      rows={props.sources}
      rowKey={row => `${row.collectorId} ${row.subject}`}
      empty={
        <EmptyState
          title={t('common.nothingMatches')}
          action={
            <Button size="small" onPress={props.onClear}>
              {t('common.clearFilters')}
            </Button>
          }
        />
      }
      columns={[
        {
          id: 'subject',
          label: t('common.subject'),
          isRowHeader: true,
          cell: row => <SubjectLink entityRef={row.subject} />,
        },
        {
          id: 'collector',
          label: t('sources.collector'),
          cell: row => row.title,
        },
        {
          id: 'state',
          label: t('common.state'),
          cell: row => (
            <span className={styles.owner}>
              <VerdictBadge status={verdictOf[row.state]} isCompact />
              {t(`sources.state.${row.state}`)}
            </span>
          ),
        },
        {
          id: 'since',
          label: t('common.since'),
          cell: row =>
            row.sinceMs === undefined ? (
              never
            ) : (
              <RelativeTime atMs={row.sinceMs} />
            ),
        },
        {
          id: 'success',
          label: t('sources.lastSuccess'),
          cell: row =>
            row.lastSuccessMs === undefined ? (
              never
            ) : (
              <RelativeTime atMs={row.lastSuccessMs} />
            ),
        },
        {
          id: 'what',
          label: t('sources.what'),
          isProse: true,
          cell: row => <WhatHappened source={row} />,
        },
        {
          id: 'evidence',
          label: t('sources.evidence'),
          cell: row => <EvidenceLink evidenceId={row.evidenceId} />,
        },
      ]}
    />
  );
}

/** What the newest run brought, or why it brought nothing. */
function WhatHappened(props: { source: Source }) {
  const { source } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  if (source.state === 'failing') {
    return (
      <>
        {source.failureMessage}{' '}
        <span className={styles.secondary}>
          {t('sources.failedRuns', {
            count: source.failedRunCount ?? 1,
            code: humanizeCode(source.failureCode ?? ''),
          })}
        </span>
      </>
    );
  }
  if (source.factCount === undefined)
    return <span className={styles.secondary}>{t('sources.never')}</span>;
  return <>{t('sources.facts', { count: source.factCount })}</>;
}
