import { VERDICT_STATUSES } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { aiAssuranceReactTranslationRef } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceTranslationRef } from '../translation';

/** The verdicts, worst first, as options of a filter. */
export function useVerdictOptions(): Array<{ value: string; label: string }> {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { t: word } = useTranslationRef(aiAssuranceReactTranslationRef);
  return [
    { value: '', label: t('common.all') },
    ...VERDICT_STATUSES.map(status => ({
      value: status as string,
      label: word(`verdict.${status}`) as string,
    })),
  ];
}
