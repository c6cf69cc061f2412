import {
  formatCount,
  Pack,
  packExportPermission,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  DataTable,
  Digest,
  formatTime,
  RelativeTime,
  SubjectLink,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { usePermission } from '@backstage/plugin-permission-react';
import { Alert, Button } from '@backstage/ui';
import { RiDownloadLine } from '@remixicon/react';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { saveFile } from '../shared/saveFile';
import { aiAssuranceTranslationRef } from '../translation';

/** Bytes in the unit that reads best. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1_048_576) return `${(bytes / 1_048_576).toFixed(1)} MiB`;
  if (bytes >= 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${formatCount(bytes)} bytes`;
}

/** The packs that left the system, to be downloaded again by those who may. */
export function PackTable(props: { packs: Pack[] }) {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const permission = usePermission({ permission: packExportPermission });
  const [pendingId, setPendingId] = useState<string>();
  const [failure, setFailure] = useState<Error>();
  const isForbidden = !permission.allowed;

  const download = async (pack: Pack) => {
    setPendingId(pack.packId);
    setFailure(undefined);
    try {
      saveFile(
        await api.downloadPack(pack.packId),
        `${pack.subject.split('/').pop()}-${pack.packId}.zip`,
      );
    } catch (error) {
      setFailure(error as Error);
    } finally {
      setPendingId(undefined);
    }
  };

  return (
    <>
      {failure ? (
        <Alert
          role="alert"
          status="danger"
          icon
          title={t('audit.downloadFailed', { message: failure.message })}
        />
      ) : null}
      {isForbidden ? (
        <p className={styles.secondary}>{t('audit.mayNotExport')}</p>
      ) : null}
      <DataTable
        caption={t('audit.packs')}
        rows={props.packs}
        rowKey={pack => pack.packId}
        columns={[
          {
            id: 'subject',
            label: t('common.subject'),
            isRowHeader: true,
            cell: pack => <SubjectLink entityRef={pack.subject} />,
          },
          {
            id: 'period',
            label: t('audit.period'),
            cell: pack => (
              <>
                <span className={styles.nowrap}>
                  {formatTime(pack.periodStartMs)} –
                </span>{' '}
                <span className={styles.nowrap}>
                  {formatTime(pack.periodEndMs)}
                </span>
              </>
            ),
          },
          {
            id: 'items',
            label: t('audit.items'),
            isNumber: true,
            cell: pack => formatCount(pack.itemCount),
          },
          {
            id: 'size',
            label: t('audit.size'),
            isNumber: true,
            cell: pack => formatBytes(pack.sizeBytes),
          },
          {
            id: 'digest',
            label: t('audit.fileDigest'),
            cell: pack => <Digest digest={pack.fileDigest} />,
          },
          {
            id: 'by',
            label: t('audit.exportedBy'),
            cell: pack => (
              <>
                <SubjectLink entityRef={pack.exportedBy} />
                <div className={styles.secondary}>
                  <RelativeTime atMs={pack.exportedAtMs} />
                </div>
              </>
            ),
          },
          {
            id: 'download',
            label: t('audit.download'),
            cell: pack => (
              <Button
                size="small"
                variant="secondary"
                iconStart={<RiDownloadLine size={16} />}
                isDisabled={isForbidden}
                isPending={pendingId === pack.packId}
                aria-label={t('audit.downloadOf', { pack: pack.packId })}
                onPress={() => download(pack)}
              >
                {t('audit.download')}
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}
