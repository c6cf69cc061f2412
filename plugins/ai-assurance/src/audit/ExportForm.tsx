import {
  Overview,
  packExportPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  aiAssuranceApiRef,
  AnswerView,
  formatTime,
  readClockMs,
  useAnswer,
  useNow,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  toastApiRef,
  useApi,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { usePermission } from '@backstage/plugin-permission-react';
import { Alert } from '@backstage/ui';
import { useState } from 'react';
import { useAsOf } from '../shared/asOf/useAsOf';
import { DateField } from '../shared/DateField';
import { dayEndMs, dayStartMs, PeriodPreset, periodOf } from '../shared/days';
import { FilterSelect } from '../shared/FilterSelect';
import styles from '../shared/pages.module.css';
import { TextSearch } from '../shared/TextSearch';
import { aiAssuranceTranslationRef } from '../translation';

/** Subjects to choose from at once; with more of them, a search narrows. */
const mostOptions = 500;

const defaults = { subject: '', period: 'last30', from: '', through: '' };

/** The period that the form means, as a half-open range; it never reaches beyond now, where no evidence can be. */
function chosenRange(url: typeof defaults, nowMs: number) {
  const days =
    url.period === 'custom'
      ? { from: url.from, through: url.through }
      : periodOf(url.period as PeriodPreset, nowMs);
  const startMs = dayStartMs(days.from);
  const endMs = dayEndMs(days.through);
  if (startMs === undefined || endMs === undefined) return undefined;
  const cappedEndMs = Math.min(endMs, nowMs);
  return startMs < cappedEndMs ? { startMs, endMs: cappedEndMs } : undefined;
}

/** Subjects to choose from; the chosen one stays among them when the search leaves it out. */
function optionsOf({ subjects }: Overview, chosen: string) {
  const options = subjects.map(({ subject }) => ({
    value: subject.entityRef,
    label: subject.title,
  }));
  return chosen === '' || options.some(({ value }) => value === chosen)
    ? options
    : [{ value: chosen, label: chosen }, ...options];
}

/** Chooses subject and period and exports the pack. */
export function ExportForm(props: { onExported: () => void }) {
  const api = useApi(aiAssuranceApiRef);
  const toastApi = useApiHolder().get(toastApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const permission = usePermission({ permission: packExportPermission });
  const [url, setUrl] = useUrlState(defaults);
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<Error>();
  const nowMs = useNow();
  const { disabledReason: past } = useAsOf();
  const [search, setSearch] = useState('');
  const subjects = useAnswer(
    signal =>
      api.getOverview({
        signal,
        query: { limit: mostOptions, ...(search === '' ? {} : { search }) },
      }),
    [search],
    { keepOnChange: true },
  );

  const range = chosenRange(url, nowMs);
  let disabledReason: string | undefined;
  if (past !== undefined) disabledReason = past;
  else if (permission.loading) disabledReason = t('audit.checking');
  else if (!permission.allowed) disabledReason = t('audit.mayNotExport');
  else if (url.subject === '') disabledReason = t('audit.chooseSubject');
  else if (!range) disabledReason = t('audit.badPeriod');

  const submit = async () => {
    const asked = chosenRange(url, readClockMs());
    if (!asked) return;
    setIsPending(true);
    setFailure(undefined);
    try {
      await api.createPack({
        subject: url.subject,
        periodStartMs: asked.startMs,
        periodEndMs: asked.endMs,
      });
      toastApi?.post({ title: t('audit.exported'), status: 'success' });
      props.onExported();
    } catch (error) {
      setFailure(error as Error);
    } finally {
      setIsPending(false);
    }
  };

  return (
    <AnswerView answer={subjects} skeleton={[64]}>
      {known => (
        <div className={styles.form}>
          <div className={styles.filters}>
            {known.subjectCount > mostOptions ? (
              <TextSearch
                label={t('audit.findSubject')}
                placeholder=""
                value={search}
                onSearch={setSearch}
              />
            ) : null}
            <FilterSelect
              label={t('audit.subject')}
              value={url.subject}
              options={[
                { value: '', label: t('audit.chooseSubject') },
                ...optionsOf(known, url.subject),
              ]}
              onChange={subject => setUrl({ subject })}
            />
            <FilterSelect
              label={t('audit.period')}
              value={url.period}
              options={[
                { value: 'last30', label: t('audit.last30') },
                { value: 'thisQuarter', label: t('audit.thisQuarter') },
                { value: 'lastQuarter', label: t('audit.lastQuarter') },
                { value: 'custom', label: t('audit.custom') },
              ]}
              onChange={period =>
                setUrl(
                  period === 'custom'
                    ? { period, ...periodOf('last30', nowMs) }
                    : { period, from: '', through: '' },
                )
              }
            />
            {url.period === 'custom' ? (
              <>
                <DateField
                  label={t('audit.from')}
                  value={url.from}
                  onChange={from => setUrl({ from })}
                />
                <DateField
                  label={t('audit.through')}
                  value={url.through}
                  onChange={through => setUrl({ through })}
                />
              </>
            ) : null}
          </div>
          {range ? (
            <p className={styles.secondary}>
              {t('audit.covers', {
                from: formatTime(range.startMs),
                to: formatTime(range.endMs),
              })}{' '}
              {t('audit.exportRecorded')}
            </p>
          ) : null}
          {failure ? (
            <Alert role="alert" status="danger" icon title={failure.message} />
          ) : null}
          <div>
            <ActionButton
              variant="primary"
              onPress={submit}
              disabledReason={disabledReason}
              isPending={isPending}
            >
              {t('audit.export')}
            </ActionButton>
          </div>
        </div>
      )}
    </AnswerView>
  );
}
