import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerHistory } from '../ledger';
import { Access, Binder, Clock, Db, Ids, Outbox, Task } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { createDriftAnswers } from './DriftAnswers';
import { DriftService } from './DriftService';
import { DriftStore } from './DriftStore';
import { PastDrift } from './PastDrift';
import { ReferenceService } from './ReferenceService';
import { registerDriftRoutes } from './routes';
import { readDriftSettings } from './settings';
import { SignalJudge } from './SignalJudge';
import { DriftAnswers } from './types';

export interface DriftDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerHistory;
  logger: LoggerService;
  config: Config;
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
}

/** Drift of outputs against approved references. Throws `InputError` when `aiAssurance.drift` cannot be used. */
export function createDrift(deps: DriftDeps): {
  answers: DriftAnswers;
  tasks: Task[];
  registerRoutes(binder: Binder, access: Access): void;
} {
  const settings = readDriftSettings(deps.config);
  const store = new DriftStore(deps.db);
  const judge = new SignalJudge({ ...deps, store, settings });
  const service = new DriftService({ ...deps, store, judge });
  const references = new ReferenceService({ ...deps, store, settings });
  return {
    answers: createDriftAnswers(
      store,
      new PastDrift({ ...deps, store, judge }),
    ),
    tasks: [
      {
        id: 'drift-evaluate',
        everySeconds: settings.evaluateEverySeconds,
        run: () => service.evaluate(deps.clock.nowMs()),
      },
    ],
    registerRoutes: (binder, access) =>
      registerDriftRoutes(binder, access, references),
  };
}
