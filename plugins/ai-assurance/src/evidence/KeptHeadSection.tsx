import { formatCount } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, TextAreaField } from '@backstage/ui';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { readKeptHead, verifyKeptHead } from './verifyKeptHead';

type Outcome =
  | { holds: true; keptSize: number; size: number }
  | { holds: false; message: string };

/** Whoever kept a head finds out here whether the log still continues it: rewriting and cutting short both show. */
export function KeptHeadSection() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState('');
  const [isPending, setIsPending] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();

  const check = async () => {
    setIsPending(true);
    setOutcome(undefined);
    try {
      const kept = readKeptHead(text);
      const [answer, { keys }] = await Promise.all([
        api.getConsistency({ from: kept.size }),
        api.getLedgerKeys(),
      ]);
      const { size } = verifyKeptHead(
        text,
        answer,
        keys.map(key => key.verifierKey),
      );
      setOutcome({ holds: true, keptSize: kept.size, size });
    } catch (error) {
      setOutcome({ holds: false, message: (error as Error).message });
    } finally {
      setIsPending(false);
    }
  };

  return (
    <Section
      title={t('keptHead.title')}
      description={t('keptHead.hint')}
      actions={
        <Button
          size="small"
          variant="tertiary"
          aria-expanded={isOpen}
          onPress={() => setIsOpen(!isOpen)}
        >
          {isOpen ? t('evidence.hideRaw') : t('keptHead.open')}
        </Button>
      }
    >
      {isOpen ? (
        <div className={`${styles.form} ${styles.compact}`}>
          <TextAreaField
            label={t('keptHead.field')}
            description={t('keptHead.fieldHint')}
            value={text}
            onChange={setText}
            rows={6}
          />
          {outcome ? (
            <Alert
              role="status"
              status={outcome.holds ? 'success' : 'danger'}
              icon
              title={
                outcome.holds
                  ? t('keptHead.holds', {
                      count: outcome.keptSize,
                      kept: formatCount(outcome.keptSize),
                      size: formatCount(outcome.size),
                    })
                  : t('keptHead.fails', { message: outcome.message })
              }
            />
          ) : null}
          <div>
            <Button
              size="small"
              variant="primary"
              isDisabled={text.trim() === ''}
              isPending={isPending}
              onPress={check}
            >
              {t('keptHead.check')}
            </Button>
          </div>
        </div>
      ) : null}
    </Section>
  );
}
