import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases, fixedClock } from '@ai-assurance/test-kit';
import { openDatabase } from './database';
import { createOutbox, OutboxMessage } from './outbox';

const databases = createTestDatabases();

describe('the outbox', () => {
  const open = async (id: any) => {
    const knex = await databases.init(id);
    const db = await openDatabase(
      mockServices.database({ knex, migrations: { skip: false } }),
    );
    return { db, outbox: createOutbox(db, fixedClock()) };
  };

  it.each(databases.eachSupportedId())(
    'delivers in the order of queueing and forgets what was taken, %p',
    async id => {
      const { db, outbox } = await open(id);
      await db.transaction(async tx => {
        await outbox.queue(tx, {
          topic: 'a',
          subjects: ['component:default/x'],
        });
        await outbox.queue(tx, { topic: 'b', subjects: [] });
      });
      const taken: OutboxMessage[] = [];
      const deliver = async (messages: OutboxMessage[]) => {
        taken.push(...messages);
      };
      expect(await outbox.relay(deliver)).toBe(2);
      expect(await outbox.relay(deliver)).toBe(0);
      expect(taken).toEqual([
        { topic: 'a', subjects: ['component:default/x'] },
        { topic: 'b', subjects: [] },
      ]);
    },
  );

  it.each(databases.eachSupportedId())(
    'keeps messages whose delivery fails, %p',
    async id => {
      const { db, outbox } = await open(id);
      await db.transaction(tx =>
        outbox.queue(tx, { topic: 'a', subjects: [] }),
      );
      await expect(
        outbox.relay(async () => {
          throw new Error('nobody listens');
        }),
      ).rejects.toThrow('nobody listens');
      expect(await outbox.relay(async () => {})).toBe(1);
    },
  );

  it.each(databases.eachSupportedId())(
    'says nothing of a transaction that was rolled back, %p',
    async id => {
      const { db, outbox } = await open(id);
      await expect(
        db.transaction(async tx => {
          await outbox.queue(tx, { topic: 'a', subjects: [] });
          throw new Error('changed my mind');
        }),
      ).rejects.toThrow('changed my mind');
      expect(await outbox.relay(async () => {})).toBe(0);
    },
  );
});
