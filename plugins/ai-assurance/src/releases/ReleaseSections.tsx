import { Release } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  Digest,
  EvidenceLink,
  FactList,
  FactRow,
  RelativeTime,
  Section,
  SubjectLink,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { ReleaseStateBadge } from './ReleaseStateBadge';
import { approvalCount, compareVerdicts } from './releaseVerdict';

export function AskedSection(props: { release: Release }) {
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

export function VerdictsSection(props: { release: Release }) {
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

export function PolicySection(props: { release: Release }) {
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

export function VotesSection(props: { release: Release }) {
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
            isProse: true,
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
