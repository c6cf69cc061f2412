import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  callerOf,
  minuteMs,
  service,
  startMs,
} from '../tests/__testUtils__/house';
import { body, openRollbacks } from './__testUtils__/openRollbacks';
import { fleetWay } from './fleetWay';

// A database of its own for each test takes its time on a busy machine.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const ken = callerOf('user:default/ken');

describe('an order to a fleet', () => {
  it.each(databases.eachSupportedId())(
    'goes through the manager of a fleet, names what it became there, and is looked for before it is given up, %p',
    async id => {
      const told: unknown[] = [];
      const accepted = {
        state: 'accepted' as const,
        status: 201,
        code: null,
        reference: 'rollout/23',
      };
      const way = fleetWay(
        {
          address: 'https://hawkbit.example/rest/v1/rollouts',
          what: 'a rollout to every device of it',
          send: async given => {
            told.push(given);
            return accepted;
          },
          find: async () => undefined,
        },
        { subject: service, title: 'hawkBit', timeoutMs: 1_000, undo: 'No.' },
      );
      const { house, rollback, store } = await openRollbacks(
        await databases.init(id),
        [way],
      );
      expect(
        await rollback.plan(service, { allowed: true }, undefined),
      ).toMatchObject({
        target: 'hawkbit.example',
        through: 'hawkBit',
        what: 'a rollout to every device of it',
        undo: 'No.',
      });
      const order = await rollback.order(service, body, ken);
      expect([order.state, order.answer]).toEqual([
        'accepted',
        'Taken as rollout 23, not done yet (HTTP 201)',
      ]);
      expect(told).toEqual([
        {
          orderId: order.orderId,
          subject: service,
          fromVersion: '7',
          toVersion: '6',
          orderedAtMs: startMs,
        },
      ]);
      expect(
        (await house.ledgerAnswers.byId('2'))!.item.data.payload,
      ).toMatchObject({
        state: 'accepted',
        target: 'https://hawkbit.example/rest/v1/rollouts',
        answerReference: 'rollout/23',
      });
      const interrupted = async () => {
        await house
          .knex('action_order')
          .where({ order_id: order.orderId })
          .update({ state: 'sending', answered_at_ms: null });
        house.clock.advance(2 * minuteMs);
        await rollback.tidy();
        const row = await store.byId(order.orderId);
        return [row.state, row.answer_code, row.answer_reference];
      };
      expect(await interrupted()).toEqual(['unanswered', 'INTERRUPTED', null]);
      expect(told).toHaveLength(1);
    },
  );

  it.each(databases.eachSupportedId())(
    'is found again where its answer was lost, %p',
    async id => {
      const way = fleetWay(
        {
          address: 'https://hawkbit.example/rest/v1/rollouts',
          what: 'a rollout',
          send: async () => ({
            state: 'unanswered',
            status: null,
            code: 'TIMEOUT',
            reference: null,
          }),
          find: async () => ({
            state: 'accepted',
            status: null,
            code: 'FOUND',
            reference: 'rollout/23',
          }),
        },
        { subject: service, title: 'hawkBit', timeoutMs: 1_000, undo: 'No.' },
      );
      const { house, rollback, store } = await openRollbacks(
        await databases.init(id),
        [way],
      );
      const { orderId } = await rollback.order(service, body, ken);
      await house
        .knex('action_order')
        .where({ order_id: orderId })
        .update({ state: 'sending', answered_at_ms: null });
      house.clock.advance(2 * minuteMs);
      await rollback.tidy();
      const row = await store.byId(orderId);
      expect([row.state, row.answer_code, row.answer_reference]).toEqual([
        'accepted',
        'FOUND',
        'rollout/23',
      ]);
    },
  );
});
