import {
  countingIds,
  createTestDatabases,
  fixedClock,
} from '@ai-assurance/test-kit';
import { mockServices } from '@backstage/backend-test-utils';
import { openDatabase } from './database';
import { Task } from './task';
import { createTaskRunner, LEASE_MS } from './taskRunner';

// Migrations of a fresh database take long on a busy machine.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const each = databases.eachSupportedId();
const startMs = Date.parse('2026-11-22T13:00:00.000Z');

async function open(id: (typeof each)[number][0]) {
  const knex = await databases.init(id);
  const db = await openDatabase(
    mockServices.database({ knex, migrations: { skip: false } }),
  );
  const clock = fixedClock(startMs);
  const logger = mockServices.logger.mock();
  const ids = countingIds();
  const replica = () => createTaskRunner({ db, clock, ids, logger });
  return { db, clock, logger, replica };
}

/** A task that counts, and that ends when it is told to. */
function heldTask(everySeconds = 60) {
  let begun = 0;
  const ends: (() => void)[] = [];
  const task: Task = {
    id: 'count',
    everySeconds,
    run: () => {
      begun += 1;
      return new Promise(resolve => {
        ends.push(resolve);
      });
    },
  };
  return {
    task,
    begun: () => begun,
    end: () => ends.splice(0).forEach(e => e()),
  };
}

/** Lets what is under way come as far as the task. */
async function until(reached: () => boolean) {
  while (!reached())
    await new Promise<void>(resolve => {
      setImmediate(resolve);
    });
}

describe('a task', () => {
  it.each(each)(
    'is done once each period, by one of several replicas, %p',
    async id => {
      const { clock, replica } = await open(id);
      const replicas = [await replica(), await replica(), await replica()];
      const { task, begun, end } = heldTask();
      const tickAll = () => Promise.all(replicas.map(one => one.tick(task)));
      const first = tickAll();
      await until(() => begun() === 1);
      end();
      await first;
      expect(begun()).toBe(1);
      clock.advance(59_400);
      await tickAll();
      expect(begun()).toBe(1);
      // A tick that comes a little early counts.
      clock.advance(200);
      const second = tickAll();
      await until(() => begun() === 2);
      end();
      await second;
      expect(begun()).toBe(2);
    },
  );

  it.each(each)(
    'that a killed process had begun is done by another within half a minute, %p',
    async id => {
      const { clock, replica } = await open(id);
      const killed = await replica();
      const { task, begun } = heldTask(3600);
      // It never comes back, and nothing is renewed: the timer of it stands still with the clock of this test.
      void killed.tick(task);
      await until(() => begun() === 1);
      const other = await replica();
      clock.advance(LEASE_MS);
      void other.tick(task);
      await until(() => begun() === 2);
      expect(LEASE_MS).toBeLessThanOrEqual(30_000);
    },
  );

  it('that another process does is left to it, however long it has been at it', async () => {
    const { db, clock, replica } = await open(each[0][0]);
    const [one, other] = [await replica(), await replica()];
    const { task, begun, end } = heldTask(5);
    const done = one.tick(task);
    await until(() => begun() === 1);
    // As its timer does, for ten minutes.
    for (let i = 0; i < 60; i += 1) {
      clock.advance(10_000);
      await db
        .knex('task_lease')
        .update({ held_until_ms: clock.nowMs() + LEASE_MS });
      await other.tick(task);
    }
    expect(begun()).toBe(1);
    end();
    await done;
  });

  it.each(each)(
    'that fails is logged, and due again after its period, %p',
    async id => {
      const { clock, logger, replica } = await open(id);
      const runner = await replica();
      let runs = 0;
      const task: Task = {
        id: 'fail',
        everySeconds: 5,
        run: async () => {
          runs += 1;
          throw new Error('no luck');
        },
      };
      await runner.tick(task);
      await runner.tick(task);
      clock.advance(5_000);
      await runner.tick(task);
      expect(runs).toBe(2);
      expect(logger.error.mock.calls.map(([message]) => message)).toEqual([
        'The task fail failed',
        'The task fail failed',
      ]);
    },
  );

  it.each(each)(
    'that a process held when it stopped is free at once, %p',
    async id => {
      const { clock, replica } = await open(id);
      const stopped = await replica();
      const { task, begun } = heldTask(3600);
      void stopped.tick(task);
      await until(() => begun() === 1);
      await stopped.close();
      clock.advance(1);
      const other = await replica();
      void other.tick(task);
      await until(() => begun() === 2);
      expect(begun()).toBe(2);
    },
  );

  it('is asked for often enough that a rare one does not wait after a restart', async () => {
    const { replica } = await open('SQLITE_3');
    const runner = await replica();
    const every = (everySeconds: number) =>
      runner.tickSeconds({ id: 'a', everySeconds, run: async () => {} });
    expect([every(2), every(60), every(86_400)]).toEqual([2, 15, 15]);
  });
});
