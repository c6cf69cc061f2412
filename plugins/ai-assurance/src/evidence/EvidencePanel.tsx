import { EvidenceDetail } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  CopyButton,
  FactList,
  FactRow,
  formatTime,
  RelativeTime,
  Section,
  SubjectLink,
  useAnswer,
  useNow,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { isEvidenceType, titleOf } from '@ai-assurance/evidence';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { useAsOf } from '../shared/asOf/useAsOf';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { EnvelopeSection } from './EnvelopeSection';
import { FieldsView } from './FieldsView';
import { ProofSection } from './ProofSection';
import { RawSection } from './RawSection';
import { RedactionNote, RedactSection } from './RedactSection';

interface EvidencePanelProps {
  evidenceId: string;
  onClose: () => void;
  /** Something about the item changed that the list shows too. */
  onChanged: () => void;
}

/** One item: what it states, how it came to be, and its proof. */
export function EvidencePanel(props: EvidencePanelProps) {
  const { evidenceId, onClose, onChanged } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf } = useAsOf();
  const answer = useAnswer(
    signal => api.getEvidence(evidenceId, { signal, asOf }),
    [evidenceId, asOf],
  );
  return (
    <section
      className={styles.panel}
      aria-label={t('evidence.item', { id: evidenceId })}
    >
      <div className={styles.panelHead}>
        <h2 className={styles.panelTitle}>
          {t('evidence.item', { id: evidenceId })}
          {answer.state === 'ready' ? `: ${titleOf(answer.value.type)}` : ''}
        </h2>
        <div className={styles.actions}>
          <CopyLinkButton evidenceId={evidenceId} />
          <Button size="small" variant="tertiary" onPress={onClose}>
            {t('common.close')}
          </Button>
        </div>
      </div>
      <AnswerView answer={answer} skeleton={[120, 160, 120]}>
        {detail => (
          <>
            <Summary detail={detail} />
            <PayloadSection detail={detail} />
            <EnvelopeSection detail={detail} />
            <ProofSection detail={detail} />
            <RawSection detail={detail} />
            <RedactSection
              detail={detail}
              onRedacted={() => {
                answer.reload();
                onChanged();
              }}
            />
          </>
        )}
      </AnswerView>
    </section>
  );
}

function Summary(props: { detail: EvidenceDetail }) {
  const { detail } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const nowMs = useNow();
  const { atMs = nowMs } = useAsOf();
  const isExpired =
    detail.expiresAtMs !== undefined && detail.expiresAtMs <= atMs;
  return (
    <FactList>
      <FactRow
        label={t('common.subject')}
        value={<SubjectLink entityRef={detail.subject} />}
      />
      {detail.status ? (
        <FactRow
          label={t('common.verdict')}
          value={<VerdictBadge status={detail.status} />}
        />
      ) : null}
      <FactRow
        label={t('evidence.observed')}
        value={formatTime(detail.timeMs)}
        atMs={detail.timeMs}
      />
      <FactRow
        label={t('evidence.recorded')}
        value={formatTime(detail.recordedAtMs)}
        atMs={detail.recordedAtMs}
      />
      {detail.expiresAtMs === undefined ? null : (
        <FactRow
          label={t('evidence.expires')}
          value={<RelativeTime atMs={detail.expiresAtMs} />}
          note={isExpired ? t('evidence.expired') : undefined}
        />
      )}
    </FactList>
  );
}

function PayloadSection(props: { detail: EvidenceDetail }) {
  const { detail } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <Section title={t('evidence.payload')}>
      {detail.redacted ? (
        <RedactionNote redaction={detail.redaction} />
      ) : (
        <>
          {isEvidenceType(detail.type) ? null : (
            <p className={styles.secondary}>{t('evidence.unknownKind')}</p>
          )}
          <FieldsView value={detail.item.data.payload} />
        </>
      )}
    </Section>
  );
}

/** A link to this item alone, without the filters of the moment. */
function CopyLinkButton(props: { evidenceId: string }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { origin, pathname } = window.location;
  const link = `${origin}${pathname}?item=${encodeURIComponent(
    props.evidenceId,
  )}`;
  return <CopyButton text={link} label={t('evidence.copyLink')} />;
}
