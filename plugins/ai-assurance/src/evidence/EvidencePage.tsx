import {
  EvidenceList,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  Section,
  useAnswer,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { Page } from '../shared/Page';
import { Pager } from '../shared/Pager';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { EvidenceFilters } from './EvidenceFilters';
import { EvidencePanel } from './EvidencePanel';
import { EvidenceListEmpty, EvidenceTable } from './EvidenceTable';
import { evidenceFilterDefaults, hasFilter, queryOf } from './filters';
import { KeptHeadSection } from './KeptHeadSection';

const defaults = { ...evidenceFilterDefaults, cursor: '', item: '' };

/** The evidence explorer: filters, the list, and the opened item beside it. All of it lives in the URL. */
export function EvidencePage() {
  return (
    <Page canLookBack>
      <Explorer />
    </Page>
  );
}

function Explorer() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [url, setUrl] = useUrlState(defaults);
  const { cursor, item, ...filters } = url;
  const query = queryOf(filters);

  const { asOf, poll } = useAsOf();
  const facets = useAnswer(
    signal => api.getEvidenceFacets({ signal, asOf }),
    [asOf],
  );
  const answer = useAnswer(
    signal =>
      api.listEvidence(
        { ...query, cursor: cursor || undefined },
        { signal, asOf },
      ),
    [JSON.stringify(query), cursor, asOf],
    {
      // Older pages do not change: the ledger only grows at its end.
      pollSeconds: cursor === '' ? poll(15) : undefined,
      isEmpty: page => page.items.length === 0 && page.nextCursor === undefined,
      keepOnChange: true,
    },
  );
  const clear = () => setUrl({ ...evidenceFilterDefaults, cursor: '' });

  return (
    <>
      <EvidenceFilters
        values={filters}
        facets={facets}
        onChange={changes => setUrl({ ...changes, cursor: '' })}
      />
      <div
        className={styles.split}
        data-open={item === '' ? undefined : 'true'}
      >
        <Section title={t('evidence.list')}>
          <AnswerView
            answer={answer}
            skeleton={[360]}
            empty={() => (
              <EvidenceListEmpty
                hasFilter={hasFilter(filters)}
                onClear={clear}
              />
            )}
          >
            {page => (
              <>
                <AsOfLimits answer={page} />
                <EvidenceTable
                  items={page.items}
                  openedId={item}
                  isNarrow={item !== ''}
                  onOpen={opened => setUrl({ item: opened }, { push: true })}
                />
                <SearchLimits page={page} />
                <Pager
                  cursor={cursor}
                  nextCursor={page.nextCursor}
                  onChange={next => setUrl({ cursor: next }, { push: true })}
                />
              </>
            )}
          </AnswerView>
        </Section>
        {item === '' ? null : (
          <EvidencePanel
            key={item}
            evidenceId={item}
            onClose={() => setUrl({ item: '' })}
            onChanged={answer.reload}
          />
        )}
      </div>
      <KeptHeadSection />
    </>
  );
}

/** Says what the search has not looked at, so that nobody takes a short list for a full one. */
function SearchLimits(props: { page: EvidenceList }) {
  const { searchedToPosition, textUnsearchedFrom } = props.page;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <>
      {searchedToPosition === undefined ? null : (
        <p className={styles.secondary} role="status">
          {t('evidence.searchedTo', {
            position: formatCount(searchedToPosition),
          })}
        </p>
      )}
      {textUnsearchedFrom === undefined ? null : (
        <p className={styles.secondary} role="status">
          {t('evidence.textUnsearched', {
            position: formatCount(textUnsearchedFrom),
          })}
        </p>
      )}
    </>
  );
}
