import {
  formatCount,
  formatShare,
  Overview,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  Digest,
  FactList,
  FactRow,
  RelativeTime,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceTranslationRef } from '../translation';

/** Whether facts still arrive, and how far the ledger reaches. */
export function Sources(props: { overview: Overview }) {
  const { telemetry, ledger } = props.overview;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const offered = telemetry.pointsLastHour + telemetry.refusedPointsLastHour;
  return (
    <Section title={t('overview.sources')}>
      <FactList>
        <FactRow
          label={t('overview.telemetryLast')}
          value={<RelativeTime atMs={telemetry.lastBatchAtMs} />}
        />
        <FactRow
          label={t('overview.telemetryPoints')}
          value={`${formatCount(telemetry.pointsLastHour)} ${t(
            'overview.telemetryAccepted',
          )}`}
          note={
            offered === 0
              ? undefined
              : t('overview.telemetryRefused', {
                  share: formatShare(telemetry.refusedPointsLastHour, offered),
                })
          }
        />
        <FactRow
          label={t('overview.ledgerSize')}
          value={formatCount(ledger.size)}
        />
        <FactRow
          label={t('overview.ledgerRoot')}
          value={<Digest digest={ledger.rootHash} />}
          note={
            ledger.headAtMs === null ? undefined : (
              <>
                {t('overview.ledgerHead')}{' '}
                <RelativeTime atMs={ledger.headAtMs} />
              </>
            )
          }
        />
      </FactList>
    </Section>
  );
}
