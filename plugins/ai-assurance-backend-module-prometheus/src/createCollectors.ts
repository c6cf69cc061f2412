import {
  createMetricsEngine,
  EvidenceCollector,
  MetricsEngine,
  readHttpTarget,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { clusterCostQuery } from './queries/clusterCost';
import { costReportReader } from './queries/costReport';
import { deploymentReader } from './queries/deployment';
import { qualityReportReader } from './queries/qualityReport';
import { QueryReader } from './queries/QueryReader';
import { QuerySettings, readQuerySettings } from './queries/settings';
import { COLLECTOR_VERSION } from './version';

const root = 'aiAssurance.prometheus';
/** Lists the ids of queries that are to be asked about an entity, with commas between them. */
export const QUERIES_ANNOTATION = 'ai-assurance.io/prometheus-queries';

const defaultLookbackMs = 6 * 3_600_000;
const defaultStepMs = 60_000;
const titles = {
  'cost-report': 'Cost',
  'cluster-cost': 'Cost in the cluster',
  'quality-report': 'Data quality',
  deployment: 'Deployed versions',
};

/** One collector for each query of the config; none without config. Throws InputError with the path of what is wrong. */
export function createPrometheusCollectors(
  config: Config,
): EvidenceCollector[] {
  const own = config.getOptionalConfig(root);
  if (!own) return [];
  const target = readHttpTarget(own, { name: 'Prometheus', path: root });
  const maxSamples = own.getOptionalNumber('maxSamples');
  const engine = createMetricsEngine(target, { maxSamples });
  const queries = own.getConfigArray('queries').map((query, at) => {
    const path = `${root}.queries[${at}]`;
    const settings = readQuerySettings(query.get(), path);
    return { settings, reader: readerOf(settings, path, query) };
  });
  const ids = queries.map(({ settings }) => settings.id);
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at);
  if (repeated !== undefined)
    throw new InputError(`${root}.queries: two queries are called ${repeated}`);
  return queries.map(({ settings, reader }) =>
    collectorOf(settings, reader, engine, target.timeoutMs),
  );
}

function readerOf(
  settings: QuerySettings,
  path: string,
  query: Config,
): QueryReader {
  if (settings.evidence === 'cost-report')
    return costReportReader(settings, path);
  if (settings.evidence === 'cluster-cost')
    return costReportReader(clusterCostQuery(settings), path);
  if (settings.evidence === 'quality-report')
    return qualityReportReader(settings, path);
  const duration = (key: string, fallbackMs: number) =>
    query.has(key)
      ? durationToMilliseconds(readDurationFromConfig(query, { key }))
      : fallbackMs;
  const stepMs = duration('step', defaultStepMs);
  const lookbackMs = duration('lookback', defaultLookbackMs);
  if (
    !(
      stepMs >= 1000 &&
      lookbackMs >= 2 * stepMs &&
      lookbackMs / stepMs <= 10_000
    )
  )
    throw new InputError(
      `${path}.step: at least a second, and lookback has 2 to 10,000 steps`,
    );
  return deploymentReader(settings, path, { lookbackMs, stepMs });
}

function collectorOf(
  { id, title, evidence, kinds, everySeconds }: QuerySettings,
  reader: QueryReader,
  engine: MetricsEngine,
  timeoutMs: number,
): EvidenceCollector {
  const needed = reader.templates.flatMap(template => template.annotations);
  return {
    id: `prometheus-${id}`,
    title: title ?? `${titles[evidence]} from Prometheus (${id})`,
    version: COLLECTOR_VERSION,
    schedule: {
      everySeconds,
      // Room for some slow answers; the config of the collector may say otherwise.
      timeoutSeconds: Math.min(240, Math.max(30, Math.ceil(timeoutMs / 250))),
    },
    appliesTo({ kind, annotations }) {
      const isMeant = kinds
        ? kinds.includes(kind)
        : (annotations[QUERIES_ANNOTATION] ?? '')
            .split(',')
            .some(one => one.trim() === id);
      // Named by its annotation, a subject without what the query needs is a fault to be shown, not one to be passed over.
      return isMeant && (!kinds || needed.every(key => key in annotations));
    },
    collect: context => reader.collect(engine, context),
  };
}
