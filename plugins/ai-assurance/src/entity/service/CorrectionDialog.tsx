import {
  CorrectionCause,
  Objective,
  wireShapes,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  readClockMs,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { useId, useState } from 'react';
import { fieldOf, instantOfField, momentMs } from '../../shared/asOf/moment';
import { ReasonDialog } from '../../shared/ReasonDialog';
import pageStyles from '../../shared/pages.module.css';
import styles from '../entity.module.css';
import { aiAssuranceServiceTranslationRef } from './translation';

interface CorrectionDialogProps {
  subject: string;
  objectives: Objective[];
  /** Where the stretch begins unless another moment is chosen. */
  sinceMs: number | null;
  onClose: () => void;
  onDone: () => void;
}

const hourMs = 3_600_000;

const atOf = (field: string) => {
  const instant = instantOfField(field);
  return instant === undefined ? undefined : momentMs(instant);
};

/** Leaves a stretch of time out of the corrected error budget. */
export function CorrectionDialog(props: CorrectionDialogProps) {
  const { subject, objectives, sinceMs, onClose, onDone } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const [openedMs] = useState(readClockMs);
  const [sloName, setSloName] = useState('all');
  const [cause, setCause] = useState<CorrectionCause>('maintenance');
  const [from, setFrom] = useState(fieldOf(sinceMs ?? openedMs - hourMs));
  const [to, setTo] = useState(fieldOf(openedMs));
  const fromMs = atOf(from);
  const toMs = atOf(to);
  const isOrdered = fromMs !== undefined && toMs !== undefined && fromMs < toMs;
  const sloNames = [...new Set(objectives.map(one => one.sloName))];
  return (
    <ReasonDialog
      title={t('correction.title')}
      reasonLabel={t('correction.reason')}
      submitLabel={t('correction.submit')}
      doneMessage={t('correction.done')}
      disabledReason={isOrdered ? undefined : t('correction.order')}
      onClose={onClose}
      onSubmit={async reason => {
        await api.addCorrection({
          subject,
          cause,
          reason,
          fromMs: fromMs!,
          toMs: toMs!,
          ...(sloName === 'all' ? {} : { sloName }),
        });
        onDone();
      }}
    >
      <p className={styles.text}>{t('correction.text')}</p>
      <Select
        label={t('correction.objective')}
        size="small"
        value={sloName}
        options={[
          { value: 'all', label: t('correction.all') },
          ...sloNames.map(value => ({ value, label: value })),
        ]}
        onChange={key => setSloName(String(key))}
      />
      <Select
        label={t('correction.cause')}
        size="small"
        value={cause}
        options={wireShapes.CORRECTION_CAUSES.map(value => ({
          value,
          label: t(`correction.causes.${value}`),
        }))}
        onChange={key => setCause(key as CorrectionCause)}
      />
      <div className={styles.pickPair}>
        <MomentField
          label={t('correction.from')}
          value={from}
          onChange={setFrom}
        />
        <MomentField label={t('correction.to')} value={to} onChange={setTo} />
      </div>
    </ReasonDialog>
  );
}

/** A moment in UTC. The browser's own field: it works by keyboard and on a phone without help. */
function MomentField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className={pageStyles.dateField}>
      <label htmlFor={id}>{`${props.label} (UTC)`}</label>
      <input
        id={id}
        type="datetime-local"
        value={props.value}
        onChange={event => props.onChange(event.target.value)}
      />
    </div>
  );
}
