import {
  formatCount,
  Quarantined,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataColumn,
  DataTable,
  EmptyState,
  RelativeTime,
  SubjectLink,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { titleOf } from '@ai-assurance/evidence';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { useReasonText } from './reasons';

interface QuarantineTableProps {
  items: Quarantined[];
  openedId: string;
  /** Leaves out what the panel beside it shows. */
  isNarrow: boolean;
  onOpen: (quarantineId: string) => void;
  onClear: () => void;
}

/** Quarantined items; the reason opens one. */
export function QuarantineTable(props: QuarantineTableProps) {
  const { items, openedId, isNarrow, onOpen, onClear } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const reasonText = useReasonText();
  const unread = (
    <span className={styles.secondary}>{t('quarantine.unreadable')}</span>
  );
  const columns: DataColumn<Quarantined>[] = [
    {
      id: 'reason',
      label: t('common.reason'),
      isRowHeader: true,
      cell: item => (
        <button
          type="button"
          className={styles.cell}
          aria-expanded={item.quarantineId === openedId}
          onClick={() => onOpen(item.quarantineId)}
        >
          {reasonText(item.code)}
        </button>
      ),
    },
    {
      id: 'state',
      label: t('common.state'),
      cell: item => t(`quarantine.state.${item.state}`),
    },
    {
      id: 'subject',
      label: t('common.subject'),
      cell: item =>
        item.subject ? <SubjectLink entityRef={item.subject} /> : unread,
    },
    {
      id: 'received',
      label: t('quarantine.received'),
      cell: item => <RelativeTime atMs={item.lastReceivedAtMs} />,
    },
  ];
  if (!isNarrow) {
    columns.splice(
      3,
      0,
      {
        id: 'kind',
        label: t('evidence.kind'),
        cell: item =>
          item.type ? (
            <span className={styles.longName} title={item.type}>
              {titleOf(item.type)}
            </span>
          ) : (
            unread
          ),
      },
      {
        id: 'source',
        label: t('evidence.source'),
        cell: item =>
          item.source ? (
            <span className={styles.longName} title={item.source}>
              {item.source}
            </span>
          ) : (
            unread
          ),
      },
    );
    columns.push({
      id: 'times',
      label: t('quarantine.times'),
      isNumber: true,
      cell: item => formatCount(item.receivedCount),
    });
  }
  return (
    <DataTable
      caption={t('quarantine.list')}
      rows={items}
      rowKey={item => item.quarantineId}
      selectedKey={openedId}
      columns={columns}
      maxHeight={720}
      empty={
        <EmptyState
          title={t('common.nothingMatches')}
          action={
            <Button size="small" onPress={onClear}>
              {t('common.clearFilters')}
            </Button>
          }
        />
      }
    />
  );
}
