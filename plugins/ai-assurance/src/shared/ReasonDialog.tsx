import { ActionButton } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  toastApiRef,
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
  TextAreaField,
} from '@backstage/ui';
import { ReactNode, useState } from 'react';
import { aiAssuranceTranslationRef } from '../translation';
import styles from './pages.module.css';

const minReasonLength = 3;

interface ReasonDialogProps {
  title: string;
  /** What will happen, and what else is to be chosen. */
  children: ReactNode;
  /** Label of the field for the reason; without one no reason is asked for. */
  reasonLabel?: string;
  submitLabel: string;
  isDestructive?: boolean;
  /** Why it cannot be submitted yet, besides a reason that is too short. */
  disabledReason?: string;
  /** Said once it is done; without one, who does it says it. */
  doneMessage?: string;
  /** What a failure means; a final one leaves only the way out, which is then `onGiveUp`. */
  explain?: (error: Error) => { text: string; isFinal: boolean } | undefined;
  /** Does it, with the trimmed reason. MUST reject when it was not done. */
  onSubmit: (reason: string) => Promise<void>;
  onClose: () => void;
  /** Called instead of `onClose` after a final failure. */
  onGiveUp?: () => void;
}

/** Says what will happen, asks for a reason, does it, and stays open with the refusal where it was not done. Mount it to open it. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { onClose, onGiveUp = onClose, onSubmit, reasonLabel } = props;
  const toastApi = useApiHolder().get(toastApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [reason, setReason] = useState('');
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<Error>();

  const isReasonShort =
    reasonLabel !== undefined && reason.trim().length < minReasonLength;
  const explanation = failure && props.explain?.(failure);
  const isFinal = explanation?.isFinal === true;

  const submit = async () => {
    setIsPending(true);
    setFailure(undefined);
    try {
      await onSubmit(reason.trim());
      if (props.doneMessage !== undefined)
        toastApi?.post({ title: props.doneMessage, status: 'success' });
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
      <DialogHeader>{props.title}</DialogHeader>
      <DialogBody>
        <div className={styles.form}>
          {props.children}
          {reasonLabel === undefined ? null : (
            <TextAreaField
              label={reasonLabel}
              description={t('reason.hint')}
              value={reason}
              onChange={setReason}
              maxLength={1000}
              isRequired
            />
          )}
          {failure ? (
            <Alert
              role="alert"
              status="danger"
              icon
              title={failure.message}
              description={explanation?.text}
            />
          ) : null}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button
          variant="secondary"
          size="small"
          onPress={isFinal ? onGiveUp : onClose}
        >
          {isFinal ? t('common.close') : t('common.cancel')}
        </Button>
        {isFinal ? null : (
          <ActionButton
            variant="primary"
            isDestructive={props.isDestructive}
            disabledReason={
              props.disabledReason ??
              (isReasonShort ? t('reason.short') : undefined)
            }
            isPending={isPending}
            onPress={submit}
          >
            {props.submitLabel}
          </ActionButton>
        )}
      </DialogFooter>
    </Dialog>
  );
}
