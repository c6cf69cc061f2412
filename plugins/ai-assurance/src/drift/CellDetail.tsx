import {
  Drift,
  formatCount,
  Reference,
  statisticTitle,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  DataTable,
  Digest,
  EvidenceLink,
  formatTime,
  formatValue,
  humanizeCode,
  PairedHistogram,
  Section,
  SubjectLink,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useState } from 'react';
import { ApproveReferenceDialog } from '../entity/ApproveReferenceDialog';
import { aiAssuranceEntityTranslationRef } from '../entity/translation';
import styles from './drift.module.css';
import { aiAssuranceDriftTranslationRef } from './translation';

interface CellDetailProps {
  subject: string;
  monitor: Drift;
  /** That the monitor is of; `null`: of the whole. */
  cohort: string | null;
  /** That it was compared with; `undefined`: with none, or with one that is not known any more. */
  reference: Reference | undefined;
  /** An earlier judgement that was opened, with `monitor` as it was recorded by then; `undefined`: the newest. */
  point?: Drift['history'][number];
  mayApprove: { allowed: boolean; reason?: string };
  onChanged: () => void;
}

const small = (value: number) =>
  value !== 0 && value < 0.0005 ? value.toExponential(1) : value.toFixed(3);

/** A p-value: under a thousandth it says no more than that. */
const pText = (value: number) => (value < 0.001 ? '< 0.001' : value.toFixed(3));

/** One signal: both histograms, and everything that its verdict rests on. */
export function CellDetail(props: CellDetailProps) {
  const { subject, monitor, cohort, reference } = props;
  const { point, mayApprove, onChanged } = props;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const { t: entity } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const [isApproving, setIsApproving] = useState(false);
  const statistic = statisticTitle(monitor.statistic);
  return (
    <Section
      title={t('detail', {
        feature: monitor.title ?? monitor.feature,
        time: formatTime(point?.atMs ?? monitor.evaluatedAtMs),
      })}
    >
      <div className={styles.facts}>
        <VerdictBadge
          status={monitor.verdict.status}
          reason={monitor.verdict.reason}
        />
        <span>
          {monitor.value === null
            ? entity('drift.unknownValue', { statistic })
            : `${statistic} ${small(monitor.value)}`}
        </span>
        <span>
          {t(monitor.value === null ? 'leastLimit' : 'limit', {
            warn: small(monitor.warnLimit),
            fail: small(monitor.failLimit),
          })}
        </span>
        {monitor.verdict.facts.evidenceId ? (
          <EvidenceLink evidenceId={monitor.verdict.facts.evidenceId} />
        ) : null}
        {cohort === null ? null : <SubjectLink entityRef={cohort} />}
        {point || cohort !== null ? null : (
          <ActionButton
            onPress={() => setIsApproving(true)}
            variant={monitor.referenceId === null ? 'primary' : 'secondary'}
            disabledReason={mayApprove.allowed ? undefined : mayApprove.reason}
          >
            {entity('drift.approve')}
          </ActionButton>
        )}
      </div>
      <p className={styles.line}>
        {t('falseAlarm', {
          rate: formatValue(monitor.falseAlarmRatio, 'ratio'),
          comparisons: String(monitor.comparisonCount ?? 1),
        })}
        {'. '}
        {monitor.isSuppressed
          ? t('tooFewDevices')
          : t('counts', {
              current: formatCount(monitor.currentCount),
              reference: formatCount(monitor.referenceCount),
            })}
        {'. '}
        {monitor.value === null ? null : (
          <>
            {typeof monitor.enoughCount === 'number'
              ? t('enough', { needed: formatCount(monitor.enoughCount) })
              : t('enoughNever')}
            {'. '}
          </>
        )}
        {typeof monitor.pValue === 'number' &&
        typeof monitor.adjustedPValue === 'number'
          ? t('adjusted', {
              p: pText(monitor.pValue),
              adjusted: pText(monitor.adjustedPValue),
            })
          : null}
      </p>
      {reference ? <ReferenceLine reference={reference} /> : null}
      {monitor.referenceId === null && !monitor.isSuppressed ? (
        <p className={styles.line}>{t('noReference')}</p>
      ) : null}
      <WindowLine monitor={monitor} isNewest={point === undefined} />
      {cohort !== null && point ? (
        <p className={styles.line}>{t('cohortThen')}</p>
      ) : null}
      {monitor.sourceProblem ? (
        <p className={styles.line}>
          {t('sourceProblem', { why: monitor.sourceProblem })}
        </p>
      ) : null}
      {point && cohort === null ? (
        <p className={styles.line}>
          {t('earlier', {
            time: formatTime(point.atMs),
            value: point.value === null ? '–' : small(point.value),
            status: humanizeCode(point.status),
            recorded: formatTime(monitor.evaluatedAtMs),
          })}
        </p>
      ) : null}
      <div className={styles.parts}>
        <PairedHistogram
          title={entity('drift.histogram', { feature: monitor.feature })}
          boundaries={monitor.boundaries}
          categories={monitor.categories}
          referenceBins={monitor.referenceBins}
          currentBins={monitor.currentBins}
        />
        <Statistics monitor={monitor} />
        {point || cohort !== null ? null : <Quality monitor={monitor} />}
        <Cohorts monitor={monitor} />
      </div>
      {isApproving ? (
        <ApproveReferenceDialog
          subject={subject}
          feature={monitor.feature}
          onClose={() => setIsApproving(false)}
          onApproved={() => {
            setIsApproving(false);
            onChanged();
          }}
        />
      ) : null}
    </Section>
  );
}

/** Who approved what is compared with, and until when it stands. */
function ReferenceLine(props: { reference: Reference }) {
  const { reference } = props;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  return (
    <p className={styles.line}>
      {t('reference', {
        version: String(reference.version ?? 1),
        start: formatTime(reference.fromMs),
        end: formatTime(reference.toMs),
        approved: formatTime(reference.approvedAtMs),
        expires: formatTime(reference.expiresAtMs),
      })}{' '}
      <SubjectLink entityRef={reference.approvedBy} />.{' '}
      <Digest digest={reference.histogramDigest} />
    </p>
  );
}

const minuteMs = 60_000;

/** Over which minutes the verdict speaks, and until when what is read now has a part in it. */
function WindowLine(props: { monitor: Drift; isNewest: boolean }) {
  const { monitor, isNewest } = props;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const { windowStartMs, windowEndMs } = monitor.verdict.facts;
  if (windowStartMs === undefined || windowEndMs === undefined) return null;
  const lengthMs = windowEndMs - windowStartMs;
  return (
    <p className={styles.line}>
      {t('window', {
        start: formatTime(windowStartMs),
        end: formatTime(windowEndMs),
      })}
      {isNewest && monitor.source !== 'file'
        ? ` ${t('windowUntil', {
            // The minute that has begun is judged once it is over.
            until: formatTime(windowEndMs + minuteMs + lengthMs),
          })}`
        : null}
    </p>
  );
}

function Statistics(props: { monitor: Drift }) {
  const { statistics = [] } = props.monitor;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  if (statistics.length === 0) return null;
  const numeric = (
    id: 'value' | 'warnLimit' | 'failLimit' | 'pValue',
    label: string,
  ) => ({
    id,
    label,
    isNumber: true,
    cell: (row: (typeof statistics)[number]) =>
      id === 'pValue' ? pText(row[id]) : small(row[id]),
  });
  return (
    <div>
      <h3 className={styles.subtitle}>{t('statistics')}</h3>
      <DataTable
        caption={t('statistics')}
        rows={statistics}
        rowKey={row => row.statistic}
        columns={[
          {
            id: 'statistic',
            label: t('statistic'),
            isRowHeader: true,
            cell: row => statisticTitle(row.statistic),
          },
          numeric('value', t('value')),
          numeric('warnLimit', t('warn')),
          numeric('failLimit', t('fail')),
          numeric('pValue', t('pValue')),
        ]}
      />
    </div>
  );
}

function Quality(props: { monitor: Drift }) {
  const { quality = [] } = props.monitor;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const text = (value: number | null, unit: string) =>
    value === null ? '–' : formatValue(value, unit);
  return (
    <div>
      <h3 className={styles.subtitle}>{t('quality')}</h3>
      {quality.length === 0 ? (
        <p className={styles.line}>{t('noQuality')}</p>
      ) : (
        <DataTable
          caption={t('quality')}
          rows={quality}
          rowKey={row => row.aspect}
          columns={[
            {
              id: 'aspect',
              label: t('aspect'),
              isRowHeader: true,
              cell: row => humanizeCode(row.aspect),
            },
            {
              id: 'verdict',
              label: t('verdict'),
              cell: row => (
                <VerdictBadge
                  status={row.verdict.status}
                  reason={row.verdict.reason}
                />
              ),
            },
            {
              id: 'measured',
              label: t('measured'),
              isNumber: true,
              cell: row => text(row.value, row.unit),
            },
            {
              id: 'limit',
              label: t('atMost'),
              isNumber: true,
              cell: row => text(row.limit, row.unit),
            },
            {
              id: 'affected',
              label: t('affected'),
              isNumber: true,
              cell: row =>
                row.failedCount === null || row.totalCount === null
                  ? '–'
                  : `${formatCount(row.failedCount)} / ${formatCount(
                      row.totalCount,
                    )}`,
            },
          ]}
        />
      )}
    </div>
  );
}

function Cohorts(props: { monitor: Drift }) {
  const { cohorts = [] } = props.monitor;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  if (cohorts.length === 0) return null;
  return (
    <div>
      <h3 className={styles.subtitle}>{t('cohorts')}</h3>
      <DataTable
        caption={t('cohorts')}
        rows={cohorts}
        rowKey={row => row.cohort}
        columns={[
          {
            id: 'cohort',
            label: t('cohort'),
            isRowHeader: true,
            cell: row => <SubjectLink entityRef={row.cohort} />,
          },
          {
            id: 'verdict',
            label: t('verdict'),
            cell: row => (
              <VerdictBadge
                status={row.verdict.status}
                reason={row.verdict.reason}
              />
            ),
          },
          {
            id: 'value',
            label: t('value'),
            isNumber: true,
            cell: row => (row.value === null ? '–' : small(row.value)),
          },
          {
            id: 'limit',
            label: t('fail'),
            isNumber: true,
            cell: row => (row.failLimit === null ? '–' : small(row.failLimit)),
          },
          {
            id: 'count',
            label: 'n',
            isNumber: true,
            cell: row =>
              row.currentCount === null
                ? t('suppressed')
                : formatCount(row.currentCount),
          },
        ]}
      />
    </div>
  );
}
