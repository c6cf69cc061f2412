import { EvidenceSummary } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataColumn,
  DataTable,
  EmptyState,
  RelativeTime,
  SubjectLink,
  useNow,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { titleOf } from '@ai-assurance/evidence';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { useAsOf } from '../shared/asOf/useAsOf';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';

interface EvidenceTableProps {
  items: EvidenceSummary[];
  openedId: string;
  /** Leaves out what the panel beside it shows. */
  isNarrow: boolean;
  onOpen: (evidenceId: string) => void;
}

/** An id with its middle left out when it is long: what tells items of one kind apart mostly stands at its end. */
function shortId(id: string): string {
  return id.length <= 32 ? id : `${id.slice(0, 12)}…${id.slice(-19)}`;
}

/** The list of items; the position opens an item. */
export function EvidenceTable(props: EvidenceTableProps) {
  const { items, openedId, isNarrow, onOpen } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const nowMs = useNow();
  const { atMs = nowMs } = useAsOf();
  const columns: DataColumn<EvidenceSummary>[] = [
    {
      id: 'position',
      label: t('evidence.position'),
      isRowHeader: true,
      cell: item => (
        <button
          type="button"
          className={styles.cell}
          aria-label={t('evidence.item', { id: item.evidenceId })}
          aria-expanded={item.evidenceId === openedId}
          onClick={() => onOpen(item.evidenceId)}
        >
          {item.position}
        </button>
      ),
    },
    {
      id: 'kind',
      label: t('evidence.kind'),
      cell: item => (
        <>
          <span title={item.type}>
            {titleOf(item.type)}
            {item.redacted ? (
              <span className={styles.secondary}> {t('redaction.mark')}</span>
            ) : null}
          </span>
          <span className={styles.itemId} title={item.id}>
            {shortId(item.id)}
          </span>
        </>
      ),
    },
    {
      id: 'subject',
      label: t('common.subject'),
      cell: item => (
        <span className={isNarrow ? undefined : styles.oneLine}>
          <SubjectLink entityRef={item.subject} />
        </span>
      ),
    },
    {
      id: 'verdict',
      label: t('common.verdict'),
      cell: item =>
        item.status ? (
          <VerdictBadge status={item.status} isCompact={isNarrow} />
        ) : (
          <span className={styles.secondary}>{t('evidence.none')}</span>
        ),
    },
    {
      id: 'observed',
      label: t('evidence.observed'),
      cell: item => <RelativeTime atMs={item.timeMs} />,
    },
  ];
  if (!isNarrow) {
    columns.push(
      {
        id: 'recorded',
        label: t('evidence.recorded'),
        cell: item => <RelativeTime atMs={item.recordedAtMs} />,
      },
      {
        id: 'source',
        label: t('evidence.source'),
        cell: item => (
          <span className={styles.longName} title={item.source}>
            {item.source}
          </span>
        ),
      },
      {
        id: 'expires',
        label: t('evidence.expires'),
        cell: item => {
          if (item.expiresAtMs === undefined)
            return (
              <span className={styles.secondary}>{t('evidence.none')}</span>
            );
          return (
            <span className={styles.secondary}>
              {item.expiresAtMs <= atMs ? `${t('evidence.expired')} ` : ''}
              <RelativeTime atMs={item.expiresAtMs} />
            </span>
          );
        },
      },
    );
  }
  return (
    <DataTable
      caption={t('evidence.list')}
      rows={items}
      rowKey={item => item.evidenceId}
      selectedKey={openedId}
      columns={columns}
      maxHeight={720}
    />
  );
}

/** Nothing to list: either nothing matches, or nothing was ever recorded. */
export function EvidenceListEmpty(props: {
  hasFilter: boolean;
  onClear: () => void;
}) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  if (!props.hasFilter) {
    return (
      <EmptyState
        title={t('evidence.emptyTitle')}
        description={t('evidence.emptyDescription')}
      />
    );
  }
  return (
    <EmptyState
      title={t('common.nothingMatches')}
      action={
        <Button size="small" onPress={props.onClear}>
          {t('common.clearFilters')}
        </Button>
      }
    />
  );
}
