import {
  ChangeEvent,
  ServiceSignals,
  wireShapes,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ChartGroup,
  EventStrip,
  formatDuration,
  formatTime,
  Section,
  TimeSeriesChart,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import styles from '../entity.module.css';
import { CostBudget } from './CostBudget';
import { useEventLink } from './eventLink';
import { aiAssuranceServiceTranslationRef } from './translation';
import { versionStretches } from './versionStretches';

interface SignalsSectionProps {
  signals: ServiceSignals;
  thresholdMs?: number;
}

/** What stands on every chart as a mark; the rest is on the strip alone, or the charts could not be read. */
const marked = new Set<ChangeEvent['group']>([
  'deployment',
  'rollout',
  'approval',
  'configuration',
  'action',
  'incident',
  'alert',
]);

/** Latency, errors, traffic and cost on one time axis, the versions behind, and what changed beneath. */
export function SignalsSection(props: SignalsSectionProps) {
  const { signals, thresholdMs } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const linkOf = useEventLink();
  const range = { fromMs: signals.rangeStartMs, toMs: signals.rangeEndMs };
  const bands = versionStretches(signals).map(({ version, ...stretch }) => ({
    label: t('charts.version', { version }),
    ...stretch,
  }));
  const events = signals.events.filter(({ group }) => marked.has(group));
  const shared = { range, bands, events, syncId: 'service', height: 180 };
  const { points, costs } = signals;
  const hasPeak = points.some(
    ({ p95Ms, p95HighMs }) =>
      p95Ms !== null && p95HighMs !== null && p95HighMs > p95Ms,
  );
  const costPoints = costs?.points ?? [];
  return (
    <Section
      title={t('charts.title')}
      description={[
        t('charts.description', {
          from: formatTime(range.fromMs),
          to: formatTime(range.toMs),
          step: formatDuration(signals.stepMs),
        }),
        signals.errorBoundRatio === null
          ? ''
          : t('charts.bound', {
              bound: (100 * signals.errorBoundRatio).toFixed(1),
            }),
      ]
        .join(' ')
        .trim()}
    >
      {signals.failures.map(failure => (
        <Alert
          key={failure.source}
          status="warning"
          icon
          title={t('charts.failed', {
            source: failure.source,
            time: formatTime(failure.sinceMs),
          })}
          description={failure.message}
        />
      ))}
      {signals.isWhole || signals.failures.length > 0 ? null : (
        <Alert status="info" icon title={t('charts.notWhole')} />
      )}
      <ChartGroup>
        <div className={styles.charts}>
          <TimeSeriesChart
            {...shared}
            height={220}
            title={t('charts.latency')}
            unit="ms"
            limit={
              thresholdMs === undefined ? undefined : { value: thresholdMs }
            }
            series={[
              { id: 'p50', name: 'p50' },
              { id: 'p95', name: 'p95' },
              { id: 'p99', name: 'p99' },
              ...(hasPeak ? [{ id: 'peak', name: t('charts.p95Peak') }] : []),
            ]}
            points={points.map(point => ({
              atMs: point.startMs,
              values: {
                p50: point.p50Ms,
                p95: point.p95Ms,
                p99: point.p99Ms,
                peak: point.p95HighMs,
              },
            }))}
          />
          <TimeSeriesChart
            {...shared}
            title={t('charts.errors')}
            unit="ratio"
            series={[{ id: 'rate', name: t('charts.errorRate') }]}
            points={points.map(({ startMs, count, errorCount }) => ({
              atMs: startMs,
              // Of nothing there is no share.
              values: {
                rate: count && errorCount !== null ? errorCount / count : null,
              },
            }))}
          />
          <TimeSeriesChart
            {...shared}
            title={t('charts.traffic')}
            unit=""
            series={[
              { id: 'count', name: t('charts.requests') },
              { id: 'errors', name: t('charts.errorCount') },
            ]}
            points={points.map(({ startMs, count, errorCount }) => ({
              atMs: startMs,
              values: {
                count: count === 0 ? null : count,
                errors: count === 0 ? null : errorCount,
              },
            }))}
          />
          {costs && costPoints.length > 0 ? (
            <div>
              <TimeSeriesChart
                {...shared}
                title={t('charts.cost', { currency: costs.currency })}
                unit=""
                series={[{ id: 'cost', name: t('charts.costLine') }]}
                points={costLine(signals)}
              />
              <p className={styles.secondary}>
                {t('charts.costCoverage', {
                  percent: (100 * costs.coverageRatio).toFixed(0),
                  basis: costs.priceBasis ?? '?',
                })}
              </p>
            </div>
          ) : (
            <p className={styles.secondary}>{t('charts.noCost')}</p>
          )}
          <CostBudget budget={signals.costBudget ?? null} />
        </div>
        <EventStrip
          title={t('charts.strip')}
          empty={t('charts.stripEmpty')}
          range={range}
          lanes={wireShapes.CHANGE_GROUPS.map(group => ({
            id: group,
            label: t(`lanes.${group}`),
          }))}
          events={signals.events.map((event, index) => ({
            id: `${event.atMs} ${event.kind} ${event.evidenceId ?? index}`,
            atMs: event.atMs,
            endMs: event.endMs,
            lane: event.group,
            title: event.title,
            href: linkOf(event),
          }))}
        />
      </ChartGroup>
    </Section>
  );
}

/**
 * What a thousand inferences cost at the moments of the other charts, so that the cursor finds the same ones: a report speaks
 * for all of its period. Where nothing was measured, at the ends of each period.
 */
function costLine({
  points,
  stepMs,
  costs,
  rangeStartMs,
  rangeEndMs,
}: ServiceSignals) {
  const reports = costs?.points ?? [];
  const moments =
    points.length > 0
      ? points.map(point => point.startMs)
      : reports.flatMap(({ startMs, endMs }) => [
          Math.max(startMs, rangeStartMs),
          Math.min(endMs, rangeEndMs) - 1,
        ]);
  return moments.map(atMs => {
    const report = reports.findLast(
      ({ startMs, endMs }) => startMs < atMs + stepMs && endMs > atMs,
    );
    const micros = report?.perThousandMicros ?? null;
    return { atMs, values: { cost: micros === null ? null : micros / 1e6 } };
  });
}
