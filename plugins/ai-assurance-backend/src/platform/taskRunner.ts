import { LoggerService } from '@backstage/backend-plugin-api';
import { Clock } from './clock';
import { Db } from './database';
import { Ids } from './ids';
import { Task } from './task';

/** What a process that was killed had begun is taken over by then. */
export const LEASE_MS = 30_000;

const renewEveryMs = 8_000;

/** Whoever does a task asks this often whether it is due, or as often as it is. */
const mostSecondsBetween = 15;

/** Ticks come a little early or late; one that comes this early is not sent away for a whole period. */
const earlyMs = ({ everySeconds }: Task) => Math.min(500, everySeconds * 100);

export interface TaskRunner {
  /** How often {@link tick} is to be called on each replica, in seconds. */
  tickSeconds(task: Task): number;
  /**
   * Does the task if it is due and nobody else does it. A task that throws is due again after its period; it is logged. Never
   * rejects for that. Safe to repeat.
   */
  tick(task: Task): Promise<void>;
  /** Gives back what this process holds, for the end of it. */
  close(): Promise<void>;
}

/**
 * Lets tasks be done by one replica at a time. Whoever does one says so every few seconds: a long run keeps its lease, and what
 * a killed process held is free after {@link LEASE_MS}. Clocks of replicas must agree to within some seconds; where they do
 * not, a task may be done twice, which every task allows.
 */
export async function createTaskRunner(deps: {
  db: Db;
  clock: Clock;
  ids: Ids;
  logger: LoggerService;
}): Promise<TaskRunner> {
  const { db, clock, ids, logger } = deps;
  const holder = ids.next('run');
  const rows = () => db.knex('task_lease');
  // One process alone has this file open: what is held was held by one that is no more.
  if (db.dialect === 'sqlite')
    await rows().update({ holder: null, held_until_ms: 0 });

  const claim = async (task: Task): Promise<boolean> => {
    const nowMs = clock.nowMs();
    const mine = { holder, held_until_ms: nowMs + LEASE_MS };
    const claimed = await rows()
      .where('task_lease.task', task.id)
      .andWhere('task_lease.next_run_ms', '<=', nowMs + earlyMs(task))
      .andWhere('task_lease.held_until_ms', '<=', nowMs)
      .update(mine);
    if (claimed === 1) return true;
    const known = await rows()
      .where('task_lease.task', task.id)
      .first('task_lease.task');
    if (known) return false;
    // Seen for the first time. Of two that both see it so, one inserts.
    await rows()
      .insert({ task: task.id, ...mine, next_run_ms: nowMs })
      .onConflict('task')
      .ignore();
    const row = await rows()
      .where('task_lease.task', task.id)
      .first('task_lease.holder');
    return row?.holder === holder;
  };

  const renew = async (task: Task) => {
    try {
      const kept = await rows()
        .where({ task: task.id, holder })
        .update({ held_until_ms: clock.nowMs() + LEASE_MS });
      if (kept !== 1)
        logger.warn(
          `The task ${task.id} took so long to say that it goes on that another replica may have begun it`,
        );
    } catch (error) {
      logger.warn(
        `The task ${task.id} could not say that it goes on`,
        error as Error,
      );
    }
  };

  return {
    tickSeconds: task => Math.min(task.everySeconds, mostSecondsBetween),
    async tick(task) {
      const startMs = clock.nowMs();
      if (!(await claim(task))) return;
      const renewing = setInterval(() => void renew(task), renewEveryMs);
      renewing.unref();
      try {
        await task.run();
      } catch (error) {
        logger.error(`The task ${task.id} failed`, error as Error);
      } finally {
        clearInterval(renewing);
      }
      await rows()
        .where({ task: task.id, holder })
        .update({
          holder: null,
          held_until_ms: 0,
          next_run_ms: Math.max(
            startMs + task.everySeconds * 1000,
            clock.nowMs(),
          ),
        });
    },
    async close() {
      await rows().where({ holder }).update({ holder: null, held_until_ms: 0 });
    },
  };
}
