import { JsonValue } from '@backstage/types';
import { CollectorError } from '../collector';
import { EngineAnswer, EngineSample, EngineSeries } from './types';

interface Limits {
  name: string;
  maxSamples: number;
}

type Members = { readonly [name: string]: JsonValue | undefined };

/**
 * Reads an answer of the Prometheus query API, field by field as its documentation has it ("HTTP API", format overview and
 * expression query result formats). Throws CollectorError for whatever else it is.
 */
export function readEngineAnswer(
  body: JsonValue,
  status: number,
  limits: Limits,
): Omit<EngineAnswer, 'asked'> {
  const answer = membersOf(body, limits);
  if (answer.status === 'error') throw refusedBy(answer, limits);
  if (answer.status !== 'success' || status !== 200)
    throw malformed(limits, 'its status is neither success nor error');
  if (Array.isArray(answer.warnings) && answer.warnings.length > 0)
    throw new CollectorError(
      'partial-answer',
      `${limits.name}: it answers with ${answer.warnings.length} warnings, so the answer may not be whole`,
    );
  // VictoriaMetrics: some of its storage nodes did not answer.
  if (answer.isPartial === true)
    throw new CollectorError(
      'partial-answer',
      `${limits.name}: it calls its answer partial`,
    );

  const data = membersOf(answer.data, limits);
  switch (data.resultType) {
    case 'vector':
      return {
        type: 'vector',
        series: seriesOf(data.result, limits, series => [series.value]),
      };
    case 'matrix':
      return {
        type: 'matrix',
        series: seriesOf(data.result, limits, series => {
          if (!Array.isArray(series.values))
            throw malformed(limits, 'a series has no values');
          return series.values;
        }),
      };
    case 'scalar':
      return {
        type: 'scalar',
        series: [{ labels: {}, samples: [sampleOf(data.result, limits)] }],
      };
    default:
      throw malformed(
        limits,
        'its result is neither a vector, a matrix nor a scalar',
      );
  }
}

function refusedBy(answer: Members, { name }: Limits): CollectorError {
  const type = typeof answer.errorType === 'string' ? answer.errorType : '';
  const said = /^[a-z0-9_]{1,30}$/.test(type) ? `: ${type}` : '';
  if (type === 'timeout' || type === 'canceled')
    return new CollectorError('timeout', `${name}: it gave up${said}`);
  if (type === 'unavailable' || type === 'internal')
    return new CollectorError('server-error', `${name}: it failed${said}`);
  return new CollectorError(
    'misconfigured',
    `${name}: it refused the query${said}; try the query there`,
  );
}

function seriesOf(
  result: JsonValue | undefined,
  limits: Limits,
  valuesOf: (series: Members) => (JsonValue | undefined)[],
): EngineSeries[] {
  if (!Array.isArray(result)) throw malformed(limits, 'its result is no list');
  let count = 0;
  return result.map(one => {
    const series = membersOf(one, limits);
    if (series.histogram !== undefined || series.histograms !== undefined)
      throw new CollectorError(
        'misconfigured',
        `${limits.name}: the query gives native histograms; ask for a number, for example with histogram_quantile`,
      );
    const values = valuesOf(series);
    count += values.length;
    if (count > limits.maxSamples)
      throw new CollectorError(
        'too-large',
        `${limits.name}: more than ${limits.maxSamples} samples; ask for fewer series or a wider step`,
      );
    return {
      labels: labelsOf(series.metric, limits),
      samples: values.map(value => sampleOf(value, limits)),
    };
  });
}

function labelsOf(
  metric: JsonValue | undefined,
  limits: Limits,
): Record<string, string> {
  const entries = Object.entries(membersOf(metric, limits));
  if (entries.some(([, value]) => typeof value !== 'string'))
    throw malformed(limits, 'a label is no text');
  return Object.fromEntries(entries) as Record<string, string>;
}

function sampleOf(sample: JsonValue | undefined, limits: Limits): EngineSample {
  if (!Array.isArray(sample) || sample.length !== 2)
    throw malformed(limits, 'a sample is no pair of time and value');
  const [time, value] = sample;
  if (typeof time !== 'number' || typeof value !== 'string')
    throw malformed(limits, 'a sample is no number and text');
  return { atMs: Math.round(time * 1000), value: numberOf(value, limits) };
}

function numberOf(text: string, limits: Limits): number {
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text))
    throw malformed(limits, 'a value is no number');
  return Number(text);
}

function membersOf(value: JsonValue | undefined, limits: Limits): Members {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw malformed(limits, 'an object is missing');
  return value;
}

function malformed({ name }: Limits, what: string): CollectorError {
  return new CollectorError(
    'malformed-answer',
    `${name}: the answer is not as the query API documents it: ${what}`,
  );
}
