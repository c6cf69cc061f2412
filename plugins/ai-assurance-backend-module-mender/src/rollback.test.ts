import {
  createOrderClient,
  RollbackOrder,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  StandIn,
  StandInAnswer,
  StandInRequest,
  startStandIn,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { ConfigReader } from '@backstage/config';
import { exampleStore } from './__testUtils__/mender';
import { orderingSystem, OrderingStore } from './__testUtils__/ordering';
import { createMenderManager } from './rollback';

const order: RollbackOrder = {
  orderId: 'ord_01KAP4Z7G5WQ3V9V1V2M6N8R0T',
  subject: 'component:default/digit-reader-app',
  fromVersion: '2.0.0',
  toVersion: '1.0.0',
  orderedAtMs: 1_795_350_000_000,
};
const name = 'Roll back ord_01KAP4Z7G5WQ3V9V1V2M6N8R0T';
const running = '30b3e62c-9ec2-4312-a7fa-cff24cc7397c';
const made = 'deployment/f826484e-1157-4109-af21-304e6d711560';
const v1 = '/api/management/v1/deployments/deployments';
const phones = { artifactPrefix: 'digit-reader-', deviceGroup: 'phones' };

describe('rolling back through Mender', () => {
  let store: OrderingStore;
  let standIn: StandIn;
  let instead: (
    request: StandInRequest,
  ) => StandInAnswer | Promise<StandInAnswer> | undefined;

  beforeEach(async () => {
    store = {
      ...exampleStore(),
      artifacts: ['digit-reader-1.0.0', 'digit-reader-2.0.0'],
      groups: ['phones'],
    };
    store.deployments[0].groups = ['phones'];
    instead = () => undefined;
    standIn = await startStandIn(
      request => instead(request) ?? orderingSystem(store)(request),
    );
  });
  afterEach(() => standIn.close());

  const route = (config: object = phones, timeoutMs = 5_000) =>
    createMenderManager(
      createOrderClient({
        name: 'Mender',
        baseUrl: standIn.baseUrl,
        headers: { authorization: 'Bearer of-the-tests' },
        timeoutMs,
        maxBytes: 1_000_000,
      }),
    ).route(new ConfigReader(config as never), 'fleets[0]');
  const send = (
    change: Partial<RollbackOrder> = {},
    config?: object,
    timeoutMs?: number,
  ) =>
    route(config, timeoutMs).send(
      { ...order, ...change },
      new AbortController().signal,
    );
  const asked = () =>
    standIn.requests.map(
      r =>
        `${r.method} ${r.path}${
          r.query.has('status') ? `?${r.query.get('status')}` : ''
        }`,
    );
  const statusOf = (id: string) =>
    store.deployments.find(one => one.id === id)!.status;

  it('deploys the earlier artifact to the group, and then aborts what still brings the later one there', async () => {
    expect(await send()).toEqual({
      state: 'accepted',
      status: 201,
      code: null,
      reference: made,
    });
    expect(asked()).toEqual([
      `POST ${v1}/group/phones`,
      `GET ${v1}?inprogress`,
      `PUT ${v1}/${running}/status`,
      `GET ${v1}?pending`,
      `GET ${v1}?scheduled`,
    ]);
    expect(standIn.requests[0].headers.authorization).toBe(
      'Bearer of-the-tests',
    );
    expect(JSON.parse(standIn.requests[0].body)).toEqual({
      name,
      artifact_name: 'digit-reader-1.0.0',
    });
    expect(JSON.parse(standIn.requests[2].body)).toEqual({ status: 'aborted' });
    expect(route().address).toBe(`${standIn.baseUrl}${v1}/group/phones`);
  });

  it('deploys by a filter through v2, and aborts nothing that goes to other devices', async () => {
    const config = { artifactPrefix: 'digit-reader-', filterId: 'f2' };
    expect(await send({}, config)).toEqual({
      state: 'accepted',
      status: 201,
      code: 'STILL_ROLLING',
      reference: made,
    });
    expect(asked()[0]).toBe(`POST ${v1.replace('v1', 'v2')}`);
    expect(JSON.parse(standIn.requests[0].body)).toEqual({
      name,
      artifact_name: 'digit-reader-1.0.0',
      filter_id: 'f2',
    });
    expect(statusOf(running)).toBe('inprogress');
  });

  it.each<[string, () => void, number, string]>([
    [
      'an artifact that it does not have',
      () => {
        store.artifacts = [];
      },
      422,
      'VERSION_NOT_THERE',
    ],
    [
      'a group that it does not have',
      () => {
        store.groups = [];
      },
      400,
      'REFUSED',
    ],
    [
      'what was ordered already',
      () => {
        store.deployments.push({
          ...store.deployments[0],
          id: 'twin',
          name,
          artifact_name: 'digit-reader-1.0.0',
        });
      },
      409,
      'ALREADY_THERE',
    ],
    [
      'credentials that may not',
      () => {
        instead = () => ({ status: 403 });
      },
      403,
      'UNAUTHORIZED',
    ],
  ])('changes nothing for %s', async (_, alter, status, code) => {
    alter();
    expect(await send()).toEqual({
      state: 'refused',
      status,
      code,
      reference: null,
    });
    expect(asked()).toHaveLength(1);
    expect(statusOf(running)).toBe('inprogress');
  });

  it('says that the later one still goes out where it could not be aborted', async () => {
    instead = request =>
      request.method === 'PUT' ? { status: 500 } : undefined;
    expect(await send()).toMatchObject({
      state: 'accepted',
      code: 'STILL_ROLLING',
      reference: made,
    });
  });

  it('looks whether an order was taken that no answer came to', async () => {
    instead = async request =>
      request.method === 'POST'
        ? orderingSystem(store)(request) && { status: 504 }
        : orderingSystem(store)(request);
    expect(await send()).toEqual({
      state: 'accepted',
      status: null,
      code: 'FOUND',
      reference: made,
    });
  });

  it('does not know what became of an order that is nowhere to be found, and tells it once', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    instead = request =>
      request.method === 'POST'
        ? held.then(() => ({ status: 500 }))
        : undefined;
    const outcome = await send({}, phones, 300);
    release();
    expect(outcome).toEqual({
      state: 'unanswered',
      status: null,
      code: 'TIMEOUT',
      reference: null,
    });
    expect(asked().filter(one => one.startsWith('POST'))).toHaveLength(1);
    expect(statusOf(running)).toBe('inprogress');
  });

  it.each([
    [{ artifactPrefix: 'digit-reader-' }, 'write deviceGroup, or filterId'],
    [{ ...phones, filterId: 'f2' }, 'write deviceGroup, or filterId'],
    [{ ...phones, artifactPrefix: 'd' }, 'fleets[0].artifactPrefix'],
    [{ ...phones, deviceGroup: 'a/b' }, 'fleets[0].deviceGroup'],
  ])('refuses to start with %j', (config, message) => {
    expect(() => route(config)).toThrow(message);
  });
});
