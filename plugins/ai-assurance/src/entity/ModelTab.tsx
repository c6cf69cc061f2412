import {
  aiAssuranceApiRef,
  AnswerView,
  Sentence,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi } from '@backstage/frontend-plugin-api';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { AdoptionSection } from './AdoptionSection';
import { DriftSection } from './DriftSection';
import { LatencySection } from './LatencySection';
import { ObjectiveDetails } from './objectives/ObjectiveDetails';
import { ObjectivesSection } from './ObjectivesSection';
import { OverflowNotice } from './OverflowNotice';
import { PromotionNotice } from './PromotionNotice';
import { RangePicker, useRangeMinutes } from './RangePicker';
import { ScoreSection } from './ScoreSection';
import { SegmentsTable } from './SegmentsTable';
import { VersionsSection } from './VersionsSection';

const pollSeconds = 10;

/** The page of a model: may it be live, which versions are there, where do they run, and do they still behave. */
export function ModelTab(props: { entityRef: string }) {
  const { entityRef } = props;
  const api = useApi(aiAssuranceApiRef);
  const rangeMinutes = useRangeMinutes();
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getModel(entityRef, { rangeMinutes, signal, asOf }),
    [entityRef, rangeMinutes, asOf],
    { pollSeconds: poll(pollSeconds), keepOnChange: true },
  );
  return (
    <AnswerView answer={answer} skeleton={[56, 160, 160, 280]}>
      {model => (
        <>
          <Sentence status={model.status} actions={<RangePicker />}>
            {model.sentence}
          </Sentence>
          <AsOfLimits answer={model} />
          <ScoreSection score={model.score} />
          <VersionsSection model={model} onChanged={answer.reload} />
          {model.subject.kind === 'edge-model' ? (
            <>
              <PromotionNotice promotion={model.promotion} />
              <AdoptionSection
                adoption={model.adoption}
                overTime={model.adoptionOverTime}
              />
            </>
          ) : null}
          <DriftSection
            subject={entityRef}
            monitors={model.drift}
            mayApprove={model.mayApproveReference}
            onChanged={answer.reload}
          />
          <ObjectivesSection
            objectives={model.objectives}
            problems={model.objectiveProblems}
          />
          {model.objectives.length > 0 ? (
            <ObjectiveDetails
              entityRef={model.subject.entityRef}
              onChanged={answer.reload}
            />
          ) : null}
          <OverflowNotice overflow={model.overflow} />
          <LatencySection
            points={model.latency}
            thresholdMs={model.objectives[0]?.thresholdMs}
            isOnDevice={model.subject.kind === 'edge-model'}
          />
          <SegmentsTable segments={model.segments} />
        </>
      )}
    </AnswerView>
  );
}
