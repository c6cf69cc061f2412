import {
  ModelAnswer,
  ModelVersion,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  DataTable,
  Digest,
  EmptyState,
  formatValue,
  IntervalBar,
  RelativeTime,
  Section,
  ShareText,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import { useState } from 'react';
import { ProposeReleaseDialog } from '../releases/ProposeReleaseDialog';
import { aiAssuranceTranslationRef } from '../translation';
import { aiAssuranceEntityTranslationRef } from './translation';

interface VersionsSectionProps {
  model: ModelAnswer;
  onChanged: () => void;
}

/** The versions of a model: what they are, how they scored, where they run, and whether they were released. */
export function VersionsSection(props: VersionsSectionProps) {
  const { model, onChanged } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const { t: words } = useTranslationRef(aiAssuranceTranslationRef);
  const [isProposing, setIsProposing] = useState(false);
  const lows = model.versions.flatMap(v => v.accuracy?.intervalLow ?? []);
  const axisStart = Math.max(0, Math.min(0.9, ...lows) - 0.05);

  const releaseOf = (row: ModelVersion) =>
    row.release ? (
      <Link
        href={`/ai-assurance/releases?release=${encodeURIComponent(
          row.release.releaseId,
        )}`}
      >
        {words(
          `releaseState.${
            row.release.state as ModelAnswer['releases'][number]['state']
          }`,
        )}
      </Link>
    ) : (
      t('versions.noRelease')
    );

  return (
    <Section
      title={t('versions.title')}
      description={t('versions.description')}
      actions={
        <ActionButton
          variant="primary"
          onPress={() => setIsProposing(true)}
          disabledReason={
            model.mayPropose.allowed ? undefined : model.mayPropose.reason
          }
        >
          {t('versions.propose')}
        </ActionButton>
      }
    >
      <DataTable
        caption={t('versions.title')}
        rows={model.versions}
        rowKey={row => `${row.version} ${row.digest}`}
        empty={
          <EmptyState
            title={t('versions.none')}
            description={t('versions.noneHint')}
          />
        }
        columns={[
          {
            id: 'version',
            label: t('segments.version'),
            isRowHeader: true,
            cell: row => row.version,
          },
          {
            id: 'digest',
            label: t('segments.digest'),
            cell: row => <Digest digest={row.digest} />,
          },
          {
            id: 'size',
            label: t('versions.size'),
            isNumber: true,
            cell: row =>
              row.sizeBytes === undefined
                ? t('versions.unknown')
                : formatValue(row.sizeBytes, 'By'),
          },
          {
            id: 'precision',
            label: t('versions.precision'),
            cell: row => row.precision ?? t('versions.unknown'),
          },
          {
            id: 'accuracy',
            label: t('versions.accuracy'),
            cell: row =>
              row.accuracy ? (
                <IntervalBar
                  value={row.accuracy.value}
                  intervalLow={row.accuracy.intervalLow}
                  intervalHigh={row.accuracy.intervalHigh}
                  domain={[axisStart, 1]}
                  unit="ratio"
                  width={96}
                />
              ) : (
                t('versions.noAccuracy')
              ),
          },
          {
            id: 'adoption',
            label: t('versions.adoption'),
            isNumber: true,
            cell: row => (
              <ShareText
                part={row.sessionCount}
                whole={row.sessionTotalCount}
              />
            ),
          },
          {
            id: 'seen',
            label: t('versions.seen'),
            cell: row =>
              row.lastSeenMs === undefined ? (
                t('versions.notSeen')
              ) : (
                <RelativeTime atMs={row.lastSeenMs} />
              ),
          },
          { id: 'release', label: t('versions.release'), cell: releaseOf },
        ]}
      />
      {isProposing ? (
        <ProposeReleaseDialog
          modelRef={model.subject.entityRef}
          versions={model.versions}
          cohorts={model.adoption.flatMap(row => row.cohort ?? [])}
          onClose={() => setIsProposing(false)}
          onProposed={() => {
            setIsProposing(false);
            onChanged();
          }}
        />
      ) : null}
    </Section>
  );
}
