import type { StandInSystem } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import groups17 from '../__fixtures__/groups-17.json';
import groups9 from '../__fixtures__/groups-9.json';
import rollouts from '../__fixtures__/rollouts.json';

type Loose = Record<string, any>;

/** What a stand-in for hawkBit holds; a test may change it between runs. */
export interface HawkbitStore {
  rollouts: Loose[];
  groups: Record<string, Loose[]>;
}

/** A fresh copy of the recorded answers. */
export function exampleStore(): HawkbitStore {
  return structuredClone({
    rollouts: rollouts.content as Loose[],
    groups: {
      17: groups17.content as Loose[],
      9: groups9.content as Loose[],
    },
  });
}

/** Serves `GET /rest/v1/rollouts` and `/{id}/deploygroups` with hawkBit's paging, as far as the collector asks for it. */
export function hawkbitSystem(store: HawkbitStore): StandInSystem {
  return request => {
    const page = (items: Loose[]) => {
      const offset = Number(request.query.get('offset') ?? 0);
      const limit = Number(request.query.get('limit') ?? 50);
      const content = items
        .slice(offset, offset + limit)
        .map(item => shown(item, request.query.get('representation')));
      return { json: { content, total: items.length, size: content.length } };
    };
    if (request.method !== 'GET') return { status: 405 };
    if (request.path === '/rest/v1/rollouts') {
      if (request.query.get('sort') !== 'id:DESC') return { status: 400 };
      return page([...store.rollouts].sort((a, b) => b.id - a.id));
    }
    const [, id] =
      /^\/rest\/v1\/rollouts\/(\d+)\/deploygroups$/.exec(request.path) ?? [];
    const groups = id === undefined ? undefined : store.groups[id];
    if (!groups)
      return {
        status: 404,
        json: { errorCode: 'hawkbit.server.error.repo.entitiyNotFound' },
      };
    return page([...groups].sort((a, b) => a.id - b.id));
  };
}

/** hawkBit leaves the counts and the distribution set's name out of its compact representation, which is the default. */
function shown(item: Loose, representation: string | null): Loose {
  if (representation === 'full') return item;
  const { totalTargetsPerStatus, totalGroups, _links, ...compact } = item;
  return compact;
}
