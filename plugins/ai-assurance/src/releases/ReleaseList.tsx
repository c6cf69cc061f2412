import {
  Release,
  ReleaseState,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  DataTable,
  EmptyState,
  RelativeTime,
  Section,
  SubjectLink,
  useAnswer,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  identityApiRef,
  useApi,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { Button, ButtonLink } from '@backstage/ui';
import { useAsOf } from '../shared/asOf/useAsOf';
import { FilterSelect } from '../shared/FilterSelect';
import { Pager } from '../shared/Pager';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { ReleaseStateBadge } from './ReleaseStateBadge';
import { approvalCount } from './releaseVerdict';
import { useTitle } from './useTitle';

const states: ReleaseState[] = [
  'in-review',
  'approved',
  'rejected',
  'withdrawn',
  'expired',
];

/** Which state the server is asked for; the personal views are narrowed further here. */
function stateOfView(view: string): ReleaseState | undefined {
  if (view === 'mine') return 'in-review';
  return states.find(state => state === view);
}

/** The inbox: who asked for what, how many approvals it has, and until when. */
export function ReleaseList(props: { onOpen: (releaseId: string) => void }) {
  const api = useApi(aiAssuranceApiRef);
  const identityApi = useApi(identityApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [url, setUrl] = useUrlState({ view: '', cursor: '' });

  const { asOf, poll } = useAsOf();

  const answer = useAnswer(
    async signal => {
      const [page, identity] = await Promise.all([
        api.listReleases(
          { state: stateOfView(url.view), cursor: url.cursor || undefined },
          { signal, asOf },
        ),
        identityApi.getBackstageIdentity(),
      ]);
      const releases = page.releases.filter(release => {
        if (url.view === 'mine') return release.mayVote.allowed;
        if (url.view === 'own')
          return release.proposedBy === identity.userEntityRef;
        return true;
      });
      return { releases, nextCursor: page.nextCursor };
    },
    [url.view, url.cursor, asOf],
    {
      pollSeconds: poll(20),
      isEmpty: page =>
        page.releases.length === 0 && !page.nextCursor && url.cursor === '',
      keepOnChange: true,
    },
  );

  return (
    <Section title={t('releases.title')}>
      <div
        className={styles.filters}
        role="search"
        aria-label={t('common.filters')}
      >
        <FilterSelect
          label={t('releases.view')}
          value={url.view}
          options={[
            { value: '', label: t('common.all') },
            { value: 'mine', label: t('releases.viewMine') },
            { value: 'own', label: t('releases.viewOwn') },
            ...states.map(state => ({
              value: state as string,
              label: t(`releaseState.${state}`) as string,
            })),
          ]}
          onChange={view => setUrl({ view, cursor: '' })}
        />
      </div>
      <AnswerView
        answer={answer}
        skeleton={[240]}
        empty={() => (
          <EmptyState
            title={
              url.view === ''
                ? t('releases.emptyTitle')
                : t('common.nothingMatches')
            }
            description={
              url.view === '' ? t('releases.emptyDescription') : undefined
            }
            action={
              url.view === '' ? (
                <ButtonLink size="small" href="/ai-assurance/overview">
                  {t('releases.emptyAction')}
                </ButtonLink>
              ) : (
                <Button size="small" onPress={() => setUrl({ view: '' })}>
                  {t('common.clearFilters')}
                </Button>
              )
            }
          />
        )}
      >
        {page => (
          <>
            <ReleaseTable releases={page.releases} onOpen={props.onOpen} />
            <Pager
              cursor={url.cursor}
              nextCursor={page.nextCursor}
              onChange={cursor => setUrl({ cursor }, { push: true })}
            />
          </>
        )}
      </AnswerView>
    </Section>
  );
}

/** Both are cut by themselves: a long title must not hide which version it is. */
function ReleaseName({ release }: { release: Release }) {
  const title = useTitle(release.modelRef);
  return (
    <>
      <span className={styles.longName} title={title}>
        {title}
      </span>{' '}
      <span className={styles.longName} title={release.version}>
        {release.version}
      </span>
    </>
  );
}

function ReleaseTable(props: {
  releases: Release[];
  onOpen: (releaseId: string) => void;
}) {
  const { releases, onOpen } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <DataTable
      caption={t('releases.title')}
      empty={<p className={styles.secondary}>{t('common.nothingMatches')}</p>}
      rows={releases}
      rowKey={release => release.releaseId}
      columns={[
        {
          id: 'release',
          label: t('common.model'),
          isRowHeader: true,
          cell: release => (
            <Button
              size="small"
              variant="tertiary"
              className={styles.inColumn}
              onPress={() => onOpen(release.releaseId)}
            >
              <ReleaseName release={release} />
            </Button>
          ),
        },
        {
          id: 'state',
          label: t('common.state'),
          cell: release => <ReleaseStateBadge state={release.state} />,
        },
        {
          id: 'quorum',
          label: t('releases.quorum'),
          cell: release =>
            t('releases.quorumCount', {
              approvals: String(approvalCount(release).given),
              quorum: String(release.quorum),
            }),
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
          cell: release =>
            release.decidedAtMs === undefined ? (
              <RelativeTime atMs={release.deadlineMs} />
            ) : (
              <span className={styles.secondary}>
                {t('releases.decided')}{' '}
                <RelativeTime atMs={release.decidedAtMs} />
              </span>
            ),
        },
      ]}
    />
  );
}
