import type { StandInSystem } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import deployments from '../__fixtures__/deployments.json';
import statistics from '../__fixtures__/statistics.json';

type Loose = Record<string, any>;

/** What a stand-in for Mender holds; a test may change it between runs. */
export interface MenderStore {
  deployments: Loose[];
  statistics: Record<string, Loose>;
}

/** A fresh copy of the recorded answers. */
export function exampleStore(): MenderStore {
  return structuredClone({ deployments, statistics }) as MenderStore;
}

const notFound = {
  status: 404,
  json: { error: 'Resource not found', request_id: 'f7881e82' },
};

/**
 * Serves the lists of deployments of v1 and v2 with Mender's paging and its headers, and the statistics of one, as far as the
 * collector asks for them.
 */
export function menderSystem(store: MenderStore): StandInSystem {
  return request => {
    if (request.method !== 'GET') return { status: 405 };
    const [, version, id] =
      /^\/api\/management\/(v1|v2)\/deployments\/deployments(?:\/([^/]+)\/statistics)?$/.exec(
        request.path,
      ) ?? [];
    if (version === undefined) return notFound;
    if (id !== undefined) {
      const found = version === 'v1' ? store.statistics[id] : undefined;
      return found ? { json: found } : notFound;
    }
    const after = Number(request.query.get('created_after') ?? 0) * 1000;
    const page = Number(request.query.get('page') ?? 1);
    const size = Number(request.query.get('per_page') ?? 20);
    if (size > 500 || page < 1) return { status: 400 };
    const sorted = store.deployments
      .filter(one => Date.parse(one.created) >= after)
      .sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
    if (request.query.get('sort') === 'asc') sorted.reverse();
    const shown = sorted.slice((page - 1) * size, page * size);
    const next = page * size < sorted.length;
    return {
      json: shown,
      headers: {
        'content-type': 'application/json',
        'x-total-count': String(sorted.length),
        link: `<${request.path}?page=1&per_page=${size}>; rel="first"${
          next
            ? `, <${request.path}?page=${
                page + 1
              }&per_page=${size}>; rel="next"`
            : ''
        }`,
      },
    };
  };
}
