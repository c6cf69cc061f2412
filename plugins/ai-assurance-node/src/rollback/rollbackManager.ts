import { Config } from '@backstage/config';

/** An order to put an earlier version back, as a person gave it. @public */
export interface RollbackOrder {
  /** The same whenever the order is told again; whoever can take it as the name of what it makes. */
  readonly orderId: string;
  /** Entity ref of the service. */
  readonly subject: string;
  readonly fromVersion: string;
  readonly toVersion: string;
  /** When it was ordered, in epoch milliseconds. */
  readonly orderedAtMs: number;
}

/** How telling an order ended. @public */
export interface RollbackOutcome {
  /**
   * `accepted`: taken, and not done yet. `refused`: nothing changed, unless `code` is `LEFT_PAUSED`. `unanswered`: whether it
   * is carried out is not known.
   */
  readonly state: 'accepted' | 'refused' | 'unanswered';
  /** HTTP status of the answer that decided; `null`: there was none. */
  readonly status: number | null;
  /** What went wrong or is left to do, for example `TIMEOUT`; `null`: nothing. */
  readonly code: string | null;
  /** What the order became there, for example `rollout/23`; `null`: nothing, or not known. */
  readonly reference: string | null;
}

/** A way to put earlier versions of one service back. @public */
export interface RollbackRoute {
  /** Where orders go, without credentials, query and fragment. */
  readonly address: string;
  /** What would be put back on which devices, in words and without a full stop. */
  readonly what: string;
  /**
   * Tells the order, once: callers MUST NOT repeat it. Never throws. Once the signal aborts nothing more is told, and an
   * answer that is still awaited counts as none.
   */
  send(order: RollbackOrder, signal: AbortSignal): Promise<RollbackOutcome>;
  /**
   * Looks whether an order was taken that no answer came to; changes nothing. `undefined`: that cannot be told. Never throws.
   * Safe to repeat.
   */
  find(
    order: RollbackOrder,
    signal: AbortSignal,
  ): Promise<RollbackOutcome | undefined>;
}

/** A system that can put earlier versions back, such as a fleet manager. @public */
export interface RollbackManager {
  /** As `aiAssurance.actions.rollback.fleets[].manager` names it. */
  readonly id: string;
  /** What people call it. */
  readonly title: string;
  /** Reads one entry of `fleets`. Throws an InputError that names the key, which begins with `path`. */
  route(config: Config, path: string): RollbackRoute;
}
