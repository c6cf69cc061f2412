import { Answered } from './core/order';
import { ActionOrderRow } from './tables';

/** Narrow reads for other rooms. */
export interface ActionAnswers {
  /** Why no rollback can be ordered for a service, whoever asks; `undefined` when it can. */
  rollbackHindrance(subject: string): string | undefined;
}

/** A way in which an earlier version is put back: a webhook, or the manager of a fleet. */
export interface RollbackWay {
  /** What people call the system; `null`: it has no name but its address. */
  title: string | null;
  /** What it would put back where, in words; `null`: it knows itself. */
  what: string | null;
  /** Whether and how it is undone, in words. */
  undo: string;
  /** The patience for one order. */
  timeoutMs: number;
  reaches(subject: string): boolean;
  /** Where an order for a service goes, without credentials, query and fragment. */
  address(subject: string): string;
  /** Tells an order, once; never throws. */
  send(row: ActionOrderRow, nowMs: number): Promise<Answered>;
  /** Looks for an order that no answer came to; `undefined`: that cannot be told. Never throws. */
  find(row: ActionOrderRow): Promise<Answered | undefined>;
}
