import {
  isDone,
  nameOfOrder,
  OrderClient,
  OrderReply,
  outcomeOfFound,
  outcomeOfReply,
  outcomeOrFound,
  RollbackManager,
  RollbackOrder,
  RollbackOutcome,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { z } from 'zod';

/**
 * Names and meanings: Mender Server, Management API "Deployments" (OpenAPI of Mender Server 4, 2026): v1 `POST
 * /deployments/group/{name}`, `GET /deployments`, `PUT /deployments/{id}/status`; v2 `POST /deployments` by filter.
 */
const listSchema = z.array(
  z.object({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/),
    name: z.string(),
    artifact_name: z.string(),
    status: z.string(),
    groups: z.array(z.string()).nullish(),
    filter: z.object({ id: z.string().nullish() }).nullish(),
  }),
);
const activeStates = ['inprogress', 'pending', 'scheduled'] as const;
const pageSize = 100;
const deploymentsV1 = ['api', 'management', 'v1', 'deployments', 'deployments'];
const deploymentsV2 = ['api', 'management', 'v2', 'deployments', 'deployments'];

/** Devices that the entry is about. */
type Devices =
  | { kind: 'group'; group: string }
  | { kind: 'filter'; filterId: string };

/** Puts the artifact of an earlier version back by a deployment of its own. */
export function createMenderManager(client: OrderClient): RollbackManager {
  return {
    id: 'mender',
    title: 'Mender',
    route(config, path) {
      const prefix = readPrefix(config, path);
      const devices = readDevices(config, path);
      const place =
        devices.kind === 'group'
          ? `device group ${devices.group}`
          : `the devices of filter ${devices.filterId}`;
      return {
        address: `${client.baseUrl}/${pathFor(devices)
          .map(encodeURIComponent)
          .join('/')}`,
        what: `a deployment of artifact ${prefix} in the version to bring back, to ${place}; unfinished deployments of the version to take back are aborted there, which cannot be taken back`,
        send: (order, signal) => send(client, prefix, devices, order, signal),
        find: (order, signal) => find(client, order, signal),
      };
    },
  };
}

function pathFor(devices: Devices): string[] {
  return devices.kind === 'group'
    ? [...deploymentsV1, 'group', devices.group]
    : deploymentsV2;
}

function readPrefix(config: Config, path: string): string {
  const prefix = config.getString('artifactPrefix');
  if (/^\S{3,256}$/.test(prefix)) return prefix;
  throw new InputError(
    `${path}.artifactPrefix: what artifacts of the service begin with, 3 to 256 characters without spaces; what follows is the version`,
  );
}

function readDevices(config: Config, path: string): Devices {
  const group = config.getOptionalString('deviceGroup');
  const filterId = config.getOptionalString('filterId');
  if ((group === undefined) === (filterId === undefined))
    throw new InputError(
      `${path}: write deviceGroup, or filterId, and not both: only their devices are reached`,
    );
  // As Mender allows for names of groups.
  if (group !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(group))
    throw new InputError(
      `${path}.deviceGroup: letters, digits, - and _, at most 256`,
    );
  if (filterId !== undefined && !/^[A-Za-z0-9-]{1,64}$/.test(filterId))
    throw new InputError(
      `${path}.filterId: the id of a filter, as Mender shows it`,
    );
  return group !== undefined
    ? { kind: 'group', group }
    : { kind: 'filter', filterId: filterId! };
}

async function send(
  client: OrderClient,
  prefix: string,
  devices: Devices,
  order: RollbackOrder,
  signal: AbortSignal,
): Promise<RollbackOutcome> {
  const created = await client.tell({
    method: 'POST',
    path: pathFor(devices),
    json: {
      name: nameOfOrder(order),
      artifact_name: `${prefix}${order.toVersion}`,
      ...(devices.kind === 'filter' ? { filter_id: devices.filterId } : {}),
    },
    signal,
  });
  if (created.kind === 'answered' && created.status === 422)
    return { ...outcomeOfReply(created), code: 'VERSION_NOT_THERE' };
  if (created.kind === 'answered' && created.status === 409)
    return { ...outcomeOfReply(created), code: 'ALREADY_THERE' };
  if (!isDone(created))
    return outcomeOrFound(outcomeOfReply(created), until =>
      find(client, order, until),
    );
  const deploymentId = /\/([A-Za-z0-9-]{1,64})$/.exec(created.location ?? '');
  // Devices take deployments in the order in which they were made, so that the version comes back whatever becomes of this.
  const isStopped = await stop(
    client,
    `${prefix}${order.fromVersion}`,
    devices,
    signal,
  );
  return {
    state: 'accepted',
    status: created.status,
    code: isStopped ? null : 'STILL_ROLLING',
    reference: deploymentId ? `deployment/${deploymentId[1]}` : null,
  };
}

/** Whether no unfinished deployment of an artifact to the devices is left, as far as can be told. */
async function stop(
  client: OrderClient,
  artifactName: string,
  devices: Devices,
  signal: AbortSignal,
): Promise<boolean> {
  let isStopped = true;
  for (const status of activeStates) {
    const reply = await client.tell({
      method: 'GET',
      path: deploymentsV1,
      parameters: { status, sort: 'desc', page: 1, per_page: pageSize },
      signal,
    });
    const found = read(reply);
    if (!found || found.length === pageSize) isStopped = false;
    for (const deployment of found ?? []) {
      if (deployment.artifact_name !== artifactName) continue;
      const isTheirs =
        devices.kind === 'group'
          ? deployment.groups?.includes(devices.group)
          : deployment.filter?.id === devices.filterId;
      // To other devices, or to nobody knows which: not what was ordered.
      if (!isTheirs) {
        isStopped = false;
        continue;
      }
      const aborted = await client.tell({
        method: 'PUT',
        path: [...deploymentsV1, deployment.id, 'status'],
        json: { status: 'aborted' },
        signal,
      });
      if (!isDone(aborted)) isStopped = false;
    }
  }
  return isStopped;
}

async function find(
  client: OrderClient,
  order: RollbackOrder,
  signal: AbortSignal,
): Promise<RollbackOutcome | undefined> {
  const name = nameOfOrder(order);
  const reply = await client.tell({
    method: 'GET',
    path: deploymentsV1,
    parameters: { search: name, page: 1, per_page: pageSize },
    signal,
  });
  const deployment = read(reply)?.find(one => one.name === name);
  // That it is not there now does not tell that it will not be: the order may still be on its way.
  if (!deployment) return undefined;
  return outcomeOfFound(`deployment/${deployment.id}`);
}

function read(reply: OrderReply): z.infer<typeof listSchema> | undefined {
  if (!isDone(reply)) return undefined;
  const reading = listSchema.safeParse(reply.body);
  return reading.success ? reading.data : undefined;
}
