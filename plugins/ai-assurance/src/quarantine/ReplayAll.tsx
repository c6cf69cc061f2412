import { formatCount } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  aiAssuranceApiRef,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  toastApiRef,
  useApi,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import { useState } from 'react';
import { useAsOf } from '../shared/asOf/useAsOf';
import { aiAssuranceTranslationRef } from '../translation';

/** Judges again everything that waits for one reason, after its cause was mended. */
export function ReplayAll(props: {
  code: string;
  waitingCount: number;
  onReplayed: () => void;
}) {
  const { code, waitingCount, onReplayed } = props;
  const api = useApi(aiAssuranceApiRef);
  const toastApi = useApiHolder().get(toastApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { disabledReason: past } = useAsOf();
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<Error>();

  const replay = async () => {
    setIsPending(true);
    setFailure(undefined);
    try {
      const result = await api.replayAllQuarantined({ code });
      toastApi?.post({
        title: t('quarantine.replayedAll', {
          replayed: formatCount(result.replayedCount),
          waiting: formatCount(
            result.stillWaitingCount + result.remainingCount,
          ),
          notAllowed: formatCount(result.notAllowedCount),
        }),
        status: result.replayedCount > 0 ? 'success' : 'warning',
      });
      onReplayed();
    } catch (error) {
      setFailure(error as Error);
    } finally {
      setIsPending(false);
    }
  };

  return (
    <>
      {failure ? (
        <Alert role="alert" status="danger" icon title={failure.message} />
      ) : null}
      <ActionButton
        isPending={isPending}
        disabledReason={
          past ??
          (waitingCount === 0 ? t('quarantine.nothingWaits') : undefined)
        }
        onPress={replay}
      >
        {t('quarantine.replayAll', { count: waitingCount })}
      </ActionButton>
    </>
  );
}
