import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerHistory, LedgerLookup } from '../ledger';
import { Clock, Db, Outbox, Task } from '../platform';
import { SloAnswers } from '../slo';
import { TelemetryAnswers } from '../telemetry';
import { TelemetryAdoptionAnswers } from './AdoptionAnswers';
import { PromotionService } from './PromotionService';
import { PromotionStore } from './PromotionStore';
import { RolloutService } from './RolloutService';
import { RolloutStore } from './RolloutStore';
import { AdoptionAnswers, PromotionAnswers } from './types';

export interface RolloutDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerHistory & LedgerLookup;
  /** Without it no error budget holds a rollout. */
  slo?: Pick<SloAnswers, 'blockades'>;
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  logger: LoggerService;
  config: Config;
}

export interface Rollouts {
  answers: AdoptionAnswers & PromotionAnswers;
  tasks: Task[];
}

/** Wires the room. */
export function createRollouts(deps: RolloutDeps): Rollouts {
  const promotions = new PromotionService({
    ...deps,
    store: new PromotionStore(deps.db),
  });
  const adoption = new TelemetryAdoptionAnswers(deps.telemetry, deps.subjects);
  const service = new RolloutService({
    ...deps,
    promotions,
    store: new RolloutStore(deps.db),
  });
  const everySeconds =
    deps.config.getOptionalNumber('aiAssurance.rollouts.observeEverySeconds') ??
    60;
  return {
    answers: {
      adoption: (...asked) => adoption.adoption(...asked),
      overTime: (...asked) => adoption.overTime(...asked),
      promotion: (modelRef, asOf) => promotions.promotion(modelRef, asOf),
    },
    tasks: [
      { id: 'rollouts-observe', everySeconds, run: () => service.observe() },
    ],
  };
}
