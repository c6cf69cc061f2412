import type {
  StandInAnswer,
  StandInRequest,
  StandInSystem,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { hawkbitSystem, HawkbitStore } from './hawkbit';

type Loose = Record<string, any>;

/** What a stand-in holds that also takes orders. */
export interface OrderingStore extends HawkbitStore {
  distributionSets: Loose[];
}

/** Distribution sets as `MgmtDistributionSet` documents them (hawkBit 0.9, 2026). */
export function exampleSets(): Loose[] {
  return [4, 6].map(id => ({
    createdBy: 'jane.doe',
    createdAt: 1795000000000 + id,
    lastModifiedBy: 'jane.doe',
    lastModifiedAt: 1795000000000 + id,
    name: 'digit-reader',
    description: 'asked for by Jane',
    version: id === 4 ? '1.0.0' : '2.0.0',
    modules: [],
    requiredMigrationStep: false,
    type: 'os_app',
    typeName: 'OS with app(s)',
    complete: true,
    locked: true,
    deleted: false,
    valid: true,
    _links: {
      self: {
        href: `https://hawkbit.example.com/rest/v1/distributionsets/${id}`,
      },
    },
    id,
  }));
}

const error = (status: number, errorCode: string): StandInAnswer => ({
  status,
  json: {
    exceptionClass: 'org.eclipse.hawkbit.exception',
    errorCode: `hawkbit.server.error.${errorCode}`,
    message: 'not possible',
  },
});

/** As far as questions go here: `field=='value'`, several with a semicolon between them, all of which hold. */
function answering(q: string | null, fields: (one: Loose) => Loose) {
  const wanted = (q ?? '')
    .split(';')
    .filter(Boolean)
    .map(part => /^([a-z.]+)=='(.*)'$/.exec(part)!);
  return (one: Loose) =>
    wanted.every(([, field, value]) => fields(one)[field] === value);
}

/**
 * Serves what `hawkbitSystem` serves, and what orders need: `GET /distributionsets`, `POST /rollouts`, and `pause` and `resume`
 * of a rollout. A name can be taken by one rollout only, and only what runs can be paused.
 */
export function orderingSystem(store: OrderingStore): StandInSystem {
  const read = hawkbitSystem(store);
  return request => {
    const q = request.query.get('q');
    if (request.method === 'POST') return change(store, request);
    if (request.path === '/rest/v1/distributionsets') {
      const content = store.distributionSets.filter(answering(q, one => one));
      return { json: { content, total: content.length, size: content.length } };
    }
    if (request.path === '/rest/v1/rollouts' && !request.query.has('sort')) {
      const content = store.rollouts.filter(
        answering(q, one => {
          const set = store.distributionSets.find(
            ({ id }) => id === one.distributionSetId,
          );
          return {
            name: one.name,
            'distributionset.name': set?.name,
            'distributionset.version': set?.version,
          };
        }),
      );
      return { json: { content, total: content.length, size: content.length } };
    }
    return read(request);
  };
}

function change(store: OrderingStore, request: StandInRequest): StandInAnswer {
  const turn = /^\/rest\/v1\/rollouts\/(\d+)\/(pause|resume)$/.exec(
    request.path,
  );
  if (turn) {
    const rollout = store.rollouts.find(({ id }) => id === Number(turn[1]));
    if (!rollout) return error(404, 'repo.entitiyNotFound');
    const [from, to] =
      turn[2] === 'pause' ? ['running', 'paused'] : ['paused', 'running'];
    if (rollout.status !== from) return error(400, 'rollout.illegalstate');
    rollout.status = to;
    return { status: 204, text: '' };
  }
  if (request.path !== '/rest/v1/rollouts') return { status: 405 };
  const wanted = JSON.parse(request.body) as Loose;
  if (store.rollouts.some(({ name }) => name === wanted.name))
    return error(409, 'repo.entitiyAlreadyExists');
  const created = {
    createdBy: 'assurance',
    createdAt: wanted.startAt,
    lastModifiedBy: 'assurance',
    lastModifiedAt: wanted.startAt,
    name: wanted.name,
    description: wanted.description,
    id: 23,
    targetFilterQuery: wanted.targetFilterQuery,
    distributionSetId: wanted.distributionSetId,
    status: 'creating',
    totalTargets: 0,
    deleted: false,
    type: wanted.type,
    dynamic: false,
  };
  store.rollouts.push(created);
  return { status: 201, json: created };
}
