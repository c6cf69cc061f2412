import { createTestDatabases } from '@ai-assurance/test-kit';
import { startChild } from './__testUtils__/children';
import { openTestLedger, testKey } from './__testUtils__/openTestLedger';

// Two processes take seconds to start.
jest.setTimeout(120_000);

describe('two backends on one PostgreSQL', () => {
  const databases = createTestDatabases();

  it.each(databases.eachSupportedId().filter(([id]) => id !== 'SQLITE_3'))(
    'both record under load: one sequence without gap, duplicate or deadlock, %p',
    async id => {
      const knex = await databases.init(id);
      const { room } = await openTestLedger(knex);
      const connection = knex.client.config.connection as
        | string
        | Record<string, string>;
      const postgresUrl =
        typeof connection === 'string'
          ? connection
          : `postgresql://${connection.user}:${connection.password}@${connection.host}:${connection.port}/${connection.database}`;
      const children = await Promise.all([startChild(), startChild()]);
      const batches = 200;
      const batchSize = 20;
      const follow = (child: number, name: string) =>
        children[child].follow({
          postgresUrl,
          signingKey: testKey,
          name,
          batches,
          batchSize,
          atOnce: 10,
          sources: 3,
          uncounted: 1,
        });
      const [left, right] = await Promise.all([
        follow(0, 'left'),
        follow(1, 'right'),
      ]);
      for (const answered of [left, right]) {
        expect([answered.code, answered.signal]).toEqual([0, null]);
        expect([...answered.outcomes]).toEqual(['accepted']);
        expect(answered.batches.size).toBe(batches);
      }
      const positions = [left, right]
        .flatMap(answered => [...answered.batches.values()].flat())
        .map(Number)
        .sort((a, b) => a - b);
      expect(positions).toEqual(
        Array.from({ length: 2 * batches * batchSize }, (_, i) => i),
      );
      // They took turns, else nothing was shown.
      const firstOfRight = Math.min(
        ...[...right.batches.values()].flat().map(Number),
      );
      const lastOfLeft = Math.max(
        ...[...left.batches.values()].flat().map(Number),
      );
      expect(firstOfRight).toBeLessThan(lastOfLeft);
      expect(await room.fsck()).toMatchObject({
        ok: true,
        itemCount: 2 * batches * batchSize,
      });

      // The same items again, from both at once: all are known, nothing changes.
      const again = await Promise.all([startChild(), startChild()]);
      const repeated = await Promise.all(
        again.map(child =>
          child.follow({
            postgresUrl,
            signingKey: testKey,
            name: 'left',
            batches: 20,
            batchSize,
            atOnce: 10,
            sources: 3,
            uncounted: 1,
          }),
        ),
      );
      for (const answered of repeated) {
        expect(answered.code).toBe(0);
        expect([...answered.outcomes]).toEqual(['already-known']);
      }
      expect(await room.fsck()).toMatchObject({
        ok: true,
        itemCount: 2 * batches * batchSize,
      });
    },
  );
});
