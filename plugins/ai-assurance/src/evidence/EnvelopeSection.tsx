import {
  EvidenceDetail,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  FactList,
  FactRow,
  formatTime,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceTranslationRef } from '../translation';
import { FieldsView } from './FieldsView';

/** How an item came to be: who asked what, over which window, and how much it rests on. */
export function EnvelopeSection(props: { detail: EvidenceDetail }) {
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
