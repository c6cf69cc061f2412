import { CollectorError } from '../collector';
import { createJsonClient, HttpTarget } from '../http/jsonClient';
import { readEngineAnswer } from './readEngineAnswer';
import { EngineAnswer, MetricsEngine } from './types';

const maxSteps = 11_000;
const defaultMaxSamples = 50_000;

/**
 * A client of the query API (`/api/v1/query`, `/api/v1/query_range`) below the target's base URL, over POST so that no query
 * is too long. Both throw {@link CollectorError}: `partial-answer` when the engine warns or calls its answer partial,
 * `misconfigured` when it refuses the query, `too-large` beyond `maxSamples` (default 50,000), and the codes of
 * `createJsonClient`. Nothing is asked twice. Safe to repeat.
 * @public
 */
export function createMetricsEngine(
  target: HttpTarget,
  options: { readonly maxSamples?: number } = {},
): MetricsEngine {
  const client = createJsonClient(target);
  const maxSamples = options.maxSamples ?? defaultMaxSamples;
  const ask = async (
    endpoint: 'query' | 'query_range',
    parameters: Record<string, string | number>,
    signal: AbortSignal,
  ): Promise<EngineAnswer> => {
    const answer = await client.ask({
      method: 'POST',
      path: ['api', 'v1', endpoint],
      parameters: {
        ...parameters,
        // So that the engine stops working as well once nobody waits.
        timeout: `${target.timeoutMs}ms`,
      },
      // A refused query comes with the engine's own reason.
      alsoAccept: [400, 422],
      signal,
    });
    const read = readEngineAnswer(answer.body, answer.status, {
      name: target.name,
      maxSamples,
    });
    return { ...read, asked: answer.asked };
  };
  return {
    instant: ({ query, atMs, signal }) =>
      ask('query', { query, time: seconds(atMs) }, signal),
    range: async ({ query, startMs, endMs, stepMs, signal }) => {
      const stepCount = (endMs - startMs) / stepMs;
      if (!(stepMs > 0 && stepCount >= 0 && stepCount <= maxSteps))
        throw new CollectorError(
          'misconfigured',
          `${target.name}: a range of ${stepCount} steps cannot be asked for; at most ${maxSteps}, and forwards`,
        );
      return ask(
        'query_range',
        {
          query,
          start: seconds(startMs),
          end: seconds(endMs),
          step: seconds(stepMs),
        },
        signal,
      );
    },
  };
}

/** Seconds with milliseconds, as the API writes moments; never in the exponential form of small numbers. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
