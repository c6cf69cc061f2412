import {
  EvaluationGate,
  Evaluations,
  EvaluationVersion,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  EvidenceLink,
  formatValue,
  humanizeCode,
  IntervalBar,
  RelativeTime,
  Section,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import styles from './evaluations.module.css';
import { axisOf, nameOfVersion } from './names';
import { aiAssuranceEvaluationsTranslationRef } from './translation';

/** What each gate says of each version, the newest measured first. */
export function GatesSection(props: { evaluations: Evaluations }) {
  const { gates, versions } = props.evaluations;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const judged = versions.filter(({ status }) => status !== null);
  return (
    <Section
      title={t('gates.title')}
      description={
        gates ? t('gates.from', { source: gates.source }) : undefined
      }
    >
      {!gates && judged.length === 0 ? (
        <p className={styles.none}>{t('gates.none')}</p>
      ) : null}
      {gates?.problem ? (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t('gates.problem')}
          description={gates.problem}
        />
      ) : null}
      {judged.map(version => (
        <VersionGates
          key={version.digest ?? version.version}
          version={version}
        />
      ))}
    </Section>
  );
}

function VersionGates(props: { version: EvaluationVersion }) {
  const { version } = props;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const title = t('gates.version', {
    version: nameOfVersion(version, t('unknown')),
  });
  return (
    <div className={styles.block}>
      <h3 className={styles.heading}>
        {title}
        <VerdictBadge
          status={version.status!}
          reason={version.reason ?? undefined}
        />
        {version.sinceMs === null ? null : (
          <span className={styles.remark}>
            {t('gates.since')} <RelativeTime atMs={version.sinceMs} />
          </span>
        )}
        {version.evidenceId ? (
          <EvidenceLink evidenceId={version.evidenceId}>
            {t('gates.record')}
          </EvidenceLink>
        ) : null}
      </h3>
      <DataTable
        caption={title}
        rows={version.gates}
        rowKey={gate => gate.gate}
        columns={[
          {
            id: 'gate',
            label: t('gates.gate'),
            isRowHeader: true,
            cell: gate => (
              <>
                {humanizeCode(gate.gate)}
                <br />
                <span className={styles.remark}>
                  {[humanizeCode(gate.metric), gate.slice]
                    .filter(Boolean)
                    .join(', ')}
                </span>
              </>
            ),
          },
          {
            id: 'verdict',
            label: t('gates.verdict'),
            cell: gate => (
              <VerdictBadge status={gate.status} reason={gate.reason} />
            ),
          },
          {
            id: 'measured',
            label: t('gates.measured'),
            cell: gate => <Measured gate={gate} />,
          },
          {
            id: 'count',
            label: t('gates.count'),
            isNumber: true,
            cell: gate =>
              gate.sampleCount === null
                ? t('unknown')
                : formatCount(gate.sampleCount),
          },
          {
            id: 'evidence',
            label: t('gates.evidence'),
            cell: gate => <EvidenceLink evidenceId={gate.evidenceId} />,
          },
        ]}
      />
    </div>
  );
}

function Measured(props: { gate: EvaluationGate }) {
  const { gate } = props;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const { value, low, high, bound, unit } = gate;
  const limit = t(
    gate.comparator === 'at-least' ? 'gates.atLeast' : 'gates.atMost',
    { bound: formatValue(bound, unit) },
  );
  if (value === null)
    return (
      <span>
        {t('gates.noValue')}, {limit}
      </span>
    );
  if (low === null || high === null)
    return (
      <span>
        {formatValue(value, unit)}, {limit}
      </span>
    );
  return (
    <IntervalBar
      value={value}
      intervalLow={low}
      intervalHigh={high}
      limit={bound}
      limitText={limit}
      domain={axisOf([{ low, high }], [bound], unit)}
      unit={unit}
    />
  );
}
