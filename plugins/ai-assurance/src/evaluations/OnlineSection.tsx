import { Evaluations } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EvidenceLink,
  formatValue,
  IntervalBar,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { axisOf, nameOfVersion } from './names';
import { aiAssuranceEvaluationsTranslationRef } from './translation';

/** How often was blocked in use, beside what was to be expected. */
export function OnlineSection(props: { online: Evaluations['online'] }) {
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  return (
    <Section title={t('online.title')} description={t('online.description')}>
      <DataTable
        caption={t('online.title')}
        rows={props.online}
        rowKey={row => row.digest ?? row.version ?? ''}
        columns={[
          {
            id: 'version',
            label: t('online.version'),
            isRowHeader: true,
            cell: row => nameOfVersion(row, t('unknown')),
          },
          {
            id: 'predicted',
            label: t('online.predicted'),
            cell: row =>
              `${formatValue(row.predictedLow, 'ratio')} – ${formatValue(
                row.predictedHigh,
                'ratio',
              )}`,
          },
          {
            id: 'observed',
            label: t('online.observed'),
            cell: row =>
              row.value === null || row.low === null || row.high === null ? (
                t('online.notObserved')
              ) : (
                <IntervalBar
                  value={row.value}
                  intervalLow={row.low}
                  intervalHigh={row.high}
                  limit={row.predictedHigh}
                  domain={axisOf(
                    [{ low: row.low, high: row.high }],
                    [row.predictedLow, row.predictedHigh],
                    'ratio',
                  )}
                  unit="ratio"
                />
              ),
          },
          {
            id: 'evidence',
            label: t('gates.evidence'),
            cell: row => <EvidenceLink evidenceId={row.evidenceId} />,
          },
        ]}
      />
    </Section>
  );
}
