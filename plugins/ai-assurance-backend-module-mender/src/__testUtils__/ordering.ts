import type {
  StandInAnswer,
  StandInRequest,
  StandInSystem,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { menderSystem, MenderStore } from './mender';

type Loose = Record<string, any>;

/** What a stand-in holds that also takes orders. */
export interface OrderingStore extends MenderStore {
  /** Names of artifacts that can be deployed. */
  artifacts: string[];
  groups: string[];
}

const made = 'f826484e-1157-4109-af21-304e6d711560';
const refusal = (status: number, error: string): StandInAnswer => ({
  status,
  json: { error, request_id: 'f7881e82-0492-49fb-b459-795654e7188a' },
});

/**
 * Serves what `menderSystem` serves, and what orders need (Deployments, Mender Server 4, 2026): v1 `POST
 * /deployments/group/{name}`, `PUT /deployments/{id}/status` and the filters `status` and `search` of the list; v2 `POST
 * /deployments`. A deployment is answered with its address and nothing else; 422: no such artifact; 409: one like it is active.
 */
export function orderingSystem(store: OrderingStore): StandInSystem {
  return request => {
    const base = /^\/api\/management\/(v1|v2)\/deployments\/deployments(.*)$/;
    const [, version, rest] = base.exec(request.path) ?? [];
    if (request.method === 'POST') return create(store, request, version, rest);
    if (request.method === 'PUT') return abort(store, request, rest);
    const status = request.query.get('status');
    const search = request.query.get('search');
    const shown = {
      ...store,
      deployments: store.deployments.filter(
        one =>
          (status === null || one.status === status) &&
          (search === null || one.name.includes(search)),
      ),
    };
    return menderSystem(shown)(request);
  };
}

function create(
  store: OrderingStore,
  request: StandInRequest,
  version: string,
  rest: string,
): StandInAnswer {
  const wanted = JSON.parse(request.body) as Loose;
  const group = /^\/group\/([^/]+)$/.exec(rest)?.[1];
  if (version === 'v1' && (!group || !store.groups.includes(group)))
    return refusal(400, 'The group does not exist');
  if (version === 'v2' && (rest !== '' || !wanted.filter_id))
    return refusal(400, 'filter_id: cannot be blank');
  if (!wanted.name) return refusal(400, 'name: cannot be blank');
  if (!store.artifacts.includes(wanted.artifact_name))
    return refusal(422, 'No artifact for the deployment');
  const isTwin = (one: Loose) =>
    one.status !== 'finished' &&
    one.name === wanted.name &&
    one.artifact_name === wanted.artifact_name;
  if (store.deployments.some(isTwin))
    return refusal(409, 'An active deployment with the same parameters exists');
  store.deployments.push({
    id: made,
    name: wanted.name,
    artifact_name: wanted.artifact_name,
    status: 'pending',
    created: '2026-11-22T13:00:00Z',
    device_count: 0,
    groups: group ? [group] : [],
    type: 'software',
  });
  return {
    status: 201,
    text: '',
    headers: {
      location: `/api/management/v1/deployments/deployments/${made}`,
    },
  };
}

function abort(
  store: OrderingStore,
  request: StandInRequest,
  rest: string,
): StandInAnswer {
  const id = /^\/([^/]+)\/status$/.exec(rest)?.[1];
  const deployment = store.deployments.find(one => one.id === id);
  if (!deployment) return refusal(404, 'Resource not found');
  if (JSON.parse(request.body).status !== 'aborted')
    return refusal(400, 'status: must be a valid value');
  if (deployment.status === 'finished')
    return refusal(422, 'Deployment already finished');
  deployment.status = 'finished';
  return { status: 204 };
}
