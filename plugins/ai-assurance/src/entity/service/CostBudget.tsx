import { ServiceSignals } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { VerdictBadge } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { dayOf } from '../../shared/days';
import styles from '../entity.module.css';
import { aiAssuranceServiceTranslationRef } from './translation';

const amount = (micros: number) => (micros / 1e6).toFixed(2);

/** What may be spent, what was, and how fast it goes; nothing where no budget is declared. */
export function CostBudget(props: {
  budget: NonNullable<ServiceSignals['costBudget']> | null;
}) {
  const { budget } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  if (!budget) return null;
  const { verdict, currency, limitMicros, spentMicros, burnRate } = budget;
  const shareRatio = limitMicros > 0 ? spentMicros / limitMicros : 0;
  return (
    <div className={styles.objective}>
      <div className={styles.objectiveHead}>
        <span className={styles.objectiveName}>{t('costBudget.title')}</span>
        <VerdictBadge status={verdict.status} reason={verdict.reason} />
        <span className={styles.value}>
          {t('costBudget.spent', {
            percent: (100 * shareRatio).toFixed(1),
            spent: amount(spentMicros),
            limit: amount(limitMicros),
            currency,
          })}
        </span>
        <span className={styles.secondary}>
          {burnRate === null
            ? t('costBudget.burnUnknown')
            : t('costBudget.burn', { burn: burnRate.toFixed(2) })}
        </span>
      </div>
      <div className={styles.budget}>
        <div
          className={styles.track}
          data-budget={shareRatio > 1 ? 'over' : 'left'}
          aria-hidden="true"
        >
          <div
            className={styles.fill}
            style={{ width: `${100 * Math.min(1, shareRatio)}%` }}
          />
        </div>
      </div>
      <p className={styles.secondary}>
        {t('costBudget.window', {
          from: dayOf(budget.windowStartMs),
          to: dayOf(budget.windowEndMs),
          percent: (100 * budget.coverageRatio).toFixed(0),
        })}
      </p>
    </div>
  );
}
