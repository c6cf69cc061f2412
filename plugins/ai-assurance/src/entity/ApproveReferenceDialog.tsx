import {
  ActionButton,
  aiAssuranceApiRef,
  readClockMs,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  toastApiRef,
  useApi,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Select,
  TextAreaField,
} from '@backstage/ui';
import { useState } from 'react';
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
const minReasonLength = 3;

/** Asks for the stretch of outputs that is normal and for a reason, and approves it as reference. Mount it to open it. */
export function ApproveReferenceDialog(props: ApproveReferenceDialogProps) {
  const { subject, feature, onClose, onApproved } = props;
  const api = useApi(aiAssuranceApiRef);
  const toastApi = useApiHolder().get(toastApiRef);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const [minutes, setMinutes] = useState('5');
  const [reason, setReason] = useState('');
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<Error>();

  const submit = async () => {
    setIsPending(true);
    setFailure(undefined);
    // Windows are minutes: the one that is still filling is left out.
    const toMs = Math.floor(readClockMs() / minuteMs) * minuteMs;
    try {
      await api.approveReference({
        subject,
        feature,
        fromMs: toMs - Number(minutes) * minuteMs,
        toMs,
        reason: reason.trim(),
      });
      toastApi?.post({ title: t('drift.done'), status: 'success' });
      onApproved();
    } catch (error) {
      setFailure(error as Error);
      setIsPending(false);
    }
  };

  return (
    <Dialog
      isOpen
      onOpenChange={isOpen => (isOpen ? undefined : onClose())}
      width="min(36rem, 92vw)"
    >
      <DialogHeader>{t('drift.approveTitle', { feature })}</DialogHeader>
      <DialogBody>
        <div className={styles.form}>
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
          <TextAreaField
            label={t('drift.reason')}
            description={t('drift.reasonHint')}
            value={reason}
            onChange={setReason}
            maxLength={1000}
            isRequired
          />
          {failure ? (
            <Alert role="alert" status="danger" icon title={failure.message} />
          ) : null}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" size="small" onPress={onClose}>
          {t('drift.cancel')}
        </Button>
        <ActionButton
          variant="primary"
          disabledReason={
            reason.trim().length < minReasonLength
              ? t('drift.reasonShort')
              : undefined
          }
          isPending={isPending}
          onPress={submit}
        >
          {t('drift.submit')}
        </ActionButton>
      </DialogFooter>
    </Dialog>
  );
}
