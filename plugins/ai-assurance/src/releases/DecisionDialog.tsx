import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  AiAssuranceError,
  aiAssuranceApiRef,
  Digest,
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
  TextAreaField,
} from '@backstage/ui';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { nameOf } from './releaseVerdict';

/** What a person may do to an open release. */
export type ReleaseDecision = 'approve' | 'reject' | 'withdraw';

interface DecisionDialogProps {
  release: Release;
  decision: ReleaseDecision;
  onClose: () => void;
  onDone: () => void;
}

const minReasonLength = 3;

/** Says what will happen, asks for the reason, and binds the decision to the digest and row version that were read. */
export function DecisionDialog(props: DecisionDialogProps) {
  const { decision, onClose, onDone } = props;
  // What the reader saw when opening; a poll behind the dialog must not slip in another version.
  const [release] = useState(props.release);
  const api = useApi(aiAssuranceApiRef);
  const toastApi = useApiHolder().get(toastApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [reason, setReason] = useState('');
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<Error>();

  const names = { model: nameOf(release.modelRef), version: release.version };
  const cohorts =
    release.cohorts.length === 0
      ? t('releases.anywhere')
      : release.cohorts.map(nameOf).join(', ');
  const needsReason = decision !== 'withdraw';
  const isReasonShort = needsReason && reason.trim().length < minReasonLength;
  const isStale =
    failure instanceof AiAssuranceError && failure.code === 'STALE_VERSION';

  const submit = async () => {
    setIsPending(true);
    setFailure(undefined);
    try {
      if (decision === 'withdraw') {
        await api.withdrawRelease(release.releaseId, {
          rowVersion: release.rowVersion,
        });
      } else {
        await api.voteOnRelease(release.releaseId, {
          vote: decision,
          reason: reason.trim(),
          digest: release.digest,
          rowVersion: release.rowVersion,
        });
      }
      toastApi?.post({
        title:
          decision === 'withdraw'
            ? t('releases.withdrawn')
            : t('releases.voted'),
        status: 'success',
      });
      onDone();
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
      <DialogHeader>{t(`releases.${decision}Title`, names)}</DialogHeader>
      <DialogBody>
        <div className={styles.form}>
          <p className={styles.text}>
            {decision === 'approve'
              ? t('releases.approveConsequence', { cohorts })
              : t(`releases.${decision}Consequence`)}
          </p>
          <Digest digest={release.digest} isFull />
          {needsReason ? (
            <TextAreaField
              label={t('releases.reasonLabel')}
              description={t('releases.reasonHint')}
              value={reason}
              onChange={setReason}
              maxLength={1000}
              isRequired
            />
          ) : null}
          {failure ? (
            <Alert
              role="alert"
              status="danger"
              icon
              title={failure.message}
              description={isStale ? t('releases.stale') : undefined}
            />
          ) : null}
        </div>
      </DialogBody>
      <DialogFooter>
        {isReasonShort ? (
          <span className={styles.secondary}>{t('releases.reasonShort')}</span>
        ) : null}
        <Button
          variant="secondary"
          size="small"
          onPress={isStale ? onDone : onClose}
        >
          {isStale ? t('common.close') : t('common.cancel')}
        </Button>
        <Button
          variant="primary"
          size="small"
          destructive={decision === 'reject'}
          isDisabled={isReasonShort || isStale}
          isPending={isPending}
          onPress={submit}
        >
          {t(`releases.${decision}`)}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
