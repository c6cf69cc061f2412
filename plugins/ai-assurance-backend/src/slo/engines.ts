import {
  CollectorError,
  createMetricsEngine,
  EngineSeries,
  MetricsEngine,
  QueryTemplate,
  readHttpTarget,
  TemplateSubject,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { batchOf, SegmentLabels, seriesOfBatch } from './core/engineAnswers';
import { hourMs, minuteMs } from './core/hours';

const root = 'aiAssurance.slo.engines';
const longestTimeoutMs = 60_000;
/** Expressions asked at once. */
const mostTogether = 10;

/** A metrics engine that objectives are counted by. */
export interface SloEngine {
  name: string;
  stepMs: number;
  /** How long it keeps its samples; `undefined`: nobody said. */
  retentionMs: number | undefined;
  labels: SegmentLabels;
  /**
   * How many distinct devices spoke in a stretch, by the labels of segments; `undefined` where the config does not say how to
   * ask. Throws a CollectorError.
   */
  devices:
    | ((
        subject: TemplateSubject,
        fromMs: number,
        toMs: number,
      ) => Promise<readonly EngineSeries[]>)
    | undefined;
  /**
   * The values of expressions over `[fromMs, toMs)`, at the end of each step, in the order of the expressions: series, or
   * why that one could not be answered. Few requests; nothing is asked twice in one call.
   */
  ask(
    expressions: string[],
    fromMs: number,
    toMs: number,
  ): Promise<(EngineSeries[] | CollectorError)[]>;
}

/** Reads the engines of the config. Throws InputError that names the key of what is wrong. */
export function readEngines(config: Config): SloEngine[] {
  const engines = (config.getOptionalConfigArray(root) ?? []).map(
    (own, index) => {
      const path = `${root}[${index}]`;
      const name = own.getString('name');
      if (
        !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) ||
        name === 'telemetry'
      )
        throw new InputError(
          `${path}.name: must be a DNS label other than telemetry, as a DataSource of OpenSLO is named`,
        );
      const duration = (key: string) =>
        own.has(key)
          ? durationToMilliseconds(readDurationFromConfig(own, { key }))
          : undefined;
      const stepMs = duration('step') ?? minuteMs;
      if (stepMs % minuteMs !== 0 || stepMs < minuteMs || hourMs % stepMs !== 0)
        throw new InputError(
          `${path}.step: whole minutes that divide an hour, for example 1 or 5 minutes`,
        );
      const target = readHttpTarget(own, { name, path });
      if (target.timeoutMs > longestTimeoutMs)
        throw new InputError(`${path}.timeout: at most one minute`);
      return createSloEngine({
        name,
        stepMs,
        retentionMs: duration('retention'),
        labels: {
          version: own.getOptionalString('labels.version'),
          cohort: own.getOptionalString('labels.cohort'),
          environment: own.getOptionalString('labels.environment'),
        },
        devices: devicesTemplate(own, path),
        engine: createMetricsEngine(target, {
          maxSamples: own.getOptionalNumber('maxSamples'),
        }),
      });
    },
  );
  const names = engines.map(engine => engine.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new InputError(`${root}: two engines are called ${twice}`);
  return engines;
}

/** The expression that counts devices, checked once so that a broken one refuses the start. */
function devicesTemplate(
  own: Config,
  path: string,
): ((window: string) => QueryTemplate) | undefined {
  const text = own.getOptionalString('devices');
  if (text === undefined) return undefined;
  const at = `${path}.devices`;
  if (!text.includes('${window}'))
    throw new InputError(
      `${at}: has no \${window}; count devices that spoke within it, for example count by (cohort) (count by (cohort, device) (increase(…[\${window}]) > 0))`,
    );
  const read = (window: string) => QueryTemplate.read(text, at, window);
  read('1m');
  return read;
}

export function createSloEngine(options: {
  name: string;
  stepMs: number;
  retentionMs: number | undefined;
  labels: SegmentLabels;
  devices?: (window: string) => QueryTemplate;
  engine: MetricsEngine;
}): SloEngine {
  const { engine, stepMs, labels, devices, ...rest } = options;
  const known = Object.fromEntries(
    Object.entries(labels).filter(([, label]) => label !== undefined),
  );

  const askOnce = async (
    expressions: string[],
    fromMs: number,
    toMs: number,
  ): Promise<EngineSeries[][]> => {
    const [first] = expressions;
    const { series } = await engine.range({
      query: expressions.length === 1 ? first : batchOf(expressions),
      startMs: fromMs + stepMs,
      endMs: toMs,
      stepMs,
      signal: new AbortController().signal,
    });
    return expressions.length === 1
      ? [[...series]]
      : seriesOfBatch(series, expressions.length);
  };

  return {
    ...rest,
    stepMs,
    labels: known,
    devices:
      devices &&
      (async (subject, fromMs, toMs) => {
        const window = `${Math.max(1, Math.round((toMs - fromMs) / 1000))}s`;
        const { series } = await engine.instant({
          query: devices(window).fill(subject),
          atMs: toMs,
          signal: new AbortController().signal,
        });
        return series;
      }),
    async ask(expressions, fromMs, toMs) {
      const unique = [...new Set(expressions)];
      const answers = new Map<string, EngineSeries[] | CollectorError>();
      for (let i = 0; i < unique.length; i += mostTogether) {
        const together = unique.slice(i, i + mostTogether);
        try {
          const parts = await askOnce(together, fromMs, toMs);
          together.forEach((expression, at) =>
            answers.set(expression, parts[at]),
          );
        } catch (error) {
          const failure = failureOf(error);
          const isOfOne = ['misconfigured', 'too-large'].includes(failure.code);
          // One bad question must not silence the others; an engine that is away is away for all.
          if (!isOfOne || together.length === 1) {
            for (const expression of together) answers.set(expression, failure);
            continue;
          }
          for (const expression of together) {
            try {
              const [part] = await askOnce([expression], fromMs, toMs);
              answers.set(expression, part);
            } catch (one) {
              answers.set(expression, failureOf(one));
            }
          }
        }
      }
      return expressions.map(expression => answers.get(expression)!);
    },
  };
}

function failureOf(error: unknown): CollectorError {
  if (error instanceof CollectorError) return error;
  throw error;
}
