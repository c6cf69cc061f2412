import {
  ActionButton,
  aiAssuranceApiRef,
  AnswerView,
  EmptyState,
  Sentence,
  SubjectLink,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { useState } from 'react';
import styles from '../entity/entity.module.css';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { LookingBack } from '../shared/asOf/LookingBack';
import { useAsOf } from '../shared/asOf/useAsOf';
import { CalibrationsSection } from './CalibrationsSection';
import { ComparisonsSection } from './ComparisonsSection';
import { GatesSection } from './GatesSection';
import { ImportDialog } from './ImportDialog';
import { OnlineSection } from './OnlineSection';
import { ResultsSection } from './ResultsSection';
import { SafetySection } from './SafetySection';
import { aiAssuranceEvaluationsTranslationRef } from './translation';

const pollSeconds = 30;

/** The evaluations of the entity that the page is about. */
export function EvaluationsTab() {
  const { entity } = useEntity();
  return (
    <div className={styles.tab}>
      <LookingBack>
        <EvaluationsView entityRef={stringifyEntityRef(entity)} />
      </LookingBack>
    </div>
  );
}

/** Versions side by side, each against its gates: is it good enough, is it safe, and who says so? */
export function EvaluationsView(props: { entityRef: string }) {
  const { entityRef } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const { asOf, poll } = useAsOf();
  const [isImporting, setIsImporting] = useState(false);
  const answer = useAnswer(
    signal => api.getEvaluations(entityRef, { signal, asOf }),
    [entityRef, asOf],
    { pollSeconds: poll(pollSeconds), keepOnChange: true },
  );
  return (
    <AnswerView answer={answer} skeleton={[56, 160, 240]}>
      {evaluations => {
        const isEmpty =
          evaluations.results.length === 0 &&
          evaluations.safety.length === 0 &&
          evaluations.comparisons.length === 0 &&
          evaluations.calibrations.length === 0;
        return (
          <>
            <Sentence
              status={evaluations.status ?? 'not-applicable'}
              actions={
                <ActionButton
                  variant="primary"
                  onPress={() => setIsImporting(true)}
                  disabledReason={evaluations.mayImport.reason}
                >
                  {t('import.open')}
                </ActionButton>
              }
            >
              {evaluations.sentence}
            </Sentence>
            <AsOfLimits answer={evaluations} />
            {evaluations.uses.length > 0 ? (
              <p className={styles.links}>
                <span className={styles.secondary}>{t('uses')}</span>
                {evaluations.uses.map(ref => (
                  <SubjectLink key={ref} entityRef={ref} />
                ))}
              </p>
            ) : null}
            {isEmpty ? (
              <EmptyState
                title={t('empty.title')}
                description={t('empty.description')}
              />
            ) : null}
            <GatesSection evaluations={evaluations} />
            {evaluations.results.length > 0 ? (
              <ResultsSection evaluations={evaluations} />
            ) : null}
            {evaluations.results.length > 0 ||
            evaluations.comparisons.length > 0 ? (
              <ComparisonsSection
                comparisons={evaluations.comparisons}
                total={evaluations.comparisonCount}
              />
            ) : null}
            {evaluations.safety.length > 0 ? (
              <SafetySection safety={evaluations.safety} />
            ) : null}
            {evaluations.online.length > 0 ? (
              <OnlineSection online={evaluations.online} />
            ) : null}
            {evaluations.calibrations.length > 0 ? (
              <CalibrationsSection calibrations={evaluations.calibrations} />
            ) : null}
            {isImporting ? (
              <ImportDialog
                subject={entityRef}
                onClose={() => setIsImporting(false)}
                onImported={() => answer.reload()}
              />
            ) : null}
          </>
        );
      }}
    </AnswerView>
  );
}
