import {
  ActionButton,
  useNow,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { FormEvent, useId, useState } from 'react';
import styles from './asOf.module.css';
import { fieldOf, instantOfField, momentMs, momentText } from './moment';
import { aiAssuranceAsOfTranslationRef } from './translation';
import { useAsOf } from './useAsOf';

/** Chooses the moment that the page is about, and says unmistakably when that is over. */
export function AsOfControl() {
  const { asOf } = useAsOf();
  return (
    <div className={styles.control}>
      {asOf === undefined ? null : <AsOfBanner asOf={asOf} />}
      {/* Another moment is another field, so that it never holds what was typed for the one before. */}
      <AsOfField key={asOf ?? ''} />
    </div>
  );
}

function AsOfBanner(props: { asOf: string }) {
  const { setAsOf } = useAsOf();
  const { t } = useTranslationRef(aiAssuranceAsOfTranslationRef);
  const atMs = momentMs(props.asOf);
  return (
    <Alert
      role="status"
      status="warning"
      icon
      title={
        atMs === undefined
          ? t('bannerUnreadable')
          : t('banner', { moment: momentText(atMs) })
      }
      description={t('bannerHint')}
      customActions={
        <Button
          size="small"
          variant="secondary"
          onPress={() => setAsOf(undefined)}
        >
          {t('back')}
        </Button>
      }
    />
  );
}

function AsOfField() {
  const { asOf, setAsOf } = useAsOf();
  const { t } = useTranslationRef(aiAssuranceAsOfTranslationRef);
  const nowMs = useNow();
  const id = useId();
  const shownMs = asOf === undefined ? undefined : momentMs(asOf);
  const [value, setValue] = useState(
    shownMs === undefined ? '' : fieldOf(shownMs),
  );
  const chosen = instantOfField(value);
  let reason: string | undefined;
  if (chosen === undefined) reason = t('incomplete');
  else if (momentMs(chosen)! > nowMs) reason = t('future');

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (reason === undefined) setAsOf(chosen);
  };
  return (
    <form className={styles.field} onSubmit={submit}>
      <label htmlFor={id}>{t('field')}</label>
      <input
        id={id}
        type="datetime-local"
        value={value}
        max={fieldOf(nowMs)}
        onChange={event => setValue(event.target.value)}
      />
      <ActionButton
        onPress={() => submit()}
        disabledReason={reason}
        isReasonHidden={chosen === undefined}
      >
        {t('show')}
      </ActionButton>
    </form>
  );
}
