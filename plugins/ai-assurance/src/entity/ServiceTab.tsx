import {
  aiAssuranceApiRef,
  AnswerView,
  RelativeTime,
  Sentence,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { ServiceAnswer } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { Owner } from '../shared/Owner';
import { DriftSection } from './DriftSection';
import styles from './entity.module.css';
import { ObjectiveDetails } from './objectives/ObjectiveDetails';
import { ObjectivesSection } from './ObjectivesSection';
import { OverflowNotice } from './OverflowNotice';
import { RangePicker, useRangeMinutes } from './RangePicker';
import { ScoreSection } from './ScoreSection';
import { SegmentsTable } from './SegmentsTable';
import { ActionBar } from './service/ActionBar';
import { ChangesTable } from './service/ChangesTable';
import { IncidentsSection } from './service/IncidentsSection';
import { PeopleSection } from './service/PeopleSection';
import { SignalsSection } from './service/SignalsSection';
import { aiAssuranceServiceTranslationRef } from './service/translation';

const pollSeconds = 10;
const skeletonOfSignals = [220, 180, 180, 120, 200];

/** The page an on-call engineer reads: what is wrong, since when, what changed just before, where it hurts, what to do. */
export function ServiceTab(props: { entityRef: string }) {
  const { entityRef } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const rangeMinutes = useRangeMinutes();
  const { asOf, poll } = useAsOf();
  const options = {
    pollSeconds: poll(pollSeconds),
    keepOnChange: true,
    changesOf: asOf ? undefined : [entityRef],
  };
  const main = useAnswer(
    signal => api.getService(entityRef, { rangeMinutes, signal, asOf }),
    [entityRef, rangeMinutes, asOf],
    options,
  );
  // Charts are read apart: the status line never waits for them.
  const signals = useAnswer(
    signal => api.getServiceSignals(entityRef, { rangeMinutes, signal, asOf }),
    [entityRef, rangeMinutes, asOf],
    options,
  );
  const reloadAll = () => {
    main.reload();
    signals.reload();
  };
  // One cause is told once.
  const isToldAlready =
    main.state === 'failed' &&
    signals.state === 'failed' &&
    main.error.message === signals.error.message;
  const thresholdMs =
    main.state === 'ready' ? main.value.objectives[0]?.thresholdMs : undefined;
  return (
    <>
      <AnswerView answer={main} skeleton={[72, 40, 120]}>
        {service => (
          <>
            <StatusLine service={service} />
            <AsOfLimits answer={service} />
            <ActionBar service={service} onChanged={reloadAll} />
            {service.costBudgetProblem === null ? null : (
              <Alert
                icon
                status="warning"
                title={t('costBudget.unusable')}
                description={service.costBudgetProblem}
              />
            )}
            <ObjectivesSection
              objectives={service.objectives}
              problems={service.objectiveProblems}
            />
            {service.objectives.length > 0 ? (
              <ObjectiveDetails
                entityRef={entityRef}
                mayCorrect={service.mayCorrect}
                onChanged={reloadAll}
              />
            ) : null}
          </>
        )}
      </AnswerView>
      {isToldAlready ? null : (
        <AnswerView answer={signals} skeleton={skeletonOfSignals}>
          {value => (
            <>
              <OverflowNotice overflow={value.overflow} />
              <SignalsSection signals={value} thresholdMs={thresholdMs} />
              <SegmentsTable
                segments={value.segments}
                isUnanswered={value.failures.length > 0}
              />
              <ChangesTable events={value.events} />
            </>
          )}
        </AnswerView>
      )}
      {main.state === 'ready' ? (
        <>
          <IncidentsSection
            subject={main.value.subject.entityRef}
            incidents={main.value.incidents}
            count={main.value.incidentCount}
            mayManage={main.value.mayManageIncidents}
            onChanged={reloadAll}
          />
          <PeopleSection service={main.value} onChanged={reloadAll} />
        </>
      ) : null}
      {signals.state === 'ready' ? (
        <>
          <div id="drift">
            <DriftSection
              subject={entityRef}
              monitors={signals.value.drift}
              mayApprove={signals.value.mayApproveReference}
              onChanged={reloadAll}
            />
          </div>
          <ScoreSection score={signals.value.score} />
        </>
      ) : null}
    </>
  );
}

function StatusLine(props: { service: ServiceAnswer }) {
  const { service } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  return (
    <Sentence
      status={service.status}
      actions={<RangePicker />}
      detail={
        <span className={styles.links}>
          {service.severity === null ? null : (
            <strong>
              {t('status.severity', { severity: service.severity })}
            </strong>
          )}
          {service.sinceMs === null ? null : (
            <span>
              {t('status.since')} <RelativeTime atMs={service.sinceMs} />
            </span>
          )}
          <span>
            {t('status.owner')}: <Owner subject={service.subject} />
          </span>
        </span>
      }
    >
      {service.sentence}
    </Sentence>
  );
}
