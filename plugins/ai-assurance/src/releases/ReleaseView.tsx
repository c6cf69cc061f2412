import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  aiAssuranceApiRef,
  AnswerView,
  DataTable,
  Digest,
  EvidenceLink,
  FactList,
  FactRow,
  RelativeTime,
  Section,
  Sentence,
  SubjectLink,
  useAnswer,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { RiArrowLeftLine } from '@remixicon/react';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { DecisionDialog, ReleaseDecision } from './DecisionDialog';
import { ReleaseStateBadge } from './ReleaseStateBadge';
import {
  approvalCount,
  compareVerdicts,
  nameOf,
  statusOfState,
  worseCount,
} from './releaseVerdict';

interface ReleaseViewProps {
  releaseId: string;
  onBack: () => void;
}

/** One release: what is asked, what was proven then and now, who must decide, who has. */
export function ReleaseView(props: ReleaseViewProps) {
  const { releaseId, onBack } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const answer = useAnswer(
    signal => api.getRelease(releaseId, { signal }),
    [releaseId],
    { pollSeconds: 20 },
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
          <ReleaseParts release={release} onChanged={answer.reload} />
        )}
      </AnswerView>
    </>
  );
}

function useReleaseSentence(release: Release): string {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const names = { model: nameOf(release.modelRef), version: release.version };
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

function AskedSection(props: { release: Release }) {
  const { release } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <Section title={t('releases.asked')}>
      <FactList>
        <FactRow
          label={t('common.model')}
          value={<SubjectLink entityRef={release.modelRef} />}
        />
        <FactRow label={t('common.version')} value={release.version} />
        <FactRow
          label={t('common.digest')}
          value={<Digest digest={release.digest} isFull />}
        />
        <FactRow
          label={t('common.cohorts')}
          value={
            release.cohorts.length === 0 ? (
              t('releases.anywhere')
            ) : (
              <span className={styles.chips}>
                {release.cohorts.map(cohort => (
                  <SubjectLink key={cohort} entityRef={cohort} />
                ))}
              </span>
            )
          }
        />
        <FactRow
          label={t('common.proposer')}
          value={<SubjectLink entityRef={release.proposedBy} />}
          atMs={release.proposedAtMs}
        />
        <FactRow
          label={t('common.reason')}
          value={<span className={styles.preserved}>{release.reason}</span>}
        />
        <FactRow
          label={t('common.state')}
          value={<ReleaseStateBadge state={release.state} />}
        />
      </FactList>
    </Section>
  );
}

function VerdictsSection(props: { release: Release }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <Section
      title={t('releases.verdicts')}
      description={t('releases.verdictsHint')}
    >
      <DataTable
        caption={t('releases.verdicts')}
        rows={compareVerdicts(props.release)}
        rowKey={row => row.question}
        empty={<p className={styles.secondary}>{t('releases.verdictsNone')}</p>}
        columns={[
          {
            id: 'question',
            label: t('common.questions'),
            isRowHeader: true,
            cell: row => row.question,
          },
          {
            id: 'frozen',
            label: t('releases.frozen'),
            cell: row =>
              row.frozen ? (
                <VerdictBadge
                  status={row.frozen.status}
                  reason={row.frozen.reason}
                />
              ) : (
                <span className={styles.secondary}>
                  {t('releases.notFrozen')}
                </span>
              ),
          },
          {
            id: 'now',
            label: t('releases.now'),
            cell: row =>
              row.current ? (
                <VerdictBadge
                  status={row.current.status}
                  reason={row.current.reason}
                />
              ) : (
                <span className={styles.secondary}>
                  {t('releases.goneNow')}
                </span>
              ),
          },
          {
            id: 'evidence',
            label: t('releases.evidence'),
            cell: row => (
              <EvidenceLink
                evidenceId={row.frozen?.evidenceId ?? row.current?.evidenceId}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}

function PolicySection(props: { release: Release }) {
  const { release } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <Section title={t('releases.policy')}>
      <p className={`${styles.text} ${styles.preserved}`}>
        {release.policyText}
      </p>
      <FactList>
        <FactRow
          label={t('releases.quorum')}
          value={t('releases.quorumCount', {
            approvals: String(approvalCount(release).given),
            quorum: String(release.quorum),
          })}
        />
        <FactRow
          label={t('releases.approverGroups')}
          value={
            <span className={styles.chips}>
              {release.approverGroups.map(group => (
                <SubjectLink key={group} entityRef={group} />
              ))}
            </span>
          }
        />
        <FactRow
          label={t('releases.policyId')}
          value={release.policyId}
          note={<Digest digest={release.policyDigest} />}
        />
      </FactList>
    </Section>
  );
}

function VotesSection(props: { release: Release }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <Section title={t('releases.votes')}>
      <DataTable
        caption={t('releases.votes')}
        rows={props.release.votes}
        rowKey={vote => vote.votedBy}
        empty={<p className={styles.secondary}>{t('releases.votesNone')}</p>}
        columns={[
          {
            id: 'voter',
            label: t('releases.voter'),
            isRowHeader: true,
            cell: vote => <SubjectLink entityRef={vote.votedBy} />,
          },
          {
            id: 'vote',
            label: t('releases.vote'),
            cell: vote =>
              vote.vote === 'approve'
                ? t('releases.voteApprove')
                : t('releases.voteReject'),
          },
          {
            id: 'reason',
            label: t('common.reason'),
            cell: vote => vote.reason,
          },
          {
            id: 'when',
            label: t('releases.votedAt'),
            cell: vote => <RelativeTime atMs={vote.votedAtMs} />,
          },
        ]}
      />
    </Section>
  );
}
