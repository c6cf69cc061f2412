import { RollbackManager } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger } from '../ledger';
import { Access, Binder, Clock, Db, Ids, Outbox, Task } from '../platform';
import { SloAnswers } from '../slo';
import { TelemetryAnswers } from '../telemetry';
import { OrderStore } from './OrderStore';
import { RollbackService } from './RollbackService';
import { registerActionRoutes } from './routes';
import { readRollbackWays } from './settings';
import { ActionAnswers } from './types';

export interface ActionDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  slo: SloAnswers;
  config: Config;
  /** Fleet managers whose modules are installed. */
  managers: readonly RollbackManager[];
}

export interface Actions {
  answers: ActionAnswers;
  tasks: Task[];
  registerRoutes(binder: Binder, access: Access): void;
}

const tidyEverySeconds = 15;

/** Actions that change production. Throws at start when their settings are wrong. */
export function createActions(deps: ActionDeps): Actions {
  const rollback = new RollbackService({
    ...deps,
    store: new OrderStore(deps.db),
    ways: readRollbackWays(deps.config, deps.managers),
  });
  return {
    answers: { rollbackHindrance: subject => rollback.hindrance(subject) },
    tasks: [
      {
        id: 'actions-tidy',
        everySeconds: tidyEverySeconds,
        run: () => rollback.tidy(),
      },
    ],
    registerRoutes: (binder, access) =>
      registerActionRoutes(binder, access, rollback),
  };
}
