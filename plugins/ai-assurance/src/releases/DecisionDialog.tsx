import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  AiAssuranceError,
  aiAssuranceApiRef,
  Digest,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { ReasonDialog } from '../shared/ReasonDialog';
import { aiAssuranceTranslationRef } from '../translation';
import { nameOf } from './releaseVerdict';
import { useTitle } from './useTitle';

/** What a person may do to an open release. */
export type ReleaseDecision = 'approve' | 'reject' | 'withdraw';

interface DecisionDialogProps {
  release: Release;
  decision: ReleaseDecision;
  onClose: () => void;
  onDone: () => void;
}

/** Says what will happen, asks for the reason, and binds the decision to the digest and row version that were read. */
export function DecisionDialog(props: DecisionDialogProps) {
  const { decision, onClose, onDone } = props;
  // What the reader saw when opening; a poll behind the dialog must not slip in another version.
  const [release] = useState(props.release);
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const names = { model: useTitle(release.modelRef), version: release.version };
  const cohorts =
    release.cohorts.length === 0
      ? t('releases.anywhere')
      : release.cohorts.map(nameOf).join(', ');

  const submit = async (reason: string) => {
    if (decision === 'withdraw') {
      await api.withdrawRelease(release.releaseId, {
        rowVersion: release.rowVersion,
      });
    } else {
      await api.voteOnRelease(release.releaseId, {
        vote: decision,
        reason,
        digest: release.digest,
        rowVersion: release.rowVersion,
      });
    }
    onDone();
  };

  return (
    <ReasonDialog
      title={t(`releases.${decision}Title`, names)}
      reasonLabel={
        decision === 'withdraw' ? undefined : t('releases.reasonLabel')
      }
      submitLabel={t(`releases.${decision}`)}
      isDestructive={decision === 'reject'}
      doneMessage={
        decision === 'withdraw' ? t('releases.withdrawn') : t('releases.voted')
      }
      explain={error =>
        error instanceof AiAssuranceError && error.code === 'STALE_VERSION'
          ? { text: t('releases.stale'), isFinal: true }
          : undefined
      }
      onSubmit={submit}
      onClose={onClose}
      onGiveUp={onDone}
    >
      <p className={styles.text}>
        {decision === 'approve'
          ? t('releases.approveConsequence', { cohorts })
          : t(`releases.${decision}Consequence`)}
      </p>
      <Digest digest={release.digest} isFull />
    </ReasonDialog>
  );
}
