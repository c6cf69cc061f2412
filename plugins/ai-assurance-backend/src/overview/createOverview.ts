import { Clock, Access, Binder, Task } from '../platform';
import { OverviewDeps, OverviewAnswers } from './OverviewAnswers';
import { registerOverviewRoutes } from './routes';

const lookAheadSeconds = 15;

/** Screen-shaped reads across rooms. Nothing here computes a verdict or writes. */
export function createOverview(
  deps: OverviewDeps & { clock: Clock; telemetryRetentionMs: number },
) {
  const answers = new OverviewAnswers(deps);
  const lookAhead: Task = {
    id: 'look-ahead',
    everySeconds: lookAheadSeconds,
    run: () =>
      // Until the round after the next, lest one comes late.
      answers.lookAhead(deps.clock.nowMs(), 2_000 * lookAheadSeconds - 1),
  };
  return {
    /** What each replica does for itself: it fills memory, and writes nothing. */
    ownTasks: [lookAhead],
    registerRoutes: (binder: Binder, access: Access) =>
      registerOverviewRoutes(binder, access, answers, deps),
  };
}
