import { LatencyPoint } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  Section,
  TimeSeriesChart,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

interface LatencySectionProps {
  points: LatencyPoint[];
  thresholdMs?: number;
  events?: Array<{ atMs: number; title: string }>;
  isOnDevice?: boolean;
}

/** Latency percentiles against their limit, and traffic with errors, on one time axis. */
export function LatencySection(props: LatencySectionProps) {
  const { points, thresholdMs, events, isOnDevice } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  return (
    <Section title={t('latency.title')}>
      <div className={styles.pair}>
        <TimeSeriesChart
          title={t('latency.chart')}
          unit="ms"
          syncId="assurance"
          events={events}
          limit={thresholdMs === undefined ? undefined : { value: thresholdMs }}
          series={[
            { id: 'p50', name: 'p50' },
            { id: 'p95', name: 'p95' },
            { id: 'p99', name: 'p99' },
          ]}
          points={points.map(point => ({
            atMs: point.startMs,
            values: { p50: point.p50Ms, p95: point.p95Ms, p99: point.p99Ms },
          }))}
        />
        <TimeSeriesChart
          title={isOnDevice ? t('latency.inferences') : t('latency.traffic')}
          unit=""
          syncId="assurance"
          events={events}
          series={[
            { id: 'count', name: t('latency.requests') },
            { id: 'errors', name: t('latency.errors') },
          ]}
          points={points.map(point => ({
            atMs: point.startMs,
            // A moment without any event says nothing about errors either.
            values: {
              count: point.count === 0 ? null : point.count,
              errors: point.count === 0 ? null : point.errorCount,
            },
          }))}
        />
      </div>
    </Section>
  );
}
