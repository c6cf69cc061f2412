import { VerdictRollUp } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceReactTranslationRef } from '../translation';
import { VerdictBadge } from './VerdictBadge';
import styles from './widgets.module.css';

/**
 * Props of {@link VerdictRollUpText}.
 *
 * @public
 */
export interface VerdictRollUpTextProps {
  rollUp: VerdictRollUp;
}

/**
 * A roll-up with its denominator: the worst verdict, measured of in scope, and how many are unknown.
 *
 * @public
 */
export function VerdictRollUpText(props: VerdictRollUpTextProps) {
  const { rollUp } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const counts =
    rollUp.inScopeCount === 0
      ? t('rollUp.none')
      : t('rollUp.measured', {
          count: rollUp.inScopeCount,
          measured: String(rollUp.measuredCount),
          inScope: String(rollUp.inScopeCount),
        });
  return (
    <span className={styles.rollUp}>
      <VerdictBadge status={rollUp.status} />
      <span className={styles.secondary}>
        {counts}
        {rollUp.unknownCount > 0
          ? `, ${t('rollUp.unknown', { unknown: String(rollUp.unknownCount) })}`
          : ''}
      </span>
    </span>
  );
}
