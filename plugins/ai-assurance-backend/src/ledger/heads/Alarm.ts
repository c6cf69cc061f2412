import { LoggerService } from '@backstage/backend-plugin-api';
import { Outbox, Tx } from '../../platform';

/** Told when the ledger finds itself changed; for a notification to people. MUST NOT throw. */
export type AlarmListener = (problem: string) => Promise<void>;

/** Tells whoever must know that the ledger cannot be relied on: the log, the outbox, and whoever listens. */
export class Alarm {
  readonly #deps: {
    logger: LoggerService;
    outbox: Outbox;
    ledgerRef: string;
    listener: AlarmListener | undefined;
  };

  constructor(deps: {
    logger: LoggerService;
    outbox: Outbox;
    ledgerRef: string;
    listener: AlarmListener | undefined;
  }) {
    this.#deps = deps;
  }

  /** Queues the message in the caller's transaction. */
  async queue(tx: Tx): Promise<void> {
    await this.#deps.outbox.queue(tx, {
      topic: 'ledger.alarm',
      subjects: [this.#deps.ledgerRef],
    });
  }

  /** After the commit: says it loudly. */
  async raise(problem: string): Promise<void> {
    this.#deps.logger.error(`The ledger cannot be relied on: ${problem}`);
    await this.#deps.listener?.(problem);
  }
}
