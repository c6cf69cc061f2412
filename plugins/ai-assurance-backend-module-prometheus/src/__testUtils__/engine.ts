import { JsonValue } from '@backstage/types';
import {
  StandInAnswer,
  StandInSystem,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';

export type Labels = Record<string, string>;

/** Series of an expression: by labels, the value at a moment; `undefined` where there is no sample. */
export type Series = {
  labels: Labels;
  at: (atMs: number) => string | undefined;
}[];

/**
 * Answers as the query API of Prometheus is documented ("HTTP API", expression queries): `POST /api/v1/query` with `query`
 * and `time`, `POST /api/v1/query_range` with `query`, `start`, `end` and `step`, all times in seconds. It knows the given
 * expressions instead of PromQL.
 */
export function standInEngine(
  seriesOf: (query: string) => Series,
): StandInSystem {
  return ({ method, path, headers, body }): StandInAnswer => {
    if (!headers.authorization) return { status: 401 };
    if (method !== 'POST') return { status: 405 };
    const form = new URLSearchParams(body);
    const ms = (name: string) => Math.round(Number(form.get(name)) * 1000);
    const series = seriesOf(form.get('query') ?? '');
    const success = (resultType: string, result: JsonValue[]) => ({
      json: { status: 'success', data: { resultType, result } },
    });
    if (path === '/api/v1/query') {
      const atMs = ms('time');
      return success(
        'vector',
        series.flatMap(({ labels, at }) => {
          const value = at(atMs);
          return value === undefined
            ? []
            : [{ metric: labels, value: [atMs / 1000, value] }];
        }),
      );
    }
    if (path !== '/api/v1/query_range') return { status: 404 };
    return success(
      'matrix',
      series.flatMap(({ labels, at }) => {
        const values: JsonValue[] = [];
        for (let t = ms('start'); t <= ms('end'); t += ms('step')) {
          const value = at(t);
          if (value !== undefined) values.push([t / 1000, value]);
        }
        return values.length === 0 ? [] : [{ metric: labels, values }];
      }),
    );
  };
}

/** Expressions with one value each, whenever they are asked. */
export const constant = (values: Record<string, string>) => (query: string) =>
  Object.hasOwn(values, query) ? [{ labels: {}, at: () => values[query] }] : [];
