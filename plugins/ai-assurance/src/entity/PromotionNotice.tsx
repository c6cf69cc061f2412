import { Promotion } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  formatTime,
  humanizeCode,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import { aiAssuranceEntityTranslationRef } from './translation';

/** Whether the rollout may go to more devices, since when, and why not. */
export function PromotionNotice(props: {
  promotion: Promotion | null | undefined;
}) {
  const { promotion } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  if (!promotion) return null;
  const { decision, reason, version, sinceMs, policyId, budgets } = promotion;
  const named = { version, since: formatTime(sinceMs) };
  if (decision === 'promote')
    return (
      <Alert
        status="success"
        icon
        title={t('promotion.open', named)}
        description={t('promotion.openBy')}
      />
    );
  return (
    <Alert
      status="warning"
      icon
      title={t('promotion.held', named)}
      description={
        policyId === null
          ? t('promotion.notHealthy', { reason: humanizeCode(reason) })
          : t('promotion.budget', {
              policy: policyId,
              count: budgets.length,
              budgets: budgets.join(', '),
            })
      }
    />
  );
}
