import { createTestDatabases } from '@ai-assurance/test-kit';
import { Knex } from 'knex';
import { createHmac } from 'node:crypto';
import { createAsOf } from '../platform';
import {
  callerOf,
  digestA,
  digestB,
  minuteMs,
  service,
  startMs,
} from '../tests/__testUtils__/house';
import { SloAnswers } from '../slo';
import { Deployer } from './__testUtils__/deployer';
import { body, openRollbacks, sloSaying } from './__testUtils__/openRollbacks';
import { webhookWay, WebhookSettings } from './webhookWay';
import { RollbackWay } from './types';

// A database of its own for each test takes its time on a busy machine.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const ken = callerOf('user:default/ken');
const secret = 'a-secret-of-the-tests';
const allowed = { allowed: true };

let deployer: Deployer;
beforeEach(async () => {
  deployer = await new Deployer().open();
});
afterEach(() => deployer.close());

async function openRoom(
  knex: Knex,
  change: {
    settings?: Partial<WebhookSettings>;
    ways?: RollbackWay[];
    slo?: SloAnswers;
  } = {},
) {
  const ways = change.ways ?? [
    webhookWay({
      urlTemplate: deployer.url,
      secret,
      timeoutMs: 2_000,
      subjects: ['*'],
      undo: 'Deploy it again.',
      ...change.settings,
    }),
  ];
  return openRollbacks(knex, ways, change);
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return `${(error as Error).name} ${(error as { code?: string }).code}`;
  }
  return 'accepted';
}

describe('ordering a rollback', () => {
  it.each(databases.eachSupportedId())(
    'tells the system that deploys once, signed, and records order, decision and answer, %p',
    async id => {
      const { house, rollback } = await openRoom(await databases.init(id));
      const order = await rollback.order(service, body, ken);
      expect(order).toEqual({
        orderId: order.orderId,
        state: 'done',
        fromVersion: '7',
        toVersion: '6',
        orderedBy: 'user:default/ken',
        reason: 'Latency burns since version 7',
        orderedAtMs: startMs,
        answeredAtMs: startMs,
        answer: 'Done (HTTP 200)',
      });
      expect(deployer.received).toHaveLength(1);
      const [{ url, headers, body: sent }] = deployer.received;
      expect(url).toBe('/rollbacks/digit-api');
      expect(JSON.parse(sent)).toEqual({
        orderId: order.orderId,
        action: 'rollback',
        subject: service,
        fromVersion: '7',
        fromDigest: digestB,
        toVersion: '6',
        toDigest: digestA,
        orderedBy: 'user:default/ken',
        orderedAt: '2025-11-22T13:00:00.000Z',
        reason: 'Latency burns since version 7',
      });
      expect(headers['idempotency-key']).toBe(order.orderId);
      const stamp = String(startMs / 1000);
      expect(headers['x-ai-assurance-timestamp']).toBe(stamp);
      expect(headers['x-ai-assurance-signature']).toBe(
        `sha256=${createHmac('sha256', secret)
          .update(`${stamp}.${sent}`)
          .digest('hex')}`,
      );
      expect(await house.recorded(service)).toEqual([
        'gate-decision',
        'action-order',
        'action-order',
      ]);
      expect(await house.queued()).toEqual([
        'rollback.ordered',
        'rollback.answered',
      ]);
      const payloadOf = async (evidenceId: string) =>
        (await house.ledgerAnswers.byId(evidenceId))!.item.data.payload;
      expect(await payloadOf('0')).toMatchObject({
        decision: 'roll-back',
        version: '7',
        attemptNumber: 1,
        isOverride: false,
        overrideReason: null,
        status: 'fail',
        verdicts: [
          {
            question: 'digit-api-latency',
            status: 'fail',
            reason: 'burning',
            evidenceId: '5',
          },
        ],
      });
      expect(await payloadOf('2')).toMatchObject({
        state: 'done',
        trafficRatio: 0.9,
        answerStatus: 200,
        target: deployer.url.replace('{name}', 'digit-api'),
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'says that it goes against the verdicts where they are good, %p',
    async id => {
      const { house, rollback } = await openRoom(await databases.init(id), {
        slo: sloSaying('pass'),
      });
      await rollback.order(service, body, ken);
      expect(
        (await house.ledgerAnswers.byId('0'))!.item.data.payload,
      ).toMatchObject({
        isOverride: true,
        overrideReason: 'Latency burns since version 7',
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'is safe to repeat: one request is one order, sent once, %p',
    async id => {
      const { house, rollback } = await openRoom(await databases.init(id));
      const first = await rollback.order(service, body, ken);
      expect(await rollback.order(service, body, ken)).toEqual(first);
      await rollback.tidy();
      expect(deployer.received).toHaveLength(1);
      expect(await house.recorded(service)).toHaveLength(3);
      expect(
        await codeOf(
          rollback.order(service, { ...body, reason: 'Another' }, ken),
        ),
      ).toBe('ConflictError REQUEST_ID_USED');
    },
  );

  it.each([
    [202, 'accepted', 'Taken, not done yet (HTTP 202)'],
    [409, 'refused', 'Refused (HTTP 409)'],
    [302, 'refused', 'Refused (HTTP 302)'],
    [
      500,
      'unanswered',
      'It failed there (HTTP 500): look whether it was carried out',
    ],
  ])('takes HTTP %i as %s', async (status, state, answer) => {
    const { rollback } = await openRoom(
      await databases.init('SQLITE_3' as never),
    );
    deployer.status = status;
    const order = await rollback.order(service, body, ken);
    expect([order.state, order.answer]).toEqual([state, answer]);
  });

  it('does not know whether it was carried out when no answer comes, and never sends it again', async () => {
    const { rollback } = await openRoom(
      await databases.init('SQLITE_3' as never),
      { settings: { timeoutMs: 100 } },
    );
    let release = () => {};
    deployer.hold = new Promise(resolve => {
      release = resolve;
    });
    const order = await rollback.order(service, body, ken);
    release();
    expect([order.state, order.answer]).toEqual([
      'unanswered',
      'Sent, and no answer came (TIMEOUT): look whether it was carried out',
    ]);
    await rollback.tidy();
    expect(deployer.received).toHaveLength(1);
  });

  it('knows that nothing was sent when nobody listens', async () => {
    const url = deployer.url;
    await deployer.close();
    deployer = await new Deployer().open();
    const { rollback } = await openRoom(
      await databases.init('SQLITE_3' as never),
      { settings: { urlTemplate: url } },
    );
    const order = await rollback.order(service, body, ken);
    expect([order.state, order.answer]).toEqual([
      'refused',
      'Not sent: the system could not be reached (ECONNREFUSED)',
    ]);
  });

  it.each(databases.eachSupportedId())(
    'is refused where it would do nothing, or something else than meant, %p',
    async id => {
      const { house, rollback } = await openRoom(await databases.init(id));
      const order = (change: object, caller = ken, subject = service) =>
        codeOf(rollback.order(subject, { ...body, ...change }, caller));
      expect([
        await order({}, { ...ken, isUser: false, ref: 'service:ci' }),
        await order({}, ken, 'component:default/nobody'),
        await order({ toVersion: '7' }),
        await order({ fromVersion: '6', toVersion: '7' }),
        await order({ toVersion: '4' }),
      ]).toEqual([
        'NotAllowedError NOT_A_PERSON',
        'NotFoundError UNKNOWN_SUBJECT',
        'InputError SAME_VERSION',
        'ConflictError NOT_LIVE',
        'InputError UNKNOWN_VERSION',
      ]);
      expect(await house.recorded(service)).toEqual([]);
      expect(deployer.received).toEqual([]);
    },
  );

  it.each(databases.eachSupportedId())(
    'is refused with its reason where nothing is configured for the service, %p',
    async id => {
      const none = await openRoom(await databases.init(id), { ways: [] });
      expect(await codeOf(none.rollback.order(service, body, ken))).toBe(
        'ConflictError NOT_CONFIGURED',
      );
      expect(
        (await none.rollback.plan(service, allowed, undefined)).may,
      ).toEqual({
        allowed: false,
        reason:
          'No system that rolls back is configured: aiAssurance.actions.rollback.',
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'is one order of two that come at once, whether with one request or with two, %p',
    async id => {
      const { house, rollback } = await openRoom(await databases.init(id));
      const twins = await Promise.all([
        rollback.order(service, body, ken),
        rollback.order(service, body, ken),
      ]);
      expect(new Set(twins.map(({ orderId }) => orderId)).size).toBe(1);
      expect(deployer.received).toHaveLength(1);
      let release = () => {};
      deployer.hold = new Promise(resolve => {
        release = resolve;
      });
      const codes = ['req_2', 'req_3'].map(requestId =>
        codeOf(rollback.order(service, { ...body, requestId }, ken)),
      );
      // The one that is refused answers first; the other waits for the system that deploys.
      expect(await Promise.race(codes)).toBe('ConflictError ORDER_OPEN');
      release();
      expect((await Promise.all(codes)).sort()).toEqual([
        'ConflictError ORDER_OPEN',
        'accepted',
      ]);
      expect(deployer.received).toHaveLength(2);
      expect(await house.knex('action_order')).toHaveLength(2);
    },
  );

  it.each(databases.eachSupportedId())(
    'waits for the answer of the order before, %p',
    async id => {
      const { house, rollback } = await openRoom(await databases.init(id));
      const { orderId } = await rollback.order(service, body, ken);
      await house
        .knex('action_order')
        .where({ order_id: orderId })
        .update({ state: 'sending' });
      expect(
        await codeOf(
          rollback.order(service, { ...body, requestId: 'req_2' }, ken),
        ),
      ).toBe('ConflictError ORDER_OPEN');
    },
  );

  it.each(databases.eachSupportedId())(
    'is sent later when who took it went away, and given up when who sent it did, %p',
    async id => {
      const { house, rollback, store } = await openRoom(
        await databases.init(id),
      );
      const { orderId } = await rollback.order(service, body, ken);
      const revert = (change: object) =>
        house.knex('action_order').where({ order_id: orderId }).update(change);
      await revert({ state: 'ordered', answered_at_ms: null });
      await rollback.tidy();
      expect(deployer.received).toHaveLength(1);
      deployer.status = 202;
      house.clock.advance(11_000);
      await rollback.tidy();
      expect(deployer.received).toHaveLength(2);
      expect((await store.byId(orderId)).state).toBe('accepted');
      await revert({ state: 'sending', answered_at_ms: null });
      await rollback.tidy();
      expect((await store.byId(orderId)).state).toBe('sending');
      house.clock.advance(2 * minuteMs);
      await rollback.tidy();
      const row = await store.byId(orderId);
      expect([row.state, row.answer_code]).toEqual([
        'unanswered',
        'INTERRUPTED',
      ]);
      expect(deployer.received).toHaveLength(2);
    },
  );

  it.each(databases.eachSupportedId())(
    'is sent by one of many that try at once, %p',
    async id => {
      const { rollback, store, house } = await openRoom(
        await databases.init(id),
      );
      const { orderId } = await rollback.order(service, body, ken);
      await house
        .knex('action_order')
        .where({ order_id: orderId })
        .update({ state: 'ordered' });
      const claims = await Promise.all(
        [1, 2, 3].map(() => store.claim(orderId, startMs)),
      );
      expect(claims.filter(Boolean)).toEqual([true]);
    },
  );
});

describe('what a rollback would do', () => {
  it.each(databases.eachSupportedId())(
    'names versions, traffic and where the order goes, %p',
    async id => {
      const { rollback } = await openRoom(await databases.init(id));
      const plan = await rollback.plan(service, allowed, undefined);
      expect(plan).toEqual({
        may: { allowed: true },
        target: new URL(deployer.url).host,
        through: null,
        what: null,
        undo: 'Deploy it again.',
        trafficWindowMs: 5 * minuteMs,
        fromVersion: '7',
        toVersion: '6',
        versions: [
          {
            version: '7',
            digest: digestB,
            requestCount: 900,
            lastSeenMs: startMs,
          },
          {
            version: '6',
            digest: digestA,
            requestCount: 0,
            lastSeenMs: startMs - 20 * minuteMs,
          },
        ],
        orders: [],
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'shows an order as it stood then, %p',
    async id => {
      const { house, rollback } = await openRoom(await databases.init(id));
      const { orderId } = await rollback.order(service, body, ken);
      await house
        .knex('action_order')
        .where({ order_id: orderId })
        .update({ answered_at_ms: startMs + minuteMs });
      const orders = async (atMs: number) =>
        (await rollback.plan(service, allowed, createAsOf(atMs))).orders.map(
          ({ state, answer }) => [state, answer],
        );
      expect(await orders(startMs - 1)).toEqual([]);
      expect(await orders(startMs)).toEqual([['ordered', null]]);
      expect(await orders(startMs + minuteMs)).toEqual([
        ['done', 'Done (HTTP 200)'],
      ]);
    },
  );
});
