import {
  formatCount,
  formatMs,
  SegmentLatency,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  Digest,
  Section,
  ShareText,
  SubjectLink,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

interface SegmentsTableProps {
  segments: SegmentLatency[];
  /** The source does not answer: that there are none says nothing then. */
  isUnanswered?: boolean;
}

/** Versions and cohorts, worst first, each with its n. */
export function SegmentsTable(props: SegmentsTableProps) {
  const { segments, isUnanswered } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const boundRatio = Math.max(
    0,
    ...segments
      // A row without quantiles, such as what overflowed, says nothing of how exact the others are.
      .filter(row => !row.isSuppressed && row.p95Ms !== null)
      .map(row => row.errorBoundRatio),
  );
  const msOf = (value: number | null) =>
    value === null ? t('segments.unknown') : formatMs(value);
  const isUnsplit = segments.some(
    row => row.isSizeUnknown && !row.isSuppressed,
  );
  return (
    <Section
      title={t('segments.title')}
      description={
        segments.length === 0
          ? undefined
          : t('segments.description', { bound: (100 * boundRatio).toFixed(1) })
      }
    >
      <DataTable
        caption={t('segments.title')}
        rows={segments}
        rowKey={row => `${row.version} ${row.digest} ${row.cohort}`}
        empty={
          <p className={styles.secondary}>
            {t(isUnanswered ? 'segments.unanswered' : 'segments.none')}
          </p>
        }
        columns={[
          {
            id: 'version',
            label: t('segments.version'),
            isRowHeader: true,
            cell: row => row.version,
          },
          {
            id: 'cohort',
            label: t('segments.cohort'),
            cell: row =>
              row.cohort === null ? (
                <span className={styles.secondary}>
                  {t('segments.noCohort')}
                </span>
              ) : (
                <SubjectLink entityRef={row.cohort} />
              ),
          },
          {
            id: 'digest',
            label: t('segments.digest'),
            cell: row => <Digest digest={row.digest} />,
          },
          {
            id: 'p50',
            label: t('segments.p50'),
            isNumber: true,
            cell: row => msOf(row.p50Ms),
          },
          {
            id: 'p95',
            label: t('segments.p95'),
            isNumber: true,
            cell: row => msOf(row.p95Ms),
          },
          {
            id: 'p99',
            label: t('segments.p99'),
            isNumber: true,
            cell: row => msOf(row.p99Ms),
          },
          {
            id: 'errors',
            label: t('segments.errors'),
            isNumber: true,
            cell: row =>
              row.isSuppressed ? (
                t('segments.unknown')
              ) : (
                <ShareText part={row.errorCount} whole={row.count} />
              ),
          },
          {
            id: 'confidence',
            label: t('segments.confidence'),
            isNumber: true,
            cell: row =>
              row.meanConfidence === null
                ? t('segments.unknown')
                : row.meanConfidence.toFixed(3),
          },
          {
            id: 'count',
            label: t('segments.count'),
            isNumber: true,
            cell: row => {
              if (!row.isSuppressed) return formatCount(row.count);
              return row.isSizeUnknown
                ? t('segments.sizeUnknown')
                : t('segments.suppressed');
            },
          },
        ]}
      />
      {isUnsplit ? (
        <p className={styles.secondary}>{t('segments.unsplit')}</p>
      ) : null}
    </Section>
  );
}
