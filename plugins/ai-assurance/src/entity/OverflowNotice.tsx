import { TelemetryOverflow } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { formatTime } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import { aiAssuranceEntityTranslationRef } from './translation';

/** Which metrics have more segments than are kept apart, since when, and what to do about it. */
export function OverflowNotice(props: {
  overflow: TelemetryOverflow[] | undefined;
}) {
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  return (
    <>
      {(props.overflow ?? []).map(({ metric, firstSeenMs, lastSeenMs }) => (
        <Alert
          key={metric}
          status="warning"
          icon
          title={t(
            formatTime(firstSeenMs) === formatTime(lastSeenMs)
              ? 'overflow.titleAt'
              : 'overflow.title',
            {
              metric,
              since: formatTime(firstSeenMs),
              until: formatTime(lastSeenMs),
            },
          )}
          description={t('overflow.whatNow')}
        />
      ))}
    </>
  );
}
