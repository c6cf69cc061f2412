import {
  formatMs,
  formatShare,
  Objective,
  severityRank,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  FactList,
  FactRow,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { useAsOf } from '../shared/asOf/useAsOf';
import { CardFrame } from './CardFrame';
import styles from './entity.module.css';
import { aiAssuranceServiceTranslationRef } from './service/translation';

const pollSeconds = 30;
const factLimit = 5;

/** The objectives of an entity, the worst first, at most five; how many there are is said. */
export function ObjectivesCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getObjectives(entityRef, { signal, asOf }),
    [entityRef, asOf],
    {
      pollSeconds: poll(pollSeconds),
      changesOf: asOf ? undefined : [entityRef],
    },
  );
  return (
    <CardFrame title={t('cards.objectives')}>
      <AnswerView answer={answer} skeleton={[24, 96]}>
        {value => (
          <ObjectiveFacts
            objectives={value.objectives}
            problems={value.problems}
          />
        )}
      </AnswerView>
    </CardFrame>
  );
}

function ObjectiveFacts(props: {
  objectives: Objective[];
  problems: string[];
}) {
  const { objectives, problems } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const met = objectives.filter(one => one.verdict.status === 'pass').length;
  const worstFirst = [...objectives].sort(
    (a, b) => severityRank(a.verdict.status) - severityRank(b.verdict.status),
  );
  const sentence = () => {
    if (objectives.length > 0)
      return t('cards.met', {
        part: String(met),
        count: objectives.length,
      });
    return problems.length > 0
      ? t('cards.unreadable', { problem: problems[0] })
      : t('cards.undeclared');
  };
  return (
    <>
      <p className={styles.text}>{sentence()}</p>
      {objectives.length === 0 ? null : (
        <FactList>
          {worstFirst.slice(0, factLimit).map(one => (
            <FactRow
              key={`${one.sloName} ${one.objectiveName}`}
              label={
                one.thresholdMs === undefined
                  ? one.objectiveName
                  : t('cards.within', { limit: formatMs(one.thresholdMs) })
              }
              value={formatShare(one.goodCount, one.totalCount)}
              verdict={one.verdict}
            />
          ))}
        </FactList>
      )}
    </>
  );
}
