import {
  CohortAnswer,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  EmptyState,
  FactList,
  FactRow,
  Section,
  Sentence,
  SubjectLink,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { AdoptionSection } from './AdoptionSection';
import { LatencySection } from './LatencySection';
import { RangePicker, useRangeMinutes } from './RangePicker';
import { SegmentsTable } from './SegmentsTable';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

const pollSeconds = 10;

/** The page of a cohort: who belongs to it, does it report, and what does it run. */
export function CohortTab(props: { entityRef: string }) {
  const { entityRef } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const rangeMinutes = useRangeMinutes();
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getCohort(entityRef, { rangeMinutes, signal, asOf }),
    [entityRef, rangeMinutes, asOf],
    { pollSeconds: poll(pollSeconds), keepOnChange: true },
  );
  return (
    <AnswerView answer={answer} skeleton={[56, 120, 280]}>
      {cohort => (
        <>
          <Sentence status={cohort.status} actions={<RangePicker />}>
            {cohort.sentence}
          </Sentence>
          <AsOfLimits answer={cohort} />
          <CohortFacts cohort={cohort} />
          {cohort.models.length === 0 ? (
            <EmptyState
              title={t('cohort.noModels')}
              description={t('cohort.noModelsHint')}
            />
          ) : null}
          {cohort.models.map(model => (
            <AdoptionSection
              key={model.modelRef}
              modelRef={cohort.models.length > 1 ? model.modelRef : undefined}
              adoption={[model.adoption]}
              overTime={model.adoptionOverTime}
            />
          ))}
          {/* Latencies of several models have no common axis: each has its own rows in the table. */}
          {cohort.models.length === 1 ? (
            <LatencySection points={cohort.latency} isOnDevice />
          ) : null}
          {cohort.models.length > 0 ? (
            <SegmentsTable
              segments={cohort.models.flatMap(model => model.segments)}
            />
          ) : null}
        </>
      )}
    </AnswerView>
  );
}

function CohortFacts(props: { cohort: CohortAnswer }) {
  const { cohort } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const selector = Object.entries(cohort.selector)
    .map(([name, values]) => `${name} = ${values.join(` ${t('cohort.or')} `)}`)
    .join(', ');
  return (
    <Section title={t('cohort.title')}>
      <FactList>
        <FactRow label={t('cohort.selector')} value={selector} />
        <FactRow
          label={t('cohort.ring')}
          value={cohort.ring ?? t('cohort.notStated')}
        />
        <FactRow
          label={t('cohort.deviceClass')}
          value={cohort.deviceClass ?? t('cohort.notStated')}
        />
        <FactRow
          label={t('cohort.expected')}
          value={
            cohort.expectedDeviceCount === undefined
              ? t('cohort.notStated')
              : formatCount(cohort.expectedDeviceCount)
          }
        />
        <FactRow
          label={t('cohort.models')}
          value={
            cohort.models.length === 0 ? (
              t('cohort.noModels')
            ) : (
              <span className={styles.links}>
                {cohort.models.map(model => (
                  <SubjectLink
                    key={model.modelRef}
                    entityRef={model.modelRef}
                  />
                ))}
              </span>
            )
          }
        />
      </FactList>
    </Section>
  );
}
