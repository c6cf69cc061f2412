import {
  severityRank,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EvidenceLink,
  humanizeCode,
  RelativeTime,
  Section,
  VerdictBadge,
  VerdictFactsText,
  VerdictRollUpText,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

/** What the scorecard says, check by check, worst first, with what to do. */
export function ScoreSection(props: { score: SubjectScore | null }) {
  const { score } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  if (score === null) {
    return (
      <Section title={t('score.title')}>
        <p className={styles.secondary}>{t('score.none')}</p>
      </Section>
    );
  }
  const checks = [...score.checks].sort(
    (a, b) => severityRank(a.verdict.status) - severityRank(b.verdict.status),
  );
  return (
    <Section
      title={t('score.title')}
      description={
        <>
          {t('score.judged', { scorecard: humanizeCode(score.scorecardId) })}{' '}
          <RelativeTime atMs={score.judgedAtMs} />
        </>
      }
      actions={<VerdictRollUpText rollUp={score.rollUp} />}
    >
      <DataTable
        caption={t('score.title')}
        rows={checks}
        rowKey={check => check.checkId}
        columns={[
          {
            id: 'check',
            label: t('score.check'),
            isProse: true,
            isRowHeader: true,
            cell: check => check.question,
          },
          {
            id: 'verdict',
            label: t('score.verdict'),
            cell: check => (
              <VerdictBadge
                status={check.verdict.status}
                reason={check.verdict.reason}
              />
            ),
          },
          {
            id: 'facts',
            label: t('score.facts'),
            isProse: true,
            cell: check =>
              check.verdict.status === 'not-applicable' ? (
                '–'
              ) : (
                <VerdictFactsText facts={check.verdict.facts} />
              ),
          },
          {
            id: 'level',
            label: t('score.level'),
            cell: check => check.level,
          },
          {
            id: 'fix',
            label: t('score.fix'),
            isProse: true,
            cell: check =>
              check.verdict.status === 'pass' ||
              check.verdict.status === 'not-applicable'
                ? '–'
                : check.fixHint,
          },
          {
            id: 'evidence',
            label: t('score.evidence'),
            cell: check =>
              check.verdict.status === 'not-applicable' ? (
                '–'
              ) : (
                <EvidenceLink evidenceId={check.verdict.facts.evidenceId} />
              ),
          },
        ]}
      />
    </Section>
  );
}
