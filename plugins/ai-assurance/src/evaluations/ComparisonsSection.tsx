import {
  EvaluationComparison,
  formatCount,
  statisticTitle,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EvidenceLink,
  formatValue,
  humanizeCode,
  IntervalBar,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { usePart } from '../shared/usePart';
import styles from './evaluations.module.css';
import { nameOfVersion } from './names';
import { aiAssuranceEvaluationsTranslationRef } from './translation';

/** Each version against another on the very same items. */
export function ComparisonsSection(props: {
  comparisons: EvaluationComparison[];
  total: number;
}) {
  const { comparisons, total } = props;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const { part, more } = usePart(comparisons, {
    step: 20,
    what: t('comparisons.title'),
    total,
  });
  const counts = [
    ['bothSucceededCount', 'both'],
    ['onlyBaselineCount', 'onlyBaseline'],
    ['onlyCandidateCount', 'onlyCandidate'],
    ['neitherCount', 'neither'],
  ] as const;
  return (
    <Section
      title={t('comparisons.title')}
      description={t('comparisons.description')}
    >
      <DataTable
        caption={t('comparisons.title')}
        rows={part}
        rowKey={row => row.evidenceId}
        empty={<p className={styles.none}>{t('comparisons.none')}</p>}
        columns={[
          {
            id: 'versions',
            label: t('comparisons.versions'),
            isRowHeader: true,
            cell: row =>
              t('comparisons.of', {
                version: nameOfVersion(row, t('unknown')),
                baseline: row.baselineVersion,
              }),
          },
          {
            id: 'metric',
            label: t('comparisons.metric'),
            cell: row =>
              [humanizeCode(row.metric), row.slice].filter(Boolean).join(', '),
          },
          {
            id: 'difference',
            label: t('comparisons.difference'),
            cell: row => {
              const reach = Math.max(Math.abs(row.low), Math.abs(row.high));
              return (
                <IntervalBar
                  value={row.value}
                  intervalLow={row.low}
                  intervalHigh={row.high}
                  limit={0}
                  domain={[-reach * 1.1, reach * 1.1]}
                  unit={row.unit}
                />
              );
            },
          },
          {
            id: 'p',
            label: t('comparisons.p'),
            isNumber: true,
            cell: row => formatValue(row.pValueRatio),
          },
          {
            id: 'test',
            label: t('comparisons.test'),
            cell: row => statisticTitle(row.testMethod),
          },
          {
            id: 'items',
            label: t('comparisons.items'),
            isNumber: true,
            cell: row => formatCount(row.itemCount),
          },
          ...counts.map(([name, label]) => ({
            id: name,
            label: t(`comparisons.${label}`),
            isNumber: true,
            cell: (row: EvaluationComparison) =>
              row.table
                ? formatCount(row.table[name])
                : t('comparisons.scores'),
          })),
          {
            id: 'evidence',
            label: t('gates.evidence'),
            cell: row => <EvidenceLink evidenceId={row.evidenceId} />,
          },
        ]}
      />
      {more}
    </Section>
  );
}
