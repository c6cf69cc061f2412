import {
  formatCount,
  QuarantinedDetail,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  AiAssuranceError,
  aiAssuranceApiRef,
  AnswerView,
  Digest,
  EvidenceLink,
  FactList,
  FactRow,
  formatTime,
  Section,
  SubjectLink,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  toastApiRef,
  useApi,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { useState } from 'react';
import { useAsOf } from '../shared/asOf/useAsOf';
import styles from '../shared/pages.module.css';
import { ReasonDialog } from '../shared/ReasonDialog';
import { aiAssuranceTranslationRef } from '../translation';
import { useReasonText } from './reasons';

interface QuarantinePanelProps {
  quarantineId: string;
  onClose: () => void;
  /** The item moved on: the list shows it elsewhere. */
  onChanged: () => void;
}

/** One quarantined item: why, from whom, its bytes, and what can be done. */
export function QuarantinePanel(props: QuarantinePanelProps) {
  const { quarantineId, onClose, onChanged } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const reasonText = useReasonText();
  const { asOf } = useAsOf();
  const answer = useAnswer(
    signal => api.getQuarantined(quarantineId, { signal, asOf }),
    [quarantineId, asOf],
  );
  const changed = () => {
    answer.reload();
    onChanged();
  };
  return (
    <section
      className={styles.panel}
      aria-label={t('quarantine.item', { id: quarantineId })}
    >
      <div className={styles.panelHead}>
        <h2 className={styles.panelTitle}>
          {answer.state === 'ready'
            ? reasonText(answer.value.code)
            : t('quarantine.item', { id: quarantineId })}
        </h2>
        <Button size="small" variant="tertiary" onPress={onClose}>
          {t('common.close')}
        </Button>
      </div>
      <AnswerView answer={answer} skeleton={[64, 160, 160]}>
        {detail => (
          <>
            <p className={styles.text}>{detail.message}</p>
            {detail.state === 'waiting' ? (
              <Actions detail={detail} onChanged={changed} />
            ) : null}
            <Facts detail={detail} />
            <Bytes detail={detail} />
          </>
        )}
      </AnswerView>
    </section>
  );
}

function Facts(props: { detail: QuarantinedDetail }) {
  const { detail } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const unread = (
    <span className={styles.secondary}>{t('quarantine.unreadable')}</span>
  );
  return (
    <FactList>
      <FactRow
        label={t('common.state')}
        value={t(`quarantine.state.${detail.state}`)}
        note={
          detail.resolvedAtMs === undefined
            ? undefined
            : t('quarantine.resolved', {
                by: detail.resolvedBy ?? t('common.unknown'),
                at: formatTime(detail.resolvedAtMs),
              })
        }
      />
      {detail.discardReason ? (
        <FactRow
          label={t('quarantine.discardReason')}
          value={detail.discardReason}
        />
      ) : null}
      {detail.evidenceId ? (
        <FactRow
          label={t('quarantine.evidence')}
          value={<EvidenceLink evidenceId={detail.evidenceId} />}
        />
      ) : null}
      <FactRow
        label={t('common.subject')}
        value={
          detail.subject ? <SubjectLink entityRef={detail.subject} /> : unread
        }
        note={detail.subject}
      />
      <FactRow
        label={t('evidence.source')}
        value={detail.source ?? unread}
        note={detail.id}
      />
      <FactRow label={t('evidence.type')} value={detail.type ?? unread} />
      <FactRow
        label={t('quarantine.received')}
        value={formatTime(detail.receivedAtMs)}
        atMs={detail.lastReceivedAtMs}
        note={t('quarantine.receivedTimes', { count: detail.receivedCount })}
      />
      <FactRow
        label={t('quarantine.sentBy')}
        value={detail.caller}
        note={detail.origin === detail.caller ? undefined : detail.origin}
      />
    </FactList>
  );
}

/** The bytes as text, never as markup. */
function Bytes(props: { detail: QuarantinedDetail }) {
  const { detail } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const size = t('quarantine.size', { count: detail.sizeBytes });
  return (
    <Section
      title={t('quarantine.bytes')}
      description={[
        size,
        detail.isTruncated ? t('quarantine.truncated') : '',
        detail.encoding === 'base64' ? t('quarantine.base64') : '',
      ]
        .filter(part => part !== '')
        .join(' ')}
    >
      {detail.text === undefined ? (
        <p className={styles.secondary}>{t('quarantine.bytesErased')}</p>
      ) : (
        <pre className={styles.code}>{readable(detail)}</pre>
      )}
      <Digest digest={detail.digest} />
    </Section>
  );
}

/** JSON in lines; anything else as it came. */
function readable({ text = '', encoding }: QuarantinedDetail): string {
  if (encoding === 'base64') return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Actions(props: { detail: QuarantinedDetail; onChanged: () => void }) {
  const { detail, onChanged } = props;
  const api = useApi(aiAssuranceApiRef);
  const toastApi = useApiHolder().get(toastApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [isPending, setIsPending] = useState(false);
  const [isDiscarding, setIsDiscarding] = useState(false);
  const [failure, setFailure] = useState<string>();
  const { disabledReason: past } = useAsOf();
  const disabledReason =
    past ??
    (detail.mayResolve
      ? undefined
      : detail.mayNotResolveReason ?? t('quarantine.mayNotResolve'));

  const replay = async () => {
    setIsPending(true);
    setFailure(undefined);
    try {
      const after = await api.replayQuarantined(detail.quarantineId, {
        rowVersion: detail.rowVersion,
      });
      if (after.state === 'waiting')
        setFailure(t('quarantine.stillWaiting', { message: after.message }));
      else
        toastApi?.post({ title: t('quarantine.replayed'), status: 'success' });
      onChanged();
    } catch (error) {
      setFailure((error as Error).message);
    } finally {
      setIsPending(false);
    }
  };

  return (
    <>
      {failure ? (
        <Alert role="alert" status="warning" icon title={failure} />
      ) : null}
      <div className={styles.row}>
        <ActionButton
          variant="primary"
          isPending={isPending}
          disabledReason={disabledReason}
          onPress={replay}
        >
          {t('quarantine.replay')}
        </ActionButton>
        <ActionButton
          isDestructive
          disabledReason={disabledReason}
          isReasonHidden
          onPress={() => setIsDiscarding(true)}
        >
          {t('quarantine.discard')}
        </ActionButton>
      </div>
      {isDiscarding ? (
        <ReasonDialog
          title={t('quarantine.discardTitle')}
          reasonLabel={t('common.reason')}
          submitLabel={t('quarantine.discard')}
          doneMessage={t('quarantine.discarded')}
          isDestructive
          explain={error =>
            error instanceof AiAssuranceError && error.code === 'STALE_VERSION'
              ? { text: t('quarantine.stale'), isFinal: true }
              : undefined
          }
          onClose={() => setIsDiscarding(false)}
          onGiveUp={() => {
            setIsDiscarding(false);
            onChanged();
          }}
          onSubmit={async reason => {
            await api.discardQuarantined(detail.quarantineId, {
              reason,
              rowVersion: detail.rowVersion,
            });
            setIsDiscarding(false);
            onChanged();
          }}
        >
          <p className={styles.text}>
            {t('quarantine.discardConsequence', {
              count: detail.sizeBytes,
              size: formatCount(detail.sizeBytes),
            })}
          </p>
        </ReasonDialog>
      ) : null}
    </>
  );
}
