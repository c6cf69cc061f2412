import { ServiceAnswer } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  FactList,
  FactRow,
  formatAge,
  useAnswer,
  useNow,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { useAsOf } from '../shared/asOf/useAsOf';
import { CardFrame } from './CardFrame';
import styles from './entity.module.css';
import { aiAssuranceServiceTranslationRef } from './service/translation';

const pollSeconds = 30;

/** The status line of an AI service, and at most five facts behind it. */
export function HealthCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getService(entityRef, { signal, asOf }),
    [entityRef, asOf],
    {
      pollSeconds: poll(pollSeconds),
      changesOf: asOf ? undefined : [entityRef],
    },
  );
  return (
    <CardFrame title={t('cards.health')}>
      <AnswerView answer={answer} skeleton={[24, 96]}>
        {service => <HealthFacts service={service} />}
      </AnswerView>
    </CardFrame>
  );
}

const percent = (ratio: number) => `${(100 * ratio).toFixed(1)} %`;

/** The least that is left of any error budget; `undefined` where none is known. */
function leastBudget({ objectives }: ServiceAnswer): number | undefined {
  const known = objectives
    .map(one => one.correctedBudgetRemainingRatio ?? one.budgetRemainingRatio)
    .filter(ratio => ratio !== null);
  return known.length === 0 ? undefined : Math.min(...known);
}

function HealthFacts(props: { service: ServiceAnswer }) {
  const { service } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const { atMs } = useAsOf();
  const nowMs = useNow();
  const age = (pastMs: number) =>
    formatAge(pastMs, atMs ?? nowMs) ?? t('cards.justNow');
  const { objectives } = service;
  const alerting = objectives.filter(one => (one.alerts ?? []).length > 0);
  const open = service.incidents.filter(one => one.state === 'open');
  const budget = leastBudget(service);
  const checkedMs = service.runbooks
    .map(runbook => runbook.checkedAtMs)
    .filter(ms => ms !== null);
  return (
    <>
      <div className={styles.links}>
        <VerdictBadge status={service.status} />
        <span className={styles.text}>{service.sentence}</span>
      </div>
      <FactList>
        {service.sinceMs === null ? null : (
          <FactRow label={t('status.since')} value={age(service.sinceMs)} />
        )}
        <FactRow
          label={t('cards.alerts')}
          value={t('cards.ofObjectives', {
            part: String(alerting.length),
            whole: String(objectives.length),
          })}
        />
        <FactRow
          label={t('cards.budget')}
          value={
            budget === undefined ? t('budget.burnUnknown') : percent(budget)
          }
        />
        <FactRow
          label={t('cards.incidents')}
          value={open.length === 0 ? t('cards.none') : String(open.length)}
        />
        <FactRow
          label={t('cards.runbook')}
          value={
            checkedMs.length === 0
              ? t('cards.never')
              : age(Math.min(...checkedMs))
          }
        />
      </FactList>
    </>
  );
}
