import {
  CheckVerdict,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  EvidenceLink,
  FactList,
  FactRow,
  humanizeCode,
  RelativeTime,
  SubjectLink,
  VerdictBadge,
  VerdictFactsText,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';

interface CheckPanelProps {
  /** Absent when the cell that the URL names is gone. */
  score: SubjectScore | undefined;
  check: CheckVerdict | undefined;
  onClose: () => void;
}

/** Why a check says what it says, and what now. */
export function CheckPanel(props: CheckPanelProps) {
  const { score, check, onClose } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <section
      className={styles.panel}
      aria-label={check?.question ?? t('scorecards.why')}
    >
      <div className={styles.panelHead}>
        <h3 className={styles.panelTitle}>
          {check?.question ?? t('scorecards.noCell')}
        </h3>
        <Button size="small" variant="tertiary" onPress={onClose}>
          {t('common.close')}
        </Button>
      </div>
      {score && check ? (
        <FactList>
          <FactRow
            label={t('common.subject')}
            value={
              <SubjectLink
                entityRef={score.subject.entityRef}
                title={score.subject.title}
              />
            }
            note={`${t('common.level')}: ${check.level}`}
          />
          <FactRow
            label={t('common.verdict')}
            value={
              <VerdictBadge
                status={check.verdict.status}
                reason={check.verdict.reason}
              />
            }
          />
          <FactRow
            label={t('scorecards.reasonCode')}
            value={humanizeCode(check.verdict.reason)}
          />
          <FactRow
            label={t('scorecards.facts')}
            value={<VerdictFactsText facts={check.verdict.facts} />}
          />
          <FactRow
            label={t('scorecards.evidence')}
            value={<EvidenceLink evidenceId={check.verdict.facts.evidenceId} />}
          />
          {check.sinceMs === undefined ? null : (
            <FactRow
              label={t('common.since')}
              value={<RelativeTime atMs={check.sinceMs} />}
            />
          )}
          <FactRow
            label={t('scorecards.judged')}
            value={<RelativeTime atMs={check.judgedAtMs} />}
          />
          <FactRow label={t('scorecards.fix')} value={check.fixHint} />
        </FactList>
      ) : null}
    </section>
  );
}
