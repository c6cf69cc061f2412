import { CollectionFailureCode } from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** How the runs of one collector about one subject have gone. Times are epoch milliseconds. */
export interface SourceState {
  readonly state: 'working' | 'failing';
  /** When the first run with this state ended. */
  readonly sinceMs: number;
  readonly askedAtMs: number;
  readonly endedAtMs: number;
  readonly successAskedAtMs: number | undefined;
  readonly successEndedAtMs: number | undefined;
  readonly failure: RunFailure | undefined;
  /** Failed runs in a row, the newest included. */
  readonly failedRunCount: number;
  /** Facts that the newest run brought, known ones included. */
  readonly factCount: number;
  /** When the status was last stated as evidence. */
  readonly statedAtMs: number | undefined;
}

export interface RunFailure {
  readonly code: CollectionFailureCode;
  readonly message: string;
}

/** A run that was not cut short by us. */
export interface EndedRun {
  readonly askedAtMs: number;
  readonly endedAtMs: number;
  readonly failure: RunFailure | undefined;
  readonly factCount: number;
}

/** How long a failing source may go on without saying so again. */
export const RESTATE_FAILING_MS = 3_600_000;

/**
 * The state after a run, and what has to be stated about it: a change between working and failing, another reason for
 * failing, and every hour that it still fails. Working is stated once: what it brings speaks for itself.
 */
export function afterRun(
  before: SourceState | undefined,
  run: EndedRun,
): { next: SourceState; isChange: boolean; isStated: boolean } {
  const state = run.failure ? 'failing' : 'working';
  const isChange = before?.state !== state;
  const isOtherFailure =
    !isChange && before?.failure?.code !== run.failure?.code;
  const isStated =
    isChange ||
    isOtherFailure ||
    (run.failure !== undefined &&
      run.endedAtMs - (before?.statedAtMs ?? 0) >= RESTATE_FAILING_MS);
  return {
    isChange,
    isStated,
    next: {
      state,
      sinceMs: isChange ? run.endedAtMs : before!.sinceMs,
      askedAtMs: run.askedAtMs,
      endedAtMs: run.endedAtMs,
      successAskedAtMs: run.failure ? before?.successAskedAtMs : run.askedAtMs,
      successEndedAtMs: run.failure ? before?.successEndedAtMs : run.endedAtMs,
      failure: run.failure,
      failedRunCount: run.failure ? (before?.failedRunCount ?? 0) + 1 : 0,
      factCount: run.factCount,
      statedAtMs: isStated ? run.endedAtMs : before?.statedAtMs,
    },
  };
}
