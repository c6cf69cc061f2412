import {
  Overview,
  severityRank,
  SUBJECT_KINDS,
  VERDICT_STATUSES,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EmptyState,
  Section,
  SubjectLink,
  useUrlState,
  VerdictBadge,
  VerdictRollUpText,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, SearchField } from '@backstage/ui';
import { FilterSelect } from '../shared/FilterSelect';
import { Owner } from '../shared/Owner';
import styles from '../shared/pages.module.css';
import { useVerdictOptions } from '../shared/useVerdictOptions';
import { aiAssuranceTranslationRef } from '../translation';

const noFilters = { search: '', kind: '', verdict: '', tier: '' };
const tierOf = (riskTier: string | undefined) => riskTier ?? '-';

/** All subjects, worst first, with the matrix of risk tier and verdict that filters them. */
export function SubjectsSection(props: { overview: Overview }) {
  const { subjects } = props.overview;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [filters, setFilters] = useUrlState(noFilters);
  const verdictOptions = useVerdictOptions();

  const wanted = filters.search.trim().toLocaleLowerCase('en-US');
  const shown = subjects
    .filter(({ subject, rollUp }) => {
      if (filters.kind && subject.kind !== filters.kind) return false;
      if (filters.verdict && rollUp.status !== filters.verdict) return false;
      if (filters.tier && tierOf(subject.riskTier) !== filters.tier)
        return false;
      return (
        wanted === '' ||
        `${subject.title} ${subject.entityRef}`
          .toLocaleLowerCase('en-US')
          .includes(wanted)
      );
    })
    .sort(
      (a, b) =>
        severityRank(a.rollUp.status) - severityRank(b.rollUp.status) ||
        a.subject.title.localeCompare(b.subject.title, 'en-US'),
    );

  return (
    <>
      <TierMatrix subjects={subjects} filters={filters} onFilter={setFilters} />
      <Section
        title={t('overview.subjects')}
        description={t('overview.subjectsCount', {
          count: shown.length,
          total: String(subjects.length),
        })}
      >
        <div
          className={styles.filters}
          role="search"
          aria-label={t('common.filters')}
        >
          <SearchField
            label={t('common.search')}
            size="small"
            value={filters.search}
            onChange={search => setFilters({ search })}
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
      </Section>
    </>
  );
}

interface TierMatrixProps {
  subjects: Overview['subjects'];
  filters: { tier: string; verdict: string };
  onFilter: (changes: { tier?: string; verdict?: string }) => void;
}

const tierOrder = ['high', 'limited', 'minimal'];
const rankOfTier = (tier: string) =>
  tierOrder.includes(tier) ? tierOrder.indexOf(tier) : tierOrder.length;

function TierMatrix(props: TierMatrixProps) {
  const { subjects, filters, onFilter } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const tiers = [
    ...new Set(subjects.map(row => tierOf(row.subject.riskTier))),
  ].sort(
    (a, b) => rankOfTier(a) - rankOfTier(b) || a.localeCompare(b, 'en-US'),
  );
  const statuses = VERDICT_STATUSES.filter(status =>
    subjects.some(row => row.rollUp.status === status),
  );
  const count = (tier: string, status: VerdictStatus) =>
    subjects.filter(
      row =>
        tierOf(row.subject.riskTier) === tier && row.rollUp.status === status,
    ).length;

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
