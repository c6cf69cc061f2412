import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  aiAssuranceApiRef,
  AnswerView,
  RelativeTime,
  Sentence,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { RiArrowLeftLine } from '@remixicon/react';
import { useState } from 'react';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { aiAssuranceTranslationRef } from '../translation';
import { DecisionDialog, ReleaseDecision } from './DecisionDialog';
import {
  AskedSection,
  PolicySection,
  VerdictsSection,
  VotesSection,
} from './ReleaseSections';
import { ReleaseStateBadge } from './ReleaseStateBadge';
import {
  approvalCount,
  compareVerdicts,
  statusOfState,
  worseCount,
} from './releaseVerdict';
import { useTitle } from './useTitle';

interface ReleaseViewProps {
  releaseId: string;
  onBack: () => void;
}

/** One release: what is asked, what was proven then and now, who must decide, who has. */
export function ReleaseView(props: ReleaseViewProps) {
  const { releaseId, onBack } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getRelease(releaseId, { signal, asOf }),
    [releaseId, asOf],
    { pollSeconds: poll(20) },
  );
  return (
    <>
      <div>
        <Button
          size="small"
          variant="tertiary"
          iconStart={<RiArrowLeftLine size={16} />}
          onPress={onBack}
        >
          {t('releases.back')}
        </Button>
      </div>
      <AnswerView answer={answer} skeleton={[72, 220, 220, 120]}>
        {release => (
          <>
            <AsOfLimits answer={release} />
            <ReleaseParts release={release} onChanged={answer.reload} />
          </>
        )}
      </AnswerView>
    </>
  );
}

function useReleaseSentence(release: Release): string {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const names = { model: useTitle(release.modelRef), version: release.version };
  switch (release.state) {
    case 'approved':
      return t('releases.sentenceApproved', names);
    case 'rejected':
      return t('releases.sentenceRejected', names);
    case 'withdrawn':
      return t('releases.sentenceWithdrawn', names);
    case 'expired':
      return t('releases.sentenceExpired', names);
    default:
      return t('releases.sentenceReview', {
        ...names,
        count: approvalCount(release).missing,
      });
  }
}

function ReleaseParts(props: { release: Release; onChanged: () => void }) {
  const { release, onChanged } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const sentence = useReleaseSentence(release);
  const [decision, setDecision] = useState<ReleaseDecision>();
  const voteReason = release.mayVote.allowed
    ? undefined
    : release.mayVote.reason ?? t('releases.mayNotVote');
  const isOpen = release.state === 'in-review';
  const compared = compareVerdicts(release);
  const worse = worseCount(compared);

  return (
    <>
      <Sentence
        status={statusOfState[release.state]}
        lead={<ReleaseStateBadge state={release.state} />}
        detail={
          <>
            {isOpen ? t('common.deadline') : t('releases.decided')}{' '}
            <RelativeTime
              atMs={isOpen ? release.deadlineMs : release.decidedAtMs}
            />
            {isOpen && worse > 0
              ? `. ${t('releases.worse', {
                  count: worse,
                  total: String(compared.length),
                })}`
              : null}
          </>
        }
        actions={
          isOpen ? (
            <>
              <ActionButton
                variant="primary"
                onPress={() => setDecision('approve')}
                disabledReason={voteReason}
              >
                {t('releases.approve')}
              </ActionButton>
              <ActionButton
                isDestructive
                onPress={() => setDecision('reject')}
                disabledReason={voteReason}
                isReasonHidden
              >
                {t('releases.reject')}
              </ActionButton>
              {release.mayWithdraw ? (
                <ActionButton
                  variant="tertiary"
                  onPress={() => setDecision('withdraw')}
                >
                  {t('releases.withdraw')}
                </ActionButton>
              ) : null}
            </>
          ) : undefined
        }
      >
        {sentence}
      </Sentence>
      <AskedSection release={release} />
      <VerdictsSection release={release} />
      <PolicySection release={release} />
      <VotesSection release={release} />
      {decision ? (
        <DecisionDialog
          release={release}
          decision={decision}
          onClose={() => setDecision(undefined)}
          onDone={() => {
            setDecision(undefined);
            onChanged();
          }}
        />
      ) : null}
    </>
  );
}
