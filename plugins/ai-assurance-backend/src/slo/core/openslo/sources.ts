import { checkPromQL } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { z } from 'zod';
import { METRICS } from '../../../telemetry';
import { Counter, Operator } from '../types';
import { ResolvedIndicator, ResolvedSource } from './resolve';

/** The source type of telemetry that the suite holds itself. */
export const ownSource = 'ai-assurance';

/** Engines that answer PromQL. */
const engineTypes = [
  'prometheus',
  'victoriametrics',
  'mimir',
  'thanos',
  'cortex',
];

/** Metrics that count events, and whether each event has a duration to hold against a threshold. */
const eventMetrics: Record<string, { events: string; hasDuration: boolean }> = {
  [METRICS.httpDuration]: { events: 'requests', hasDuration: true },
  [METRICS.inferenceDuration]: { events: 'inferences', hasDuration: true },
  [METRICS.loadDuration]: { events: 'model loads', hasDuration: true },
  [METRICS.loadAttempts]: { events: 'load attempts', hasDuration: false },
  [METRICS.sessions]: { events: 'sessions', hasDuration: false },
};

/** Metrics whose level can be held against a value: by a quantile of their histogram, or as a gauge. */
const levelMetrics: Record<string, { isHistogram: boolean; unit: string }> = {
  [METRICS.httpDuration]: { isHistogram: true, unit: 'ms' },
  [METRICS.inferenceDuration]: { isHistogram: true, unit: 'ms' },
  [METRICS.loadDuration]: { isHistogram: true, unit: 'ms' },
  [METRICS.confidence]: { isHistogram: true, unit: '' },
  [METRICS.peakMemory]: { isHistogram: false, unit: 'bytes' },
};

const hourMs = 3_600_000;

const metricOf = (known: Record<string, unknown>, what: string) =>
  z.string().refine(name => Object.hasOwn(known, name), {
    error: `is not a metric ${what}; use one of ${Object.keys(known).join(
      ', ',
    )}`,
  });
const eventMetric = metricOf(eventMetrics, 'that counts events');
const goodSpec = z.strictObject({
  metric: eventMetric,
  thresholdMs: z.number().positive().max(hourMs).optional(),
});
const totalSpec = z.strictObject({ metric: eventMetric });
const levelSpec = z.strictObject({
  metric: metricOf(levelMetrics, 'with a level'),
  quantile: z.number().gt(0).lt(1).optional(),
});
const longestQuery = 4_000;
const querySpec = z
  .strictObject({
    query: z.string().min(1).max(longestQuery).optional(),
    promql: z.string().min(1).max(longestQuery).optional(),
  })
  .refine(spec => (spec.query === undefined) !== (spec.promql === undefined), {
    error: 'needs a query in PromQL',
  })
  .transform(spec => (spec.query ?? spec.promql)!.trim());

/** One thing that keeps an indicator from being measured here: the member below the indicator, and why. */
export interface Obstacle {
  path: PropertyKey[];
  why: string;
}

export type Read<T> = T | { obstacles: Obstacle[] };

export const isRefused = (read: object): read is { obstacles: Obstacle[] } =>
  'obstacles' in read;

const refuse = (path: PropertyKey[], why: string) => ({
  obstacles: [{ path, why }],
});

function obstaclesOf(error: z.ZodError, path: PropertyKey[]): Obstacle[] {
  return error.issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({
          path: [...path, ...issue.path, key],
          why: 'is not a known field here',
        }))
      : [{ path: [...path, ...issue.path], why: issue.message }],
  );
}

/** The engine of the config that a source means. */
function engineOf(
  { type, reference }: ResolvedSource,
  engines: readonly string[],
  path: PropertyKey[],
): Read<{ engine: string }> {
  if (reference !== undefined && engines.includes(reference))
    return { engine: reference };
  // A document says what to ask; where, and with which credentials, is for the config alone.
  if (engines.length === 1) return { engine: engines[0] };
  const known = engines.length
    ? `there are ${engines.join(', ')}`
    : 'there is none';
  return refuse(
    [...path, 'metricSource'],
    `${
      reference ?? type
    } is not the name of a metrics engine in aiAssurance.slo.engines; ${known}`,
  );
}

function queryOf(
  source: ResolvedSource,
  isCounter: boolean,
  path: PropertyKey[],
): Read<{ query: string }> {
  const at = [...path, 'metricSource', 'spec'];
  const spec = querySpec.safeParse(source.spec);
  if (!spec.success) return { obstacles: obstaclesOf(spec.error, at) };
  const problem = checkPromQL(spec.data, { isCounter });
  return problem
    ? refuse([...at, 'query' in source.spec ? 'query' : 'promql'], problem)
    : { query: spec.data };
}

type Kind = 'own' | 'engine';

function kindOf(
  source: ResolvedSource,
  path: PropertyKey[],
): Read<{ kind: Kind }> {
  const type = source.type.toLocaleLowerCase('en-US');
  if (type === ownSource) return { kind: 'own' };
  if (engineTypes.includes(type)) return { kind: 'engine' };
  return refuse(
    [...path, 'metricSource', 'type'],
    `${
      source.type
    } cannot be asked from here; ${ownSource} can, and engines that answer PromQL (${engineTypes.join(
      ', ',
    )})`,
  );
}

function ownEvents(
  indicator: Extract<ResolvedIndicator, { kind: 'ratio' }>,
): Read<{ counter: Counter }> {
  const part = indicator.good ? 'good' : 'bad';
  const at = (name: string) => ['ratioMetric', name, 'metricSource', 'spec'];
  // A bad event failed, or took longer than the threshold: what is left is good, so both say the same.
  const good = goodSpec.safeParse(indicator[part]!.spec);
  const total = totalSpec.safeParse(indicator.total.spec);
  if (!good.success || !total.success) {
    return {
      obstacles: [
        ...(good.success ? [] : obstaclesOf(good.error, at(part))),
        ...(total.success ? [] : obstaclesOf(total.error, at('total'))),
      ],
    };
  }
  const { metric, thresholdMs } = good.data;
  if (total.data.metric !== metric)
    return refuse(
      [...at('total'), 'metric'],
      `must be the metric of ${part}, ${metric}: else ${part} is no part of total`,
    );
  if (thresholdMs !== undefined && !eventMetrics[metric].hasDuration)
    return refuse(
      [...at(part), 'thresholdMs'],
      `${metric} has no duration to compare`,
    );
  return { counter: { kind: 'telemetry-events', metric, thresholdMs } };
}

function eventsOf(
  indicator: Extract<ResolvedIndicator, { kind: 'ratio' }>,
  engines: readonly string[],
): Read<{ counter: Counter }> {
  const part = indicator.good ? 'good' : 'bad';
  const paths = {
    [part]: ['ratioMetric', part],
    total: ['ratioMetric', 'total'],
  };
  const sources = { [part]: indicator[part]!, total: indicator.total };
  for (const name of [part, 'total']) {
    const kind = kindOf(sources[name], paths[name]);
    if (isRefused(kind)) return kind;
  }
  const isOwn = [part, 'total'].map(
    name => sources[name].type.toLocaleLowerCase('en-US') === ownSource,
  );
  if (isOwn[0] !== isOwn[1])
    return refuse(
      paths.total,
      `comes from another source than ${part}: they cannot be set against each other`,
    );
  if (isOwn[0]) return ownEvents(indicator);
  const engine = engineOf(sources[part], engines, paths[part]);
  if (isRefused(engine)) return engine;
  const totalEngine = engineOf(sources.total, engines, paths.total);
  if (isRefused(totalEngine)) return totalEngine;
  if (totalEngine.engine !== engine.engine)
    return refuse(
      paths.total,
      `comes from another engine than ${part}: they cannot be set against each other`,
    );
  const partQuery = queryOf(sources[part], indicator.counter, paths[part]);
  if (isRefused(partQuery)) return partQuery;
  const totalQuery = queryOf(sources.total, indicator.counter, paths.total);
  if (isRefused(totalQuery)) return totalQuery;
  return {
    counter: {
      kind: 'engine-events',
      engine: engine.engine,
      part,
      partQuery: partQuery.query,
      totalQuery: totalQuery.query,
      isCounter: indicator.counter,
    },
  };
}

function levelOf(
  source: ResolvedSource,
  compared: { op?: Operator; value?: number },
  engines: readonly string[],
): Read<{ counter: Counter }> {
  const path = ['thresholdMetric'];
  const kind = kindOf(source, path);
  if (isRefused(kind)) return kind;
  const { op, value } = compared as { op: Operator; value: number };
  if (kind.kind === 'engine') {
    const engine = engineOf(source, engines, path);
    if (isRefused(engine)) return engine;
    const query = queryOf(source, false, path);
    if (isRefused(query)) return query;
    return {
      counter: { kind: 'engine-level', ...engine, ...query, op, value },
    };
  }
  const at = [...path, 'metricSource', 'spec'];
  const spec = levelSpec.safeParse(source.spec);
  if (!spec.success) return { obstacles: obstaclesOf(spec.error, at) };
  const { metric, quantile } = spec.data;
  const { isHistogram } = levelMetrics[metric];
  if (isHistogram && quantile === undefined)
    return refuse(
      at,
      `needs a quantile, for example 0.95: ${metric} is a distribution`,
    );
  if (!isHistogram && quantile !== undefined)
    return refuse(
      [...at, 'quantile'],
      `${metric} is a level and has no quantiles`,
    );
  return { counter: { kind: 'telemetry-level', metric, quantile, op, value } };
}

/** What has to be counted for an indicator, or why that cannot be done here. Paths begin below the indicator's spec. */
export function counterOf(
  indicator: ResolvedIndicator,
  compared: { op?: Operator; value?: number },
  engines: readonly string[],
): Read<{ counter: Counter }> {
  if (indicator.kind === 'threshold')
    return levelOf(indicator.metric, compared, engines);
  if (indicator.kind === 'ratio') return eventsOf(indicator, engines);
  const path = ['ratioMetric', 'raw'];
  const kind = kindOf(indicator.raw, path);
  if (isRefused(kind)) return kind;
  if (kind.kind === 'own')
    return refuse(
      [...path, 'metricSource', 'type'],
      `${ownSource} holds no ready-made ratio; give good and total`,
    );
  const engine = engineOf(indicator.raw, engines, path);
  if (isRefused(engine)) return engine;
  const query = queryOf(indicator.raw, false, path);
  if (isRefused(query)) return query;
  return {
    counter: {
      kind: 'engine-ratio',
      ...engine,
      rawType: indicator.rawType,
      ...query,
    },
  };
}

const signs: Record<Operator, string> = {
  lt: 'below',
  lte: 'at most',
  gt: 'above',
  gte: 'at least',
};

/** What is promised of it, to be put behind `at least 95 % of `. */
export function promiseOf(counter: Counter): string {
  switch (counter.kind) {
    case 'telemetry-events': {
      const within =
        counter.thresholdMs === undefined
          ? ''
          : ` within ${counter.thresholdMs} ms`;
      return `${eventMetrics[counter.metric].events} succeed${within}`;
    }
    case 'telemetry-level': {
      const { unit } = levelMetrics[counter.metric];
      const what =
        counter.quantile === undefined
          ? `${counter.metric}`
          : `the ${Number(
              (counter.quantile * 100).toPrecision(6),
            )}th percentile of ${counter.metric}`;
      return `minutes have ${what} ${signs[counter.op]} ${counter.value}${
        unit ? ` ${unit}` : ''
      }`;
    }
    case 'engine-events':
      return 'events are good';
    case 'engine-ratio':
      return 'events are good, each minute counting the same';
    default:
      return `minutes have a value ${signs[counter.op]} ${counter.value}`;
  }
}
