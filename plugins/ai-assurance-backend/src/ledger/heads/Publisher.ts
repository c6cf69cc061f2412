import { Hasher, toHex } from '@ai-assurance/evidence';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Clock, Db } from '../../platform';
import { TreeReader } from '../TreeReader';
import { LedgerHead } from '../types';
import { Alarm } from './Alarm';
import { waitMs } from './core/backoff';
import { PublicationStore, TargetState } from './PublicationStore';
import {
  alarmCodes,
  HeadToPublish,
  PublicationError,
  PublicationTarget,
} from './targets';

export interface PublisherDeps {
  db: Db;
  clock: Clock;
  hash: Hasher;
  logger: LoggerService;
  alarm: Alarm;
  store: PublicationStore;
  targets: PublicationTarget[];
  head(): Promise<LedgerHead | undefined>;
}

/** Publishes the newest head wherever it is due. No target waits for another's failure. */
export class Publisher {
  readonly #deps: PublisherDeps;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** Safe to repeat: a head that a target holds already is not sent again. */
  async run(): Promise<void> {
    const { head, targets } = this.#deps;
    const newest = await head();
    if (!newest) return;
    for (const target of targets) await this.#publish(target, newest);
  }

  async #publish(target: PublicationTarget, head: LedgerHead): Promise<void> {
    const { clock, db, store, logger } = this.#deps;
    const nowMs = clock.nowMs();
    const state = await store.stateOf(target.name);
    if (!isDue(state, target, head.size, nowMs)) return;
    try {
      const { answer, heldSize } = await target.publish(
        this.#toPublish(head),
        state.heldSize,
      );
      await db.transaction(async tx => {
        await store.keep(tx, { target, size: head.size, answer, atMs: nowMs });
        await store.saveState(tx, target.name, {
          heldSize,
          lastSize: head.size,
          lastAtMs: nowMs,
          failingSinceMs: undefined,
          failureCount: 0,
          code: undefined,
          message: undefined,
          nextAttemptMs: undefined,
        });
      });
      if (state.failingSinceMs !== undefined)
        logger.info(
          `Heads of the ledger are published to ${target.name} again.`,
        );
    } catch (error) {
      if (!(error instanceof PublicationError)) throw error;
      await this.#failed(target, state, error, nowMs);
    }
  }

  async #failed(
    target: PublicationTarget,
    state: TargetState,
    { code, message }: PublicationError,
    nowMs: number,
  ): Promise<void> {
    const { db, store, alarm, logger } = this.#deps;
    const isNews = state.code !== code;
    const isAlarm = alarmCodes.includes(code);
    const failureCount = state.failureCount + 1;
    await db.transaction(async tx => {
      await store.saveState(tx, target.name, {
        ...state,
        failingSinceMs: state.failingSinceMs ?? nowMs,
        failureCount,
        code,
        message,
        nextAttemptMs: nowMs + waitMs(failureCount),
      });
      if (isNews && isAlarm) await alarm.queue(tx);
    });
    if (!isNews) return;
    if (isAlarm) await alarm.raise(message);
    else
      logger.warn(
        `Heads of the ledger are not published to ${target.name}: ${message}`,
      );
  }

  #toPublish(head: LedgerHead): HeadToPublish {
    const { db, hash } = this.#deps;
    const treeOf = (size: number) =>
      new TreeReader({ knex: db.knex, hash, size });
    return {
      ...head,
      proofFrom: oldSize => treeOf(head.size).consistencyProof(oldSize),
      rootAt: async oldSize => toHex(await treeOf(oldSize).root()),
    };
  }
}

function isDue(
  state: TargetState,
  target: PublicationTarget,
  size: number,
  nowMs: number,
): boolean {
  if (state.failingSinceMs !== undefined)
    return nowMs >= (state.nextAttemptMs ?? 0);
  // A smaller head than the one published is news of the worst sort, and is sent at once.
  if (state.lastSize === undefined || size < state.lastSize) return true;
  return (
    size > state.lastSize && nowMs >= (state.lastAtMs ?? 0) + target.everyMs
  );
}
