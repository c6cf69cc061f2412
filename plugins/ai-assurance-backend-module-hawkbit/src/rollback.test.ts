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
import { exampleStore } from './__testUtils__/hawkbit';
import {
  exampleSets,
  orderingSystem,
  OrderingStore,
} from './__testUtils__/ordering';
import { createHawkbitManager } from './rollback';

const order: RollbackOrder = {
  orderId: 'ord_01KAP4Z7G5WQ3V9V1V2M6N8R0T',
  subject: 'component:default/digit-reader-app',
  fromVersion: '2.0.0',
  toVersion: '1.0.0',
  orderedAtMs: 1_795_350_000_000,
};

describe('rolling back through hawkBit', () => {
  let store: OrderingStore;
  let standIn: StandIn;
  let instead: (
    request: StandInRequest,
  ) => StandInAnswer | Promise<StandInAnswer> | undefined;

  beforeEach(async () => {
    store = { ...exampleStore(), distributionSets: exampleSets() };
    instead = () => undefined;
    standIn = await startStandIn(
      request => instead(request) ?? orderingSystem(store)(request),
    );
  });
  afterEach(() => standIn.close());

  const route = (timeoutMs = 5_000) =>
    createHawkbitManager(
      createOrderClient({
        name: 'hawkBit',
        baseUrl: standIn.baseUrl,
        headers: { authorization: 'Bearer of-the-tests' },
        timeoutMs,
        maxBytes: 1_000_000,
      }),
    ).route(new ConfigReader({ distributionSet: 'digit-reader' }), 'fleets[0]');
  const send = (change: Partial<RollbackOrder> = {}, timeoutMs?: number) =>
    route(timeoutMs).send(
      { ...order, ...change },
      new AbortController().signal,
    );
  const asked = () =>
    standIn.requests.map(
      r =>
        `${r.method} ${r.path}${
          r.query.has('q') ? `?${r.query.get('q')}` : ''
        }`,
    );
  const statusOf = (id: number) =>
    store.rollouts.find(one => one.id === id)!.status;

  it('pauses what rolls the version out, and makes one rollout of the earlier one for the devices that have it', async () => {
    expect(await send()).toEqual({
      state: 'accepted',
      status: 201,
      code: null,
      reference: 'rollout/23',
    });
    expect(asked()).toEqual([
      "GET /rest/v1/distributionsets?name=='digit-reader';version=='1.0.0'",
      "GET /rest/v1/rollouts?distributionset.name=='digit-reader';distributionset.version=='2.0.0'",
      'POST /rest/v1/rollouts/17/pause',
      'POST /rest/v1/rollouts',
    ]);
    expect(statusOf(17)).toBe('paused');
    const { body, headers } = standIn.requests[3];
    expect(headers.authorization).toBe('Bearer of-the-tests');
    expect(JSON.parse(body)).toEqual({
      name: 'Roll back ord_01KAP4Z7G5WQ3V9V1V2M6N8R0T',
      description:
        'Ordered in AI Assurance for component:default/digit-reader-app: 1.0.0 instead of 2.0.0',
      distributionSetId: 4,
      targetFilterQuery:
        "assignedds.name=='digit-reader' and assignedds.version=='2.0.0'",
      amountGroups: 1,
      type: 'forced',
      startAt: 1_795_350_000_000,
    });
    expect(route().address).toBe(`${standIn.baseUrl}/rest/v1/rollouts`);
  });

  it.each<[string, (s: OrderingStore) => void, string]>([
    [
      'that it does not have',
      s => {
        s.distributionSets = exampleSets().filter(one => one.id !== 4);
      },
      'VERSION_NOT_THERE',
    ],
    [
      'that is incomplete',
      s => {
        s.distributionSets[0].complete = false;
      },
      'VERSION_UNUSABLE',
    ],
    [
      'that was invalidated',
      s => {
        s.distributionSets[0].valid = false;
      },
      'VERSION_UNUSABLE',
    ],
  ])('orders nothing for a version %s', async (_, alter, code) => {
    alter(store);
    expect(await send()).toEqual({
      state: 'refused',
      status: null,
      code,
      reference: null,
    });
    expect(standIn.requests.filter(r => r.method === 'POST')).toEqual([]);
    expect(statusOf(17)).toBe('running');
  });

  it('asks nothing with a name that could change the meaning of the question', async () => {
    expect((await send({ toVersion: "1' or name=='*" })).code).toBe(
      'VERSION_UNNAMEABLE',
    );
    expect(standIn.requests).toEqual([]);
  });

  it.each([
    [401, 'UNAUTHORIZED'],
    [503, 'NOT_ASKED'],
  ])('orders nothing when it is answered %i first', async (status, code) => {
    instead = () => ({ status });
    expect(await send()).toEqual({
      state: 'refused',
      status,
      code,
      reference: null,
    });
    expect(standIn.requests).toHaveLength(1);
  });

  const whenCreating =
    (answer: () => StandInAnswer | Promise<StandInAnswer>) =>
    (request: StandInRequest) =>
      request.method === 'POST' && request.path === '/rest/v1/rollouts'
        ? answer()
        : undefined;

  it.each([
    [400, 'REFUSED'],
    [403, 'UNAUTHORIZED'],
  ])(
    'leaves everything as it was when the rollout is refused with %i',
    async (status, code) => {
      instead = whenCreating(() => ({ status }));
      expect(await send()).toEqual({
        state: 'refused',
        status,
        code,
        reference: null,
      });
      expect(statusOf(17)).toBe('running');
    },
  );

  it('says that something may stand still when it could not be resumed', async () => {
    instead = request =>
      request.path.endsWith('/resume')
        ? { status: 500 }
        : whenCreating(() => ({ status: 400 }))(request);
    expect(await send()).toMatchObject({
      state: 'refused',
      status: 400,
      code: 'LEFT_PAUSED',
    });
  });

  it('says that the version still rolls where it could not be paused', async () => {
    store.rollouts[0].status = 'starting';
    expect(await send()).toEqual({
      state: 'accepted',
      status: 201,
      code: 'STILL_ROLLING',
      reference: 'rollout/23',
    });
  });

  it('looks whether an order was taken that no answer came to', async () => {
    instead = whenCreating(async () => {
      await orderingSystem(store)(standIn.requests[3]);
      return { status: 502 };
    });
    expect(await send()).toEqual({
      state: 'accepted',
      status: null,
      code: 'FOUND',
      reference: 'rollout/23',
    });
  });

  it('does not know what became of an order that is nowhere to be found, and tells it once', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    instead = whenCreating(async () => {
      await held;
      return { status: 500 };
    });
    const outcome = await send({}, 300);
    release();
    expect(outcome).toEqual({
      state: 'unanswered',
      status: null,
      code: 'TIMEOUT',
      reference: null,
    });
    expect(asked().filter(one => one === 'POST /rest/v1/rollouts')).toEqual([
      'POST /rest/v1/rollouts',
    ]);
    expect(statusOf(17)).toBe('paused');
  });

  it('knows that nothing was told when nobody listens', async () => {
    const own = route();
    await standIn.close();
    expect(await own.send(order, new AbortController().signal)).toEqual({
      state: 'refused',
      status: null,
      code: 'ECONNREFUSED',
      reference: null,
    });
    standIn = await startStandIn(() => ({}));
  });

  it('refuses a name of a set that could not be asked for', () => {
    expect(() =>
      createHawkbitManager(
        createOrderClient({
          name: 'hawkBit',
          baseUrl: standIn.baseUrl,
          headers: {},
          timeoutMs: 1,
          maxBytes: 1,
        }),
      ).route(new ConfigReader({ distributionSet: 'a;b' }), 'fleets[0]'),
    ).toThrow('fleets[0].distributionSet: letters');
  });
});
