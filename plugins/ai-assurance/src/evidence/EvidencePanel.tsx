import {
  EvidenceDetail,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
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
import { titleOf } from '@ai-assurance/evidence';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { FieldsView } from './FieldsView';
import { ProofSection } from './ProofSection';

interface EvidencePanelProps {
  evidenceId: string;
  onClose: () => void;
}

/** One item: what it states, how it came to be, and its proof. */
export function EvidencePanel(props: EvidencePanelProps) {
  const { evidenceId, onClose } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const answer = useAnswer(
    signal => api.getEvidence(evidenceId, { signal }),
    [evidenceId],
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
        <Button size="small" variant="tertiary" onPress={onClose}>
          {t('common.close')}
        </Button>
      </div>
      <AnswerView answer={answer} skeleton={[120, 160, 120]}>
        {detail => (
          <>
            <Summary detail={detail} />
            <Section title={t('evidence.payload')}>
              <FieldsView value={detail.item.data.payload} />
            </Section>
            <EnvelopeSection detail={detail} />
            <ProofSection detail={detail} />
            <RawSection detail={detail} />
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
  const isExpired =
    detail.expiresAtMs !== undefined && detail.expiresAtMs <= nowMs;
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

function EnvelopeSection(props: { detail: EvidenceDetail }) {
  const { item } = props.detail;
  const { envelope } = item.data;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const start = envelope.windowStart
    ? Date.parse(envelope.windowStart)
    : undefined;
  const end = envelope.windowEnd ? Date.parse(envelope.windowEnd) : undefined;
  return (
    <Section title={t('evidence.envelope')}>
      <FactList>
        <FactRow
          label={t('evidence.source')}
          value={envelope.sourceSystem}
          note={item.source}
        />
        <FactRow label={t('evidence.id')} value={item.id} note={item.type} />
        <FactRow
          label={t('evidence.window')}
          value={
            start === undefined || end === undefined
              ? t('evidence.noWindow')
              : `${formatTime(start)} – ${formatTime(end)}`
          }
        />
        <FactRow
          label={t('evidence.sampleCount')}
          value={
            envelope.sampleCount === undefined
              ? t('evidence.noSample')
              : formatCount(envelope.sampleCount)
          }
        />
        <FactRow
          label={t('evidence.collector')}
          value={envelope.collector.id}
          note={envelope.collector.version}
        />
        <FactRow
          label={t('evidence.collectedAt')}
          value={formatTime(Date.parse(envelope.collectedAt))}
          atMs={Date.parse(envelope.collectedAt)}
        />
        {envelope.asked ? (
          <FactRow
            label={t('evidence.asked')}
            value={<code>{envelope.asked}</code>}
          />
        ) : null}
        {envelope.subjectVersion ? (
          <FactRow
            label={t('common.version')}
            value={envelope.subjectVersion}
          />
        ) : null}
        {envelope.subjectDigest ? (
          <FactRow
            label={t('common.digest')}
            value={<FieldsView value={envelope.subjectDigest} />}
          />
        ) : null}
        {envelope.segment ? (
          <FactRow
            label={t('evidence.segment')}
            value={<FieldsView value={envelope.segment} />}
          />
        ) : null}
      </FactList>
    </Section>
  );
}

function RawSection(props: { detail: EvidenceDetail }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [isShown, setIsShown] = useState(false);
  const text = JSON.stringify(props.detail.item, null, 2);
  return (
    <Section
      title={t('evidence.raw')}
      actions={
        <>
          <CopyButton text={text} label={t('evidence.copyItem')} />
          <Button
            size="small"
            variant="tertiary"
            aria-expanded={isShown}
            onPress={() => setIsShown(!isShown)}
          >
            {isShown ? t('evidence.hideRaw') : t('evidence.showRaw')}
          </Button>
        </>
      }
    >
      {isShown ? <pre className={styles.code}>{text}</pre> : null}
    </Section>
  );
}
