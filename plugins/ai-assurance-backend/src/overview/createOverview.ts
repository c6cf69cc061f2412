import { Clock, Access, Binder } from '../platform';
import { OverviewDeps, OverviewAnswers } from './OverviewAnswers';
import { registerOverviewRoutes } from './routes';

/** Screen-shaped reads across rooms. Nothing here computes a verdict or writes. */
export function createOverview(
  deps: OverviewDeps & { clock: Clock; telemetryRetentionMs: number },
) {
  const answers = new OverviewAnswers(deps);
  return {
    registerRoutes: (binder: Binder, access: Access) =>
      registerOverviewRoutes(binder, access, answers, deps),
  };
}
