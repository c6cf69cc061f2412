import {
  formatCount,
  QuarantineList,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  EmptyState,
  Section,
  Sentence,
  useAnswer,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { FilterSelect } from '../shared/FilterSelect';
import { Page } from '../shared/Page';
import { Pager } from '../shared/Pager';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { QuarantinePanel } from './QuarantinePanel';
import { QuarantineTable } from './QuarantineTable';
import { useReasonText } from './reasons';
import { ReplayAll } from './ReplayAll';

const noFilters = { state: 'waiting', code: '' };
const defaults = { ...noFilters, cursor: '', item: '' };
const STATES = ['waiting', 'replayed', 'discarded'] as const;

/** A text as it stands within a sentence. */
const within = (text: string) =>
  text.replace(/^./, first => first.toLocaleLowerCase('en-US'));

/** What was refused at the door: why, from whom, and what to do about it. */
export function QuarantinePage() {
  return (
    <Page canLookBack>
      <Quarantine />
    </Page>
  );
}

function Quarantine() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [url, setUrl] = useUrlState(defaults);
  const reasonText = useReasonText();
  const state = STATES.find(one => one === url.state);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal =>
      api.listQuarantine(
        {
          state,
          code: url.code || undefined,
          cursor: url.cursor || undefined,
        },
        { signal, asOf },
      ),
    [state, url.code, url.cursor, asOf],
    {
      pollSeconds: url.cursor === '' ? poll(15) : undefined,
      isEmpty: page => page.items.length === 0 && page.waiting.length === 0,
      keepOnChange: true,
    },
  );
  const isKnown = answer.state === 'ready' || answer.state === 'empty';
  const waiting = isKnown ? answer.value.waiting : [];
  const hasFilter = url.code !== '' || url.state !== noFilters.state;

  return (
    <>
      {isKnown ? <QuarantineSentence waiting={waiting} /> : null}
      <div
        className={styles.filters}
        role="search"
        aria-label={t('common.filters')}
      >
        <FilterSelect
          label={t('common.state')}
          value={url.state}
          options={[
            ...STATES.map(value => ({
              value: value as string,
              label: t(`quarantine.state.${value}`) as string,
            })),
            { value: 'all', label: t('common.all') },
          ]}
          onChange={chosen => setUrl({ state: chosen, cursor: '' })}
        />
        <FilterSelect
          label={t('common.reason')}
          value={url.code}
          options={[
            { value: '', label: t('common.all') },
            ...codesOf(waiting, url.code).map(code => ({
              value: code,
              label: reasonText(code),
            })),
          ]}
          onChange={code => setUrl({ code, cursor: '' })}
        />
      </div>
      <div
        className={styles.split}
        data-open={url.item === '' ? undefined : 'true'}
      >
        <Section
          title={t('quarantine.list')}
          actions={
            url.code === '' ? null : (
              <ReplayAll
                code={url.code}
                waitingCount={
                  waiting.find(one => one.code === url.code)?.count ?? 0
                }
                onReplayed={answer.reload}
              />
            )
          }
        >
          <AnswerView
            answer={answer}
            skeleton={[280]}
            empty={() => (
              <EmptyState
                title={t('quarantine.emptyTitle')}
                description={t('quarantine.emptyDescription')}
                action={
                  hasFilter ? (
                    <Button
                      size="small"
                      onPress={() => setUrl({ ...noFilters, cursor: '' })}
                    >
                      {t('common.clearFilters')}
                    </Button>
                  ) : undefined
                }
              />
            )}
          >
            {page => (
              <>
                <AsOfLimits answer={page} />
                <QuarantineTable
                  items={page.items}
                  openedId={url.item}
                  isNarrow={url.item !== ''}
                  onOpen={item => setUrl({ item }, { push: true })}
                  onClear={() => setUrl({ ...noFilters, cursor: '' })}
                />
                <Pager
                  cursor={url.cursor}
                  nextCursor={page.nextCursor}
                  onChange={cursor => setUrl({ cursor }, { push: true })}
                />
              </>
            )}
          </AnswerView>
        </Section>
        {url.item === '' ? null : (
          <QuarantinePanel
            key={url.item}
            quarantineId={url.item}
            onClose={() => setUrl({ item: '' })}
            onChanged={answer.reload}
          />
        )}
      </div>
    </>
  );
}

function QuarantineSentence(props: { waiting: QuarantineList['waiting'] }) {
  const { waiting } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const reasonText = useReasonText();
  const total = waiting.reduce((sum, { count }) => sum + count, 0);
  if (total === 0)
    return <Sentence status="pass">{t('quarantine.sentenceNone')}</Sentence>;
  return (
    <Sentence status="warn">
      {t('quarantine.sentence', {
        count: total,
        reasons: waiting
          .slice(0, 3)
          .map(
            ({ code, count }) =>
              `${within(reasonText(code))} (${formatCount(count)})`,
          )
          .join(', '),
      })}
    </Sentence>
  );
}

/** Reasons to choose from: those that something waits for, and the one in the URL. */
function codesOf(waiting: QuarantineList['waiting'], chosen: string): string[] {
  const codes = waiting.map(({ code }) => code);
  return chosen === '' || codes.includes(chosen) ? codes : [chosen, ...codes];
}
