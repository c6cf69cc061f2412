import {
  EvaluationResult,
  Evaluations,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  Digest,
  EvidenceLink,
  formatValue,
  humanizeCode,
  IntervalBar,
  RelativeTime,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { usePart } from '../shared/usePart';
import styles from './evaluations.module.css';
import { axisOf, metricRows, nameOfTool, nameOfVersion } from './names';
import { aiAssuranceEvaluationsTranslationRef } from './translation';

type Version = Pick<EvaluationResult, 'version' | 'digest'>;

const keyOf = ({ version, digest }: Version) => digest ?? version ?? '';

/** A column for each version, a row for each metric and slice; bars of a row share their axis. */
export function ResultsSection(props: { evaluations: Evaluations }) {
  const { results, versions, versionCount, resultCount } = props.evaluations;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const columns: Version[] = versions.filter(version =>
    results.some(result => keyOf(result) === keyOf(version)),
  );
  // What names no version is shown, in a column of its own.
  if (results.some(result => keyOf(result) === ''))
    columns.push({ version: null, digest: null });
  const { part: shownColumns, more: moreColumns } = usePart(columns, {
    step: 6,
    what: t('results.versions'),
    total: columns.length + versionCount - versions.length,
  });
  const { part: rows, more: moreRows } = usePart(metricRows(results), {
    step: 20,
    what: t('results.rows'),
  });
  const bounds = new Map<string, number[]>();
  for (const { gates } of versions) {
    for (const gate of gates) {
      // A bound on a difference belongs to the comparison, not here.
      if (gate.evidenceId === null) continue;
      if (!results.some(({ evidenceId }) => evidenceId === gate.evidenceId))
        continue;
      const key = JSON.stringify([gate.metric, gate.slice]);
      bounds.set(key, [...(bounds.get(key) ?? []), gate.bound]);
    }
  }
  return (
    <Section title={t('results.title')} description={t('results.description')}>
      <DataTable
        caption={t('results.title')}
        rows={rows}
        rowKey={row => row.key}
        columns={[
          {
            id: 'metric',
            label: t('results.metric'),
            isRowHeader: true,
            cell: row => (
              <>
                {humanizeCode(row.metric)}
                {row.slice === null ? null : (
                  <>
                    <br />
                    <span className={styles.remark}>{row.slice}</span>
                  </>
                )}
                <Meaning results={row.results} />
              </>
            ),
          },
          ...shownColumns.map(column => ({
            id: keyOf(column),
            label: nameOfVersion(column, t('unknown')),
            cell: (row: ReturnType<typeof metricRows>[number]) => {
              const result = row.results.find(
                found => keyOf(found) === keyOf(column),
              );
              const limits = bounds.get(row.key) ?? [];
              return result ? (
                <Result
                  result={result}
                  limit={limits[0]}
                  domain={axisOf(
                    row.results.map(({ value, low, high }) => ({
                      low: low ?? value,
                      high: high ?? value,
                    })),
                    limits,
                    result.unit,
                  )}
                />
              ) : (
                t('gates.noValue')
              );
            },
          })),
        ]}
      />
      {moreColumns}
      {moreRows}
      {results.length < resultCount ? (
        <p className={styles.remark}>
          {t('results.part', {
            shown: formatCount(results.length),
            total: formatCount(resultCount),
          })}
        </p>
      ) : null}
    </Section>
  );
}

/** What the number counts and which way is better, where the name does not say it. */
function Meaning(props: { results: EvaluationResult[] }) {
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const [{ counted, direction }] = props.results;
  if (counted === null || direction === null) return null;
  return (
    <>
      <br />
      <span className={styles.remark}>
        {t(`results.counted.${counted}`)}, {t(`results.${direction}`)}
      </span>
    </>
  );
}

function Result(props: {
  result: EvaluationResult;
  limit: number | undefined;
  domain: [number, number];
}) {
  const { result, limit, domain } = props;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const { value, low, high, unit, judge, corrected } = result;
  return (
    <div className={styles.results}>
      {low === null || high === null ? (
        <span>
          {formatValue(value, unit)}, {t('results.noInterval')}
        </span>
      ) : (
        <IntervalBar
          value={value}
          intervalLow={low}
          intervalHigh={high}
          limit={limit}
          domain={domain}
          unit={unit}
        />
      )}
      <span className={styles.remark}>
        {result.sampleCount === null
          ? t('results.noCount')
          : t('results.count', { n: formatCount(result.sampleCount) })}
        {', '}
        {result.tool.id}
        {', '}
        <RelativeTime atMs={result.timeMs} />{' '}
        <EvidenceLink evidenceId={result.evidenceId} />
      </span>
      <span className={styles.remark}>
        {t('results.data')} {result.datasetId ?? ''}{' '}
        {result.datasetDigest === null ? (
          t('results.datasetUnknown')
        ) : (
          <Digest digest={result.datasetDigest} />
        )}
      </span>
      {judge ? (
        <span className={styles.remark}>
          {t('results.judge', {
            judge: nameOfTool(judge, t('results.unnamedJudge')),
          })}
          {'. '}
          {result.calibrationId ? (
            <EvidenceLink evidenceId={result.calibrationId}>
              {t('results.calibrated')}
            </EvidenceLink>
          ) : (
            t('results.notCalibrated')
          )}
        </span>
      ) : null}
      {corrected ? (
        <span className={styles.remark}>
          {t('results.corrected', {
            value: formatValue(corrected.value, unit),
            low: formatValue(corrected.low, unit),
            high: formatValue(corrected.high, unit),
          })}
        </span>
      ) : null}
      {result.changed ? (
        <strong className={styles.warning}>
          {t(
            result.changed === 'dataset-changed'
              ? 'results.datasetChanged'
              : 'results.judgeChanged',
          )}
        </strong>
      ) : null}
    </div>
  );
}
