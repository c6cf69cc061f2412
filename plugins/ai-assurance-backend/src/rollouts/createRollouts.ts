import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger } from '../ledger';
import { Clock, Db, Outbox, Task } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { TelemetryAdoptionAnswers } from './AdoptionAnswers';
import { RolloutService } from './RolloutService';
import { RolloutStore } from './RolloutStore';
import { AdoptionAnswers } from './types';

export interface RolloutDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Ledger;
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  logger: LoggerService;
  config: Config;
}

export interface Rollouts {
  answers: AdoptionAnswers;
  tasks: Task[];
}

/** Wires the room. */
export function createRollouts(deps: RolloutDeps): Rollouts {
  const service = new RolloutService({
    ...deps,
    store: new RolloutStore(deps.db),
  });
  const everySeconds =
    deps.config.getOptionalNumber('aiAssurance.rollouts.observeEverySeconds') ??
    60;
  return {
    answers: new TelemetryAdoptionAnswers(deps.telemetry, deps.subjects),
    tasks: [
      { id: 'rollouts-observe', everySeconds, run: () => service.observe() },
    ],
  };
}
