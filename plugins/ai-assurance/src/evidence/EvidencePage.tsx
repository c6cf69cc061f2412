import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  aiAssuranceApiRef,
  AnswerView,
  Section,
  useAnswer,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi } from '@backstage/frontend-plugin-api';
import { dayEndMs, dayStartMs } from '../shared/days';
import { Page } from '../shared/Page';
import { Pager } from '../shared/Pager';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import {
  EvidenceFilters,
  evidenceFilterDefaults,
  isEntityRef,
} from './EvidenceFilters';
import { EvidenceListEmpty, EvidenceTable } from './EvidenceTable';
import { EvidencePanel } from './EvidencePanel';

const defaults = { ...evidenceFilterDefaults, cursor: '', item: '' };

/** The evidence explorer: filters, the list, and the opened item beside it. All of it lives in the URL. */
export function EvidencePage() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [url, setUrl] = useUrlState(defaults);
  // A reference that is still being typed would only be refused.
  const subject = isEntityRef(url.subject) ? url.subject : '';
  const hasFilter =
    subject !== '' || url.type !== '' || url.from !== '' || url.through !== '';

  const answer = useAnswer(
    signal =>
      api.listEvidence(
        {
          subject: subject || undefined,
          type: url.type || undefined,
          fromMs: dayStartMs(url.from),
          toMs: dayEndMs(url.through),
          cursor: url.cursor || undefined,
        },
        { signal },
      ),
    [subject, url.type, url.from, url.through, url.cursor],
    {
      // Older pages do not change: the ledger only grows at its end.
      pollSeconds: url.cursor === '' ? 15 : undefined,
      isEmpty: page => page.items.length === 0,
      keepOnChange: true,
    },
  );

  return (
    <Page>
      <EvidenceFilters
        values={url}
        onChange={changes => setUrl({ ...changes, cursor: '' })}
      />
      <div
        className={styles.split}
        data-open={url.item === '' ? undefined : 'true'}
      >
        <Section title={t('evidence.list')}>
          <AnswerView
            answer={answer}
            skeleton={[360]}
            empty={() => (
              <EvidenceListEmpty
                hasFilter={hasFilter}
                onClear={() =>
                  setUrl({ ...evidenceFilterDefaults, cursor: '' })
                }
              />
            )}
          >
            {page => (
              <>
                <EvidenceTable
                  items={page.items}
                  openedId={url.item}
                  isNarrow={url.item !== ''}
                  onOpen={item => setUrl({ item }, { push: true })}
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
          <EvidencePanel
            key={url.item}
            evidenceId={url.item}
            onClose={() => setUrl({ item: '' })}
          />
        )}
      </div>
    </Page>
  );
}
