import {
  aiAssuranceApiRef,
  AnswerView,
  Sentence,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { ChangesSection } from './ChangesSection';
import { DriftSection } from './DriftSection';
import { LatencySection } from './LatencySection';
import { ObjectivesSection } from './ObjectivesSection';
import { RangePicker, useRangeMinutes } from './RangePicker';
import { ScoreSection } from './ScoreSection';
import { SegmentsTable } from './SegmentsTable';
import { aiAssuranceEntityTranslationRef } from './translation';

const pollSeconds = 10;

/** The page an on-call engineer reads: what is wrong, since when, where it hurts, and what changed. */
export function ServiceTab(props: { entityRef: string }) {
  const { entityRef } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const rangeMinutes = useRangeMinutes();
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getService(entityRef, { rangeMinutes, signal, asOf }),
    [entityRef, rangeMinutes, asOf],
    { pollSeconds: poll(pollSeconds), keepOnChange: true },
  );
  return (
    <AnswerView answer={answer} skeleton={[56, 120, 280, 200]}>
      {service => (
        <>
          <Sentence
            status={service.status}
            actions={<RangePicker />}
            detail={
              service.runbookUrl ? (
                <Link href={service.runbookUrl}>{t('links.runbook')}</Link>
              ) : (
                t('links.noRunbook')
              )
            }
          >
            {service.sentence}
          </Sentence>
          <AsOfLimits answer={service} />
          <ObjectivesSection
            objectives={service.objectives}
            problems={service.objectiveProblems}
          />
          <LatencySection
            points={service.latency}
            thresholdMs={service.objectives[0]?.thresholdMs}
            events={service.events}
          />
          <SegmentsTable segments={service.segments} />
          <ChangesSection events={service.events} />
          <DriftSection
            subject={entityRef}
            monitors={service.drift}
            mayApprove={service.mayApproveReference}
            onChanged={answer.reload}
          />
          <ScoreSection score={service.score} />
        </>
      )}
    </AnswerView>
  );
}
