import {
  aiAssuranceApiRef,
  readClockMs,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { useState } from 'react';
import { ReasonDialog } from '../shared/ReasonDialog';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

interface ApproveReferenceDialogProps {
  subject: string;
  feature: string;
  onClose: () => void;
  onApproved: () => void;
}

const STRETCHES = ['2', '5', '15', '60'];
const minuteMs = 60_000;

/** Asks for the stretch of outputs that is normal and for a reason, and approves it as reference. Mount it to open it. */
export function ApproveReferenceDialog(props: ApproveReferenceDialogProps) {
  const { subject, feature, onClose, onApproved } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const [minutes, setMinutes] = useState('5');

  const submit = async (reason: string) => {
    // Windows are minutes: the one that is still filling is left out.
    const toMs = Math.floor(readClockMs() / minuteMs) * minuteMs;
    await api.approveReference({
      subject,
      feature,
      fromMs: toMs - Number(minutes) * minuteMs,
      toMs,
      reason,
    });
    onApproved();
  };

  return (
    <ReasonDialog
      title={t('drift.approveTitle', { feature })}
      reasonLabel={t('drift.reason')}
      submitLabel={t('drift.submit')}
      doneMessage={t('drift.done')}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className={styles.text}>{t('drift.approveText')}</p>
      <Select
        label={t('drift.stretch')}
        options={STRETCHES.map(value => ({
          value,
          label: t('drift.minutes', { minutes: value }),
        }))}
        value={minutes}
        onChange={key => setMinutes(String(key ?? '5'))}
      />
    </ReasonDialog>
  );
}
