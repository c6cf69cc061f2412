import {
  createMetricsEngine,
  QueryTemplate,
  readHttpTarget,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { Clock } from '../../platform';
import { LEAST_GROUP_SIZE } from '../core/suppression';
import { MinimumOf } from '../SeriesReads';
import { EngineSource, EngineSourceSettings } from './EngineSource';

const root = 'aiAssurance.telemetry.sources';
const defaultTimeoutMs = 5_000;
const defaultMaxSamples = 200_000;
const minuteMs = 60_000;

/** Subjects whose charts come from a source by config; others name one by annotation. */
export interface ConfiguredSource {
  source: EngineSource;
  /** Entity refs, or `*` for all that name no other. */
  subjects: string[];
}

/**
 * Reads the engines that hold telemetry. Every expression is checked by the grammar of Prometheus: throws InputError with the
 * key, the place in the expression and the reason for the first that cannot be right.
 */
export function readSources(
  config: Config,
  clock: Clock,
  minimums: () => Promise<MinimumOf> = async () => () => LEAST_GROUP_SIZE,
): ConfiguredSource[] {
  const sources = (config.getOptionalConfigArray(root) ?? []).map(
    (own, index) => readSource(own, `${root}[${index}]`, clock, minimums),
  );
  const names = sources.map(({ source }) => source.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new InputError(`${root}: two sources are called ${twice}`);
  if (sources.filter(({ subjects }) => subjects.includes('*')).length > 1)
    throw new InputError(`${root}: only one source can be for all subjects`);
  return sources;
}

function readSource(
  own: Config,
  path: string,
  clock: Clock,
  minimums: () => Promise<MinimumOf>,
): ConfiguredSource {
  const name = own.getString('name');
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) || name === 'embedded')
    throw new InputError(
      `${path}.name: lower-case letters, digits and hyphens, and not embedded`,
    );
  const type = own.getString('type');
  if (type !== 'prometheus')
    throw new InputError(
      `${path}.type: must be prometheus, for any engine with its query API`,
    );
  const duration = (key: string, defaultMs: number) =>
    own.has(key)
      ? durationToMilliseconds(readDurationFromConfig(own, { key }))
      : defaultMs;
  const stepMs = duration('step', minuteMs);
  if (stepMs % minuteMs !== 0 || stepMs < minuteMs || stepMs > 60 * minuteMs)
    throw new InputError(`${path}.step: whole minutes, at most an hour`);
  const target = readHttpTarget(own, { name, path });
  const template = (key: string) => {
    const text = own.getOptionalString(`queries.${key}`);
    if (text === undefined) return undefined;
    const at = `${path}.queries.${key}`;
    if (!text.includes('${window}'))
      throw new InputError(
        `${at}: has no \${window}; say how much counters rose, for example increase(…[\${window}])`,
      );
    const read = (window: string) => QueryTemplate.read(text, at, window);
    // Read once with any window, so that a broken expression refuses the start.
    read('1m');
    return read;
  };
  const latency = template('latency');
  if (!latency)
    throw new InputError(
      `${path}.queries.latency: is needed; increase of the buckets of a histogram`,
    );
  const unit = own.getOptionalString('unit') ?? 's';
  if (unit !== 's' && unit !== 'ms')
    throw new InputError(`${path}.unit: s or ms`);
  const label = (key: string) => {
    const value = own.getOptionalString(`labels.${key}`);
    if (value !== undefined && !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(value))
      throw new InputError(`${path}.labels.${key}: is no name of a label`);
    return value;
  };
  const whole = (key: string, fallback: number, most: number) => {
    const value = own.getOptionalNumber(key) ?? fallback;
    if (!Number.isSafeInteger(value) || value < 1 || value > most)
      throw new InputError(`${path}.${key}: a whole number from 1 to ${most}`);
    return value;
  };
  const settings: EngineSourceSettings = {
    name,
    stepMs,
    secondsPerUnit: unit === 'ms' ? 0.001 : 1,
    labels: { version: label('version'), cohort: label('cohort') },
    queries: {
      latency,
      errors: template('errors'),
      devices: template('devices'),
    },
    cacheMs: duration('cache', 15_000),
    maxConcurrent: whole('maxConcurrent', 4, 100),
  };
  return {
    source: new EngineSource({
      clock,
      settings,
      minimums,
      engine: createMetricsEngine(
        {
          ...target,
          // People wait for a page.
          timeoutMs: own.has('timeout') ? target.timeoutMs : defaultTimeoutMs,
        },
        { maxSamples: whole('maxSamples', defaultMaxSamples, 5_000_000) },
      ),
    }),
    subjects: own.getOptionalStringArray('subjects') ?? [],
  };
}
