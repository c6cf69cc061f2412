import {
  formatMs,
  formatShare,
  Objective,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  EmptyState,
  EvidenceLink,
  formatDuration,
  formatTime,
  RelativeTime,
  Section,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import styles from './entity.module.css';
import { aiAssuranceServiceTranslationRef } from './service/translation';
import { aiAssuranceEntityTranslationRef } from './translation';

interface ObjectivesSectionProps {
  objectives: Objective[];
  problems: string[];
}

/** Each objective with its share, budget and burn rates; documents that could not be used are named. */
export function ObjectivesSection(props: ObjectivesSectionProps) {
  const { objectives, problems } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  return (
    <Section
      title={t('objectives.title')}
      description={t('objectives.description')}
    >
      {problems.length > 0 ? (
        <Alert
          status="warning"
          icon
          title={t('objectives.problems')}
          description={problems.join(' · ')}
        />
      ) : null}
      {objectives.length === 0 && problems.length === 0 ? (
        <EmptyState
          title={t('objectives.none')}
          description={t('objectives.noneHint')}
        />
      ) : null}
      <div>
        {objectives.map(objective => (
          <ObjectiveRow
            key={`${objective.sloName} ${objective.objectiveName}`}
            objective={objective}
          />
        ))}
      </div>
    </Section>
  );
}

function ObjectiveRow(props: { objective: Objective }) {
  const { objective } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const limit =
    objective.thresholdMs === undefined
      ? t('objectives.good')
      : t('objectives.within', { limit: formatMs(objective.thresholdMs) });
  return (
    <div className={styles.objective}>
      <div className={styles.objectiveHead}>
        <span className={styles.objectiveName}>{objective.objectiveName}</span>
        <VerdictBadge
          status={objective.verdict.status}
          reason={objective.verdict.reason}
        />
        <span className={styles.value}>
          {`${formatShare(objective.goodCount, objective.totalCount)} ${limit}`}
        </span>
        <span className={styles.secondary}>
          {t('objectives.objective', {
            percent: String(
              Number((100 * objective.objectiveRatio).toFixed(3)),
            ),
            window: formatDuration(objective.windowMs),
          })}
        </span>
        <span className={styles.secondary}>
          <RelativeTime atMs={objective.evaluatedAtMs} />
        </span>
        {objective.verdict.facts.evidenceId ? (
          <EvidenceLink evidenceId={objective.verdict.facts.evidenceId} />
        ) : null}
      </div>
      {objective.description ? (
        <p className={styles.secondary}>{objective.description}</p>
      ) : null}
      {(objective.sources ?? []).map(source =>
        source.failingSinceMs === null ? null : (
          <p key={source.sourceId} className={styles.secondary}>
            {t('objectives.silentSource', {
              source: source.title,
              time: formatTime(source.failingSinceMs),
              why: source.problem ?? '',
            })}
          </p>
        ),
      )}
      <BudgetBar
        remainingRatio={
          objective.correctedBudgetRemainingRatio ??
          objective.budgetRemainingRatio
        }
      />
      <BudgetFigures objective={objective} />
      <ul className={styles.list}>
        {objective.burnRates.map(rate => (
          <li key={`${rate.severity} ${rate.longWindowMs}`}>
            {rate.longBurn === null
              ? t('objectives.burnUnknown', {
                  severity: rate.severity,
                  factor: String(rate.factor),
                  long: formatDuration(rate.longWindowMs),
                })
              : t('objectives.burnNow', {
                  burn: rate.longBurn.toFixed(2),
                  long: formatDuration(rate.longWindowMs),
                  short:
                    rate.shortBurn === null ? '–' : rate.shortBurn.toFixed(2),
                  shortWindow: formatDuration(rate.shortWindowMs),
                  severity: rate.severity,
                  factor: String(rate.factor),
                })}
            {rate.firing ? ` (${t('objectives.firing')})` : ''}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the bar cannot show: raw beside corrected, how fast it burns, and when it is spent. */
function BudgetFigures(props: { objective: Objective }) {
  const { objective } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const {
    correctionCount = 0,
    burnNow,
    exhaustsInMs,
    budgetPolicy,
  } = objective;
  const percent = (ratio: number | null | undefined) =>
    ratio === null || ratio === undefined
      ? t('budget.burnUnknown')
      : `${(100 * ratio).toFixed(1)} %`;
  // Not kept for moments that are over, and not there before the first evaluation.
  if (burnNow === undefined && exhaustsInMs === undefined) return null;
  const blocks = budgetPolicy?.blocks
    .map(block => t(`budget.blocks.${block}`))
    .join(', ');
  const exhausts = () => {
    if (exhaustsInMs === 0) return t('budget.spent');
    // Where nothing was counted, that it lasts is not known either.
    if (burnNow === null || burnNow === undefined)
      return t('budget.burnUnknown');
    return exhaustsInMs === null || exhaustsInMs === undefined
      ? t('budget.never')
      : formatDuration(exhaustsInMs);
  };
  return (
    <dl className={styles.figures}>
      {correctionCount > 0 ? (
        <div>
          <dt>{t('budget.remaining')}</dt>
          <dd>
            {`${percent(objective.correctedBudgetRemainingRatio)} ${t(
              'budget.corrected',
            )}, ${percent(objective.budgetRemainingRatio)} ${t(
              'budget.raw',
            )} (${t('budget.corrections', { count: correctionCount })})`}
          </dd>
        </div>
      ) : null}
      <div>
        <dt>{t('budget.burn')}</dt>
        <dd>
          {burnNow === null || burnNow === undefined
            ? t('budget.burnUnknown')
            : `${burnNow.toFixed(burnNow >= 10 ? 0 : 2)}×`}
        </dd>
      </div>
      <div>
        <dt>{t('budget.exhausts')}</dt>
        <dd>{exhausts()}</dd>
      </div>
      {budgetPolicy && blocks ? (
        <div>
          <dt>
            {t(
              budgetPolicy.isInForce ? 'budget.policy' : 'budget.policyWould',
              {
                title: budgetPolicy.title,
                blocks,
              },
            )}
          </dt>
        </div>
      ) : null}
    </dl>
  );
}

function BudgetBar(props: { remainingRatio: number | null }) {
  const { remainingRatio } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const percentOf = (ratio: number) => (100 * ratio).toFixed(1);
  let text: string = t('objectives.budgetUnknown');
  let state = 'unknown';
  let shownRatio = 0;
  if (remainingRatio !== null && remainingRatio >= 0) {
    text = t('objectives.budgetLeft', { percent: percentOf(remainingRatio) });
    state = 'left';
    shownRatio = Math.min(1, remainingRatio);
  } else if (remainingRatio !== null) {
    text = t('objectives.budgetOver', { percent: percentOf(-remainingRatio) });
    state = 'over';
    // Nothing is left of it: a full bar in another pattern, since an empty one reads as "nothing happened".
    shownRatio = 1;
  }
  return (
    <div className={styles.budget}>
      <div className={styles.track} data-budget={state} aria-hidden="true">
        <div
          className={styles.fill}
          style={{ width: `${100 * shownRatio}%` }}
        />
      </div>
      <span className={styles.secondary}>{text}</span>
    </div>
  );
}
