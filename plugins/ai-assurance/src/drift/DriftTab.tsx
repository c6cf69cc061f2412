import {
  AnswerOf,
  Drift,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  columnsOf,
  EmptyState,
  formatTime,
  HeatMap,
  humanizeCode,
  Section,
  Sentence,
  toIsoTime,
  useAnswer,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Select } from '@backstage/ui';
import { RangePicker, useRangeMinutes } from '../entity/RangePicker';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { LookingBack } from '../shared/asOf/LookingBack';
import { useAsOf } from '../shared/asOf/useAsOf';
import { CellDetail } from './CellDetail';
import styles from './drift.module.css';
import { aiAssuranceDriftTranslationRef } from './translation';

const pollSeconds = 15;
const mostColumns = 30;

type DriftAnswer = AnswerOf<'getDrift'>;

/** Drift of every feature and output of the entity. */
export function DriftTab() {
  const { entity } = useEntity();
  return (
    <div className={styles.tab}>
      <LookingBack>
        <DriftOf entityRef={stringifyEntityRef(entity)} />
      </LookingBack>
    </div>
  );
}

function DriftOf(props: { entityRef: string }) {
  const { entityRef } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const rangeMinutes = useRangeMinutes();
  const { asOf, poll } = useAsOf();
  const [{ cohort }] = useUrlState({ cohort: '' });
  const answer = useAnswer(
    signal =>
      api.getDrift(entityRef, {
        rangeMinutes,
        cohort: cohort || undefined,
        signal,
        asOf,
      }),
    [entityRef, rangeMinutes, cohort, asOf],
    { pollSeconds: poll(pollSeconds), keepOnChange: true },
  );
  return (
    <AnswerView answer={answer} skeleton={[56, 24, 240, 280]}>
      {drift => (
        <>
          <Sentence
            status={drift.status}
            actions={
              <>
                <CohortPicker drift={drift} />
                <RangePicker />
              </>
            }
          >
            {drift.sentence}
          </Sentence>
          <AsOfLimits answer={drift} />
          <CoverageLine coverage={drift.coverage} />
          {drift.declarationProblems.length > 0 ? (
            <Section title={t('problems')}>
              {drift.declarationProblems.map(problem => (
                <p key={problem} className={styles.line}>
                  {problem}
                </p>
              ))}
            </Section>
          ) : null}
          {drift.monitors.length === 0 ? (
            <EmptyState
              title={drift.cohort === null ? t('none') : t('noneOfCohort')}
              description={
                drift.cohort === null ? t('noneHint') : t('noneOfCohortHint')
              }
            />
          ) : (
            <Monitors drift={drift} onChanged={answer.reload} />
          )}
        </>
      )}
    </AnswerView>
  );
}

/** The whole, or one of the cohorts that signals are judged by. */
function CohortPicker(props: { drift: DriftAnswer }) {
  const { cohort, cohorts } = props.drift;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const [, setUrl] = useUrlState({ cohort: '', feature: '', at: '' });
  const all = [...new Set([...cohorts, ...(cohort === null ? [] : [cohort])])];
  if (all.length === 0) return null;
  return (
    <Select
      aria-label={t('cohort')}
      className={styles.cohort}
      size="small"
      value={cohort ?? ''}
      options={[
        { value: '', label: t('allCohorts') },
        ...all.map(ref => ({ value: ref, label: parseEntityRef(ref).name })),
      ]}
      onChange={key => setUrl({ cohort: String(key ?? '') })}
    />
  );
}

function CoverageLine(props: { coverage: DriftAnswer['coverage'] }) {
  const { coverage } = props;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const { trafficCount, watchedTrafficCount } = coverage;
  return (
    <p className={styles.line}>
      {t('coverage', {
        live: String(coverage.liveCount),
        features: String(coverage.featureCount),
        traffic:
          trafficCount === null || watchedTrafficCount === null
            ? t('trafficUnknown')
            : t('traffic', {
                percent: String(
                  Math.floor((100 * watchedTrafficCount) / trafficCount),
                ),
                watched: formatCount(watchedTrafficCount),
                total: formatCount(trafficCount),
              }),
      })}
      {coverage.unwatched.length > 0
        ? `. ${t('unwatched', {
            features: coverage.unwatched
              .map(
                one =>
                  `${one.feature} (${humanizeCode(one.why).toLocaleLowerCase(
                    'en-US',
                  )})`,
              )
              .join(', '),
          })}`
        : null}
    </p>
  );
}

const order = ['fail', 'inconclusive', 'warn', 'pass', 'not-applicable'];
const worstFirst = (a: Drift, b: Drift) =>
  order.indexOf(a.verdict.status) - order.indexOf(b.verdict.status) ||
  (a.feature < b.feature ? -1 : 1);

/** What a monitor was compared with. */
const referenceOf = (drift: DriftAnswer, { referenceId }: Drift) =>
  drift.references.find(one => one.referenceId === referenceId);

function Monitors(props: { drift: DriftAnswer; onChanged: () => void }) {
  const { drift, onChanged } = props;
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const [url, setUrl] = useUrlState({ feature: '', at: '' });
  const monitors = [...drift.monitors].sort(worstFirst);
  const minutes = (drift.rangeEndMs - drift.rangeStartMs) / 60_000;
  const columnCount = Math.max(2, Math.min(mostColumns, Math.floor(minutes)));
  const stepMs = (drift.rangeEndMs - drift.rangeStartMs) / columnCount;
  const timesMs = Array.from(
    { length: columnCount },
    (_, column) => drift.rangeStartMs + (column + 1) * stepMs,
  );
  const nameOf = (monitor: Drift) => monitor.title ?? monitor.feature;
  const rows = monitors.map(monitor => ({
    id: monitor.feature,
    name: nameOf(monitor),
    points: columnsOf(monitor.history, timesMs),
  }));
  const chosen =
    monitors.find(({ feature }) => feature === url.feature) ?? monitors[0];
  const atMs = Number(url.at);
  const column = url.at
    ? timesMs.findIndex(end => atMs <= end)
    : timesMs.length - 1;
  const openColumn = column < 0 ? timesMs.length - 1 : column;
  const point = rows.find(({ id }) => id === chosen.feature)?.points[
    openColumn
  ];
  return (
    <>
      <Section title={t('map')}>
        <HeatMap
          title={t('signal')}
          timesMs={timesMs}
          rows={rows.map(({ id, name, points }) => ({
            id,
            name,
            cells: points.map(
              one =>
                one && {
                  status: one.status,
                  text: one.value === null ? '–' : one.value.toFixed(3),
                },
            ),
          }))}
          selected={{ rowId: chosen.feature, column: openColumn }}
          onSelect={(feature, at) =>
            setUrl(
              {
                feature,
                at:
                  at === timesMs.length - 1
                    ? ''
                    : String(Math.round(timesMs[at])),
              },
              { push: true },
            )
          }
        />
      </Section>
      {url.at && point ? (
        <EarlierCell
          key={`${chosen.feature} ${point.atMs}`}
          drift={drift}
          monitor={chosen}
          point={point}
          onChanged={onChanged}
        />
      ) : (
        <CellDetail
          subject={drift.subject.entityRef}
          monitor={chosen}
          cohort={drift.cohort}
          reference={referenceOf(drift, chosen)}
          mayApprove={drift.mayApproveReference}
          onChanged={onChanged}
        />
      )}
    </>
  );
}

/** A judgement is recorded some seconds after the minute that it is about. */
const recordedWithinMs = 30_000;

/** What was recorded of a signal by the moment of an earlier cell. */
function EarlierCell(props: {
  drift: DriftAnswer;
  monitor: Drift;
  point: Drift['history'][number];
  onChanged: () => void;
}) {
  const { drift, monitor, point, onChanged } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceDriftTranslationRef);
  const entityRef = drift.subject.entityRef;
  const byMs = Math.min(point.atMs + recordedWithinMs, drift.rangeEndMs);
  const answer = useAnswer(
    signal =>
      api.getDrift(entityRef, {
        rangeMinutes: 5,
        cohort: drift.cohort ?? undefined,
        asOf: toIsoTime(byMs),
        signal,
      }),
    // The end of the range moves on; the moment of the cell does not.
    [entityRef, point.atMs, drift.cohort],
  );
  return (
    <AnswerView answer={answer} skeleton={[24, 280]}>
      {then => {
        const known = then.monitors.find(
          ({ feature }) => feature === monitor.feature,
        );
        return known ? (
          <CellDetail
            subject={entityRef}
            monitor={{ ...known, title: monitor.title }}
            cohort={drift.cohort}
            reference={referenceOf(then, known)}
            point={point}
            mayApprove={drift.mayApproveReference}
            onChanged={onChanged}
          />
        ) : (
          <EmptyState
            title={t('detail', {
              feature: monitor.title ?? monitor.feature,
              time: formatTime(point.atMs),
            })}
            description={t('notRecorded')}
          />
        );
      }}
    </AnswerView>
  );
}
