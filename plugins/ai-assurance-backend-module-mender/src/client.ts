import {
  JsonClient,
  readAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  deploymentsSchema,
  MenderDeployment,
  MenderStatistics,
  statisticsSchema,
} from './core/answers';

/** Mender answers at most 500 at once. */
const pageSize = 100;

/** The questions that the collector has for Mender's Management API. It only ever reads. */
export interface MenderClient {
  /** Deployments made since a moment, newest first, and whether there are more than `limit`. */
  deployments(options: {
    createdAfterMs: number;
    limit: number;
    signal: AbortSignal;
  }): Promise<{ items: MenderDeployment[]; hasMore: boolean }>;
  /** How many devices of a deployment are in which state. */
  statistics(options: {
    deploymentId: string;
    signal: AbortSignal;
  }): Promise<{ statistics: MenderStatistics; asked: string }>;
}

/**
 * A client over HTTP. Every failure is a CollectorError. `listVersion` is the version of the API that lists deployments: v1
 * is in every Mender and deprecated, v2 is its successor. Statistics are in v1 alone.
 */
export function createMenderClient(
  http: JsonClient,
  listVersion: 'v1' | 'v2',
): MenderClient {
  const pathOf = (version: string) => [
    'api',
    'management',
    version,
    'deployments',
    'deployments',
  ];
  return {
    async deployments({ createdAfterMs, limit, signal }) {
      const items: MenderDeployment[] = [];
      const seen = new Set<string>();
      for (let page = 1; ; page += 1) {
        const answer = await http.ask({
          path: pathOf(listVersion),
          parameters: {
            sort: 'desc',
            created_after: Math.floor(createdAfterMs / 1000),
            page,
            per_page: pageSize,
          },
          signal,
        });
        const found = readAnswer(answer, deploymentsSchema, 'Mender');
        // A deployment made meanwhile pushes one to the next page, where it comes again.
        for (const deployment of found) {
          if (seen.has(deployment.id)) continue;
          seen.add(deployment.id);
          items.push(deployment);
        }
        if (items.length > limit)
          return { items: items.slice(0, limit), hasMore: true };
        if (found.length < pageSize) return { items, hasMore: false };
        if (page * pageSize > limit + pageSize) return { items, hasMore: true };
      }
    },

    async statistics({ deploymentId, signal }) {
      const answer = await http.ask({
        path: [...pathOf('v1'), deploymentId, 'statistics'],
        signal,
      });
      return {
        statistics: readAnswer(answer, statisticsSchema, 'Mender'),
        asked: answer.asked,
      };
    },
  };
}
