import {
  EvidenceDetail,
  evidenceRedactPermission,
  Redaction,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  aiAssuranceApiRef,
  EvidenceLink,
  FactList,
  FactRow,
  formatTime,
  humanizeCode,
  Section,
  SubjectLink,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { usePermission } from '@backstage/plugin-permission-react';
import { Select } from '@backstage/ui';
import { useState } from 'react';
import { useAsOf } from '../shared/asOf/useAsOf';
import styles from '../shared/pages.module.css';
import { ReasonDialog } from '../shared/ReasonDialog';
import { aiAssuranceTranslationRef } from '../translation';

/** What a redaction is usually for. Codes, so that redactions can be counted by cause. */
const REASON_CODES = [
  'personal-data',
  'confidential',
  'sent-by-mistake',
  'legal-order',
] as const;

/** Stands where the payload stood: who erased it, when and why. */
export function RedactionNote(props: { redaction: Redaction | undefined }) {
  const { redaction } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const codeText = (code: string) => {
    const known = REASON_CODES.find(one => one === code);
    return known ? t(`redaction.codes.${known}`) : humanizeCode(code);
  };
  return (
    <>
      <p className={styles.text}>{t('redaction.erased')}</p>
      {redaction ? (
        <FactList>
          <FactRow
            label={t('redaction.when')}
            value={formatTime(redaction.redactedAtMs)}
            atMs={redaction.redactedAtMs}
          />
          <FactRow
            label={t('redaction.by')}
            value={
              redaction.redactedBy ? (
                <SubjectLink entityRef={redaction.redactedBy} />
              ) : (
                t('redaction.byRule', { rule: redaction.ruleId ?? '' })
              )
            }
          />
          <FactRow
            label={t('common.reason')}
            value={
              redaction.reasonCode
                ? codeText(redaction.reasonCode)
                : t(`redaction.cause.${redaction.cause}`)
            }
            note={redaction.reason}
          />
          <FactRow
            label={t('redaction.evidence')}
            value={<EvidenceLink evidenceId={redaction.evidenceId} />}
          />
        </FactList>
      ) : null}
    </>
  );
}

/** Erases the payload of an item, for whoever may. */
export function RedactSection(props: {
  detail: EvidenceDetail;
  onRedacted: () => void;
}) {
  const { detail, onRedacted } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const permission = usePermission({ permission: evidenceRedactPermission });
  const { disabledReason: past } = useAsOf();
  const [isAsking, setIsAsking] = useState(false);
  if (detail.redacted) return null;
  return (
    <Section
      title={t('redaction.title')}
      description={t('redaction.hint')}
      actions={
        <ActionButton
          isDestructive
          disabledReason={
            past ??
            (permission.loading || permission.allowed
              ? undefined
              : t('redaction.mayNot'))
          }
          onPress={() => setIsAsking(true)}
        >
          {t('redaction.ask')}
        </ActionButton>
      }
    >
      {isAsking ? (
        <RedactDialog
          detail={detail}
          onClose={() => setIsAsking(false)}
          onRedacted={() => {
            setIsAsking(false);
            onRedacted();
          }}
        />
      ) : null}
    </Section>
  );
}

function RedactDialog(props: {
  detail: EvidenceDetail;
  onClose: () => void;
  onRedacted: () => void;
}) {
  const { detail, onClose, onRedacted } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [reasonCode, setReasonCode] = useState<string>(REASON_CODES[0]);
  return (
    <ReasonDialog
      title={t('redaction.dialogTitle', { id: detail.evidenceId })}
      reasonLabel={t('common.reason')}
      submitLabel={t('redaction.submit')}
      doneMessage={t('redaction.done')}
      isDestructive
      onClose={onClose}
      onSubmit={async reason => {
        await api.redactEvidence(detail.evidenceId, { reasonCode, reason });
        onRedacted();
      }}
    >
      <p className={styles.text}>{t('redaction.consequence')}</p>
      <Select
        label={t('redaction.code')}
        options={REASON_CODES.map(code => ({
          value: code,
          label: t(`redaction.codes.${code}`),
        }))}
        value={reasonCode}
        onChange={key => setReasonCode(String(key ?? REASON_CODES[0]))}
      />
    </ReasonDialog>
  );
}
