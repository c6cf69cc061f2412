import {
  Drift,
  formatCount,
  statisticTitle,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  EmptyState,
  EvidenceLink,
  PairedHistogram,
  RelativeTime,
  Section,
  TimeSeriesChart,
  VerdictBadge,
  formatValue,
  SubjectLink,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useState } from 'react';
import { useAsOf } from '../shared/asOf/useAsOf';
import { ApproveReferenceDialog } from './ApproveReferenceDialog';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

interface DriftSectionProps {
  subject: string;
  monitors: Drift[];
  mayApprove?: { allowed: boolean; reason?: string };
  onChanged: () => void;
}

/** Each watched output: the statistic beside its limits, both histograms, and how the statistic moved. */
export function DriftSection(props: DriftSectionProps) {
  const { subject, monitors, mayApprove, onChanged } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const [approving, setApproving] = useState<string>();
  return (
    <Section title={t('drift.title')}>
      {monitors.length === 0 ? (
        <EmptyState title={t('drift.none')} description={t('drift.noneHint')} />
      ) : null}
      <div>
        {monitors.map(monitor => (
          <DriftMonitor
            key={monitor.feature}
            monitor={monitor}
            mayApprove={mayApprove}
            onApprove={() => setApproving(monitor.feature)}
          />
        ))}
      </div>
      {approving === undefined ? null : (
        <ApproveReferenceDialog
          subject={subject}
          feature={approving}
          onClose={() => setApproving(undefined)}
          onApproved={() => {
            setApproving(undefined);
            onChanged();
          }}
        />
      )}
    </Section>
  );
}

interface DriftMonitorProps {
  monitor: Drift;
  mayApprove?: { allowed: boolean; reason?: string };
  onApprove: () => void;
}

function DriftMonitor(props: DriftMonitorProps) {
  const { monitor, mayApprove, onApprove } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const { asOf } = useAsOf();
  const statistic = statisticTitle(monitor.statistic);
  // The evidence beside it keeps what was judged when it was recorded; the value here moves on every minute.
  return (
    <div className={styles.objective} role="group" aria-label={monitor.feature}>
      <div className={styles.objectiveHead}>
        <span className={styles.objectiveName}>{monitor.feature}</span>
        <VerdictBadge
          status={monitor.verdict.status}
          reason={monitor.verdict.reason}
        />
        <span className={styles.value}>
          {monitor.value === null
            ? t('drift.unknownValue', { statistic })
            : t(asOf === undefined ? 'drift.valueNow' : 'drift.value', {
                statistic,
                value: monitor.value.toFixed(3),
              })}
        </span>
        <span className={styles.secondary}>
          {t(monitor.value === null ? 'drift.leastLimits' : 'drift.limits', {
            warn: monitor.warnLimit.toFixed(3),
            fail: monitor.failLimit.toFixed(3),
            chance: formatValue(monitor.falseAlarmRatio, 'ratio'),
          })}
        </span>
        <span className={styles.secondary}>
          <RelativeTime atMs={monitor.evaluatedAtMs} />
        </span>
        {monitor.verdict.facts.evidenceId ? (
          <EvidenceLink evidenceId={monitor.verdict.facts.evidenceId} />
        ) : null}
      </div>
      <div className={styles.links}>
        <span className={styles.secondary}>
          {t('drift.counts', {
            reference: formatCount(monitor.referenceCount),
            current: formatCount(monitor.currentCount),
            minimum: formatCount(monitor.minimumCount),
          })}
        </span>
        <span className={styles.secondary}>
          {monitor.referenceId === null
            ? t('drift.noReference')
            : t('drift.reference', { id: monitor.referenceId })}
          {monitor.referenceApprovedBy === null ? null : (
            <>
              {', '}
              {t('drift.approvedBy')}{' '}
              <SubjectLink entityRef={monitor.referenceApprovedBy} />
            </>
          )}
        </span>
        {mayApprove ? (
          <ActionButton
            onPress={onApprove}
            variant={monitor.referenceId === null ? 'primary' : 'secondary'}
            disabledReason={mayApprove.allowed ? undefined : mayApprove.reason}
          >
            {t('drift.approve')}
          </ActionButton>
        ) : null}
      </div>
      {monitor.sourceProblem ? (
        <p className={styles.secondary}>
          {t('drift.sourceProblem', { why: monitor.sourceProblem })}
        </p>
      ) : null}
      <div className={styles.pair}>
        <PairedHistogram
          title={t('drift.histogram', { feature: monitor.feature })}
          boundaries={monitor.boundaries}
          categories={monitor.categories}
          referenceBins={monitor.referenceBins}
          currentBins={monitor.currentBins}
        />
        <TimeSeriesChart
          title={t('drift.history', { statistic })}
          unit=""
          limit={{
            value: monitor.failLimit,
            label: t('drift.failLimit', {
              limit: monitor.failLimit.toFixed(3),
            }),
          }}
          series={[{ id: 'value', name: statistic }]}
          points={monitor.history.map(point => ({
            atMs: point.atMs,
            values: { value: point.value },
          }))}
        />
      </div>
    </div>
  );
}
