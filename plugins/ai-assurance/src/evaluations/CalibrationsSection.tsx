import {
  formatShare,
  JudgeCalibration,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EvidenceLink,
  humanizeCode,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceEvaluationsTranslationRef } from './translation';

/** How far each judging model can be believed. */
export function CalibrationsSection(props: {
  calibrations: JudgeCalibration[];
}) {
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  return (
    <Section
      title={t('calibrations.title')}
      description={t('calibrations.description')}
    >
      <DataTable
        caption={t('calibrations.title')}
        rows={props.calibrations}
        rowKey={row => row.evidenceId}
        columns={[
          {
            id: 'judge',
            label: t('calibrations.judge'),
            isRowHeader: true,
            cell: row => `${row.judge.id} ${row.judge.version}`,
          },
          {
            id: 'metric',
            label: t('calibrations.metric'),
            cell: row => humanizeCode(row.metric),
          },
          {
            id: 'sensitivity',
            label: t('calibrations.sensitivity'),
            isNumber: true,
            cell: row => formatShare(row.truePositiveCount, row.positiveCount),
          },
          {
            id: 'specificity',
            label: t('calibrations.specificity'),
            isNumber: true,
            cell: row => formatShare(row.trueNegativeCount, row.negativeCount),
          },
          {
            id: 'labellers',
            label: t('calibrations.labellers'),
            isNumber: true,
            cell: row => row.labellerCount,
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
