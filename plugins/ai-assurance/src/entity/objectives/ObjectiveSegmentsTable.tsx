import {
  formatShare,
  formatShareOf,
  Objective,
  ObjectiveSegment,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  SubjectLink,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from '../entity.module.css';
import { aiAssuranceEntityTranslationRef } from '../translation';

const rowLimit = 100;

interface Row {
  objective: Objective;
  segment: ObjectiveSegment;
}

/** The worst first: what burns fastest now, then what attained least; what says nothing comes last. */
function rowsOf(objectives: Objective[]): Row[] {
  return objectives
    .flatMap(objective =>
      (objective.segments ?? []).map(segment => ({ objective, segment })),
    )
    .sort(
      ({ segment: a }, { segment: b }) =>
        Number(a.isSuppressed ?? false) - Number(b.isSuppressed ?? false) ||
        (b.burn ?? -1) - (a.burn ?? -1) ||
        (a.budgetRemainingRatio ?? 2) - (b.budgetRemainingRatio ?? 2),
    );
}

/** How many bad events the budget allows; the share that is left is told of it. */
function allowedCount({ objective, segment }: Row): number | undefined {
  const { goodCount, totalCount, budgetRemainingRatio: left } = segment;
  const badCount = totalCount - goodCount;
  // Of time slices the budget is known from the start, so that it is more than a share of what was counted.
  if (badCount > 0 && left !== null && left < 1) return badCount / (1 - left);
  return objective.budgetingMethod === 'Occurrences'
    ? totalCount * (1 - objective.objectiveRatio)
    : undefined;
}

/** Objectives by version, cohort and environment; what may not be told is named with its reason. */
export function ObjectiveSegmentsTable(props: { objectives: Objective[] }) {
  const rows = rowsOf(props.objectives);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const silence = ({ isSuppressed, isSizeUnknown }: ObjectiveSegment) => {
    if (isSizeUnknown) return t('objectiveSegments.sizeUnknown');
    return isSuppressed ? t('objectiveSegments.suppressed') : undefined;
  };
  const told = (row: Row, value: () => string) =>
    row.segment.isSuppressed ? '–' : value();
  const budgetOf = (row: Row) => {
    const { budgetRemainingRatio: left } = row.segment;
    const allowed = allowedCount(row);
    if (left === null) return t('objectiveSegments.unknown');
    const percent = `${(100 * Math.abs(left)).toFixed(1)} %`;
    const text =
      allowed === undefined
        ? percent
        : t('objectiveSegments.ofAllowed', {
            percent,
            allowed: String(Number(allowed.toPrecision(3))),
          });
    return left < 0 ? t('objectiveSegments.overspent', { text }) : text;
  };
  const intervalOf = ({ intervalLow, intervalHigh }: ObjectiveSegment) =>
    intervalLow === null || intervalHigh === null
      ? ''
      : t('objectiveSegments.between', {
          low: (100 * intervalLow).toFixed(1),
          high: (100 * intervalHigh).toFixed(1),
        });
  return (
    <>
      <DataTable
        caption={t('objectiveSegments.caption')}
        rows={rows.slice(0, rowLimit)}
        rowKey={({ objective, segment }) =>
          JSON.stringify([
            objective.sloName,
            objective.objectiveName,
            segment.version,
            segment.cohort,
            segment.environment,
          ])
        }
        empty={
          <p className={styles.secondary}>{t('objectiveSegments.none')}</p>
        }
        columns={[
          {
            id: 'version',
            label: t('objectiveSegments.version'),
            isRowHeader: true,
            cell: ({ segment }) =>
              segment.version ?? t('objectiveSegments.all'),
          },
          {
            id: 'burn',
            label: t('objectiveSegments.burn'),
            isNumber: true,
            cell: row =>
              told(row, () =>
                row.segment.burn === null
                  ? t('objectiveSegments.unknown')
                  : `${row.segment.burn.toFixed(
                      row.segment.burn >= 10 ? 0 : 2,
                    )}×`,
              ),
          },
          {
            id: 'good',
            label: t('objectiveSegments.good'),
            isNumber: true,
            cell: row =>
              silence(row.segment) ?? (
                <>
                  {row.objective.budgetingMethod === 'Occurrences'
                    ? formatShare(row.segment.goodCount, row.segment.totalCount)
                    : formatShareOf(
                        row.segment.goodCount,
                        row.segment.totalCount,
                        'time slice',
                      )}
                  <span className={styles.below}>
                    {intervalOf(row.segment)}
                  </span>
                </>
              ),
          },
          {
            id: 'cohort',
            label: t('objectiveSegments.cohort'),
            cell: ({ segment }) =>
              segment.cohort === null ? (
                <span className={styles.secondary}>
                  {t('objectiveSegments.all')}
                </span>
              ) : (
                <Cohort cohort={segment.cohort} />
              ),
          },
          {
            id: 'environment',
            label: t('objectiveSegments.environment'),
            cell: ({ segment }) =>
              segment.environment ?? (
                <span className={styles.secondary}>
                  {t('objectiveSegments.all')}
                </span>
              ),
          },
          {
            id: 'objective',
            label: t('objectiveSegments.objective'),
            cell: ({ objective }) => objective.objectiveName,
          },
          {
            id: 'budget',
            label: t('objectiveSegments.budget'),
            isNumber: true,
            cell: row => told(row, () => budgetOf(row)),
          },
        ]}
      />
      {rows.length > rowLimit ? (
        <p className={styles.secondary}>
          {t('objectiveSegments.more', { count: rows.length - rowLimit })}
        </p>
      ) : null}
    </>
  );
}

/** A cohort of the catalog, or what a metrics engine calls one. */
function Cohort(props: { cohort: string }) {
  const { cohort } = props;
  return /^[a-z]+:[^/]+\/.+$/.test(cohort) ? (
    <SubjectLink entityRef={cohort} />
  ) : (
    <>{cohort}</>
  );
}
