import { Correction } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  aiAssuranceApiRef,
  DataTable,
  EvidenceLink,
  formatTime,
  humanizeCode,
  SubjectLink,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useState } from 'react';
import { ReasonDialog } from '../../shared/ReasonDialog';
import styles from '../entity.module.css';
import { aiAssuranceEntityTranslationRef } from '../translation';

interface CorrectionsTableProps {
  corrections: Correction[];
  mayCorrect: { allowed: boolean; reason?: string } | undefined;
  onChanged: () => void;
}

/** Stretches that the corrected budgets leave out, newest first; who may, takes one back. */
export function CorrectionsTable(props: CorrectionsTableProps) {
  const { corrections, mayCorrect, onChanged } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const [withdrawing, setWithdrawing] = useState<Correction>();
  return (
    <>
      <DataTable
        caption={t('corrections.caption')}
        rows={corrections}
        rowKey={row => row.correctionId}
        empty={<p className={styles.secondary}>{t('corrections.none')}</p>}
        columns={[
          {
            id: 'stretch',
            label: t('corrections.stretch'),
            isRowHeader: true,
            cell: row => `${formatTime(row.fromMs)} – ${formatTime(row.toMs)}`,
          },
          {
            id: 'objective',
            label: t('corrections.objective'),
            cell: row => row.sloName ?? t('corrections.all'),
          },
          {
            id: 'cause',
            label: t('corrections.cause'),
            isProse: true,
            cell: row => `${humanizeCode(row.cause)}: ${row.reason}`,
          },
          {
            id: 'by',
            label: t('corrections.by'),
            cell: row => <SubjectLink entityRef={row.recordedBy} />,
          },
          {
            id: 'evidence',
            label: t('corrections.evidence'),
            cell: row =>
              row.evidenceId === null ? (
                '–'
              ) : (
                <EvidenceLink evidenceId={row.evidenceId} />
              ),
          },
          ...(mayCorrect
            ? [
                {
                  id: 'withdraw',
                  label: '',
                  cell: (row: Correction) =>
                    row.withdrawnAtMs === null ? (
                      <ActionButton
                        variant="tertiary"
                        disabledReason={
                          mayCorrect.allowed
                            ? undefined
                            : mayCorrect.reason ?? ''
                        }
                        isReasonHidden
                        onPress={() => setWithdrawing(row)}
                      >
                        {t('corrections.withdraw')}
                      </ActionButton>
                    ) : (
                      t('corrections.withdrawn')
                    ),
                },
              ]
            : []),
        ]}
      />
      {withdrawing ? (
        <ReasonDialog
          title={t('corrections.withdrawTitle')}
          reasonLabel={t('corrections.withdrawReason')}
          submitLabel={t('corrections.withdraw')}
          doneMessage={t('corrections.done')}
          onClose={() => setWithdrawing(undefined)}
          onSubmit={async reason => {
            await api.withdrawCorrection(withdrawing.correctionId, { reason });
            setWithdrawing(undefined);
            onChanged();
          }}
        >
          <p className={styles.text}>{t('corrections.withdrawText')}</p>
        </ReasonDialog>
      ) : null}
    </>
  );
}
