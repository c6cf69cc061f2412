import {
  Overview,
  SUBJECT_KINDS,
  VERDICT_STATUSES,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EmptyState,
  Section,
  SubjectLink,
  VerdictBadge,
  VerdictRollUpText,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { FilterSelect } from '../shared/FilterSelect';
import { Owner } from '../shared/Owner';
import { Pager } from '../shared/Pager';
import styles from '../shared/pages.module.css';
import { TextSearch } from '../shared/TextSearch';
import { useVerdictOptions } from '../shared/useVerdictOptions';
import { aiAssuranceTranslationRef } from '../translation';
import { noFilters, OverviewFilters } from './filters';

const tierOf = (riskTier: string | null) => riskTier ?? '-';

/** Subjects, worst first and page by page, with the matrix of risk tier and verdict over all of them that filters them. */
export function SubjectsSection(props: {
  overview: Overview;
  filters: OverviewFilters;
  onFilter: (changes: Partial<OverviewFilters>) => void;
}) {
  const { overview, filters, onFilter } = props;
  const { subjects: shown, subjectCount, matchingCount } = overview;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const verdictOptions = useVerdictOptions();
  // Another question begins at its start.
  const setFilters = (changes: Partial<OverviewFilters>) =>
    onFilter({ cursor: '', ...changes });

  return (
    <>
      <TierMatrix
        matrix={overview.matrix}
        filters={filters}
        onFilter={setFilters}
      />
      <Section
        title={t('overview.subjects')}
        description={
          shown.length < matchingCount
            ? t('overview.subjectsPart', {
                shown: String(shown.length),
                matching: String(matchingCount),
                total: String(subjectCount),
              })
            : t('overview.subjectsCount', {
                count: matchingCount,
                total: String(subjectCount),
              })
        }
      >
        <div
          className={styles.filters}
          role="search"
          aria-label={t('common.filters')}
        >
          <TextSearch
            label={t('common.search')}
            placeholder=""
            value={filters.search}
            onSearch={search => setFilters({ search })}
          />
          <FilterSelect
            label={t('overview.kind')}
            value={filters.kind}
            options={[
              { value: '', label: t('common.all') },
              ...SUBJECT_KINDS.map(kind => ({
                value: kind,
                label: t(`kind.${kind}`),
              })),
            ]}
            onChange={kind => setFilters({ kind })}
          />
          <FilterSelect
            label={t('common.verdict')}
            value={filters.verdict}
            options={verdictOptions}
            onChange={verdict => setFilters({ verdict })}
          />
        </div>
        <DataTable
          caption={t('overview.subjects')}
          // A page of a hundred stays under its header, with what follows in reach.
          maxHeight={720}
          rows={shown}
          rowKey={row => row.subject.entityRef}
          empty={
            <EmptyState
              title={t('common.nothingMatches')}
              action={
                <Button size="small" onPress={() => setFilters(noFilters)}>
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
              cell: row => (
                <SubjectLink
                  entityRef={row.subject.entityRef}
                  title={row.subject.title}
                />
              ),
            },
            {
              id: 'kind',
              label: t('overview.kind'),
              cell: row => t(`kind.${row.subject.kind}`),
            },
            {
              id: 'rollUp',
              label: t('overview.rollUp'),
              cell: row => <VerdictRollUpText rollUp={row.rollUp} />,
            },
            {
              id: 'level',
              label: t('common.level'),
              cell: row => row.level ?? t('common.noLevel'),
            },
            {
              id: 'tier',
              label: t('overview.riskTier'),
              cell: row => row.subject.riskTier ?? t('overview.noRiskTier'),
            },
            {
              id: 'owner',
              label: t('common.owner'),
              cell: row => <Owner subject={row.subject} />,
            },
          ]}
        />
        <Pager
          order="rank"
          cursor={filters.cursor}
          nextCursor={overview.nextCursor}
          onChange={cursor => onFilter({ cursor })}
        />
      </Section>
    </>
  );
}

interface TierMatrixProps {
  matrix: Overview['matrix'];
  filters: { tier: string; verdict: string };
  onFilter: (changes: { tier?: string; verdict?: string }) => void;
}

const tierOrder = ['high', 'limited', 'minimal'];
const rankOfTier = (tier: string) =>
  tierOrder.includes(tier) ? tierOrder.indexOf(tier) : tierOrder.length;

function TierMatrix(props: TierMatrixProps) {
  const { matrix, filters, onFilter } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const tiers = [...new Set(matrix.map(cell => tierOf(cell.riskTier)))].sort(
    (a, b) => rankOfTier(a) - rankOfTier(b) || a.localeCompare(b, 'en-US'),
  );
  const statuses = VERDICT_STATUSES.filter(status =>
    matrix.some(cell => cell.status === status),
  );
  const count = (tier: string, status: VerdictStatus) =>
    matrix.find(
      cell => tierOf(cell.riskTier) === tier && cell.status === status,
    )?.count ?? 0;

  return (
    <Section
      title={t('overview.matrix')}
      description={t('overview.matrixHint')}
    >
      <div className={styles.compact}>
        <DataTable
          caption={t('overview.matrix')}
          rows={tiers}
          rowKey={tier => tier}
          columns={[
            {
              id: 'tier',
              label: t('overview.riskTier'),
              isRowHeader: true,
              cell: tier => (tier === '-' ? t('overview.noRiskTier') : tier),
            },
            ...statuses.map(status => ({
              id: status,
              label: <VerdictBadge status={status} />,
              isNumber: true,
              cell: (tier: string) => {
                const isChosen =
                  filters.tier === tier && filters.verdict === status;
                return (
                  <button
                    type="button"
                    className={styles.cell}
                    aria-pressed={isChosen}
                    onClick={() =>
                      onFilter(
                        isChosen
                          ? { tier: '', verdict: '' }
                          : { tier, verdict: status },
                      )
                    }
                  >
                    {count(tier, status)}
                  </button>
                );
              },
            })),
          ]}
        />
      </div>
    </Section>
  );
}
