import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerHistory, LedgerNewest } from '../ledger';
import { Access, Binder, Clock, Db, Outbox, Task } from '../platform';
import { readScorecards } from './readScorecards';
import { registerScorecardRoutes } from './routes';
import { StoredScorecardAnswers } from './ScorecardAnswers';
import { ScorecardService } from './ScorecardService';
import { ScorecardStore } from './ScorecardStore';
import { ScorecardAnswers } from './types';

export interface ScorecardDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerHistory & LedgerNewest;
  subjects: SubjectAnswers;
  config: Config;
}

export interface Scorecards {
  answers: ScorecardAnswers;
  tasks: Task[];
  /** Judges the named subjects now, or all; for use after their evidence changed. Safe to repeat. */
  judge(subjects?: string[]): Promise<void>;
  registerRoutes(binder: Binder, access: Access): void;
}

/** Wires the room. Throws `InputError` `BAD_FILE` when a scorecard file is wrong: the start is refused. */
export function createScorecards(deps: ScorecardDeps): Scorecards {
  const config = deps.config.getOptionalConfig('aiAssurance.scorecards');
  const scorecards = readScorecards(config?.getOptionalStringArray('files'));
  const answers = new StoredScorecardAnswers({ ...deps, scorecards });
  const service = new ScorecardService({
    ...deps,
    scorecards,
    answers,
    store: new ScorecardStore(),
  });
  return {
    answers,
    tasks: [
      {
        id: 'scorecards-judge',
        everySeconds: config?.getOptionalNumber('judgeEverySeconds') ?? 60,
        run: () => service.judge(),
      },
      {
        id: 'scorecards-forget',
        everySeconds: 86_400,
        run: () => service.forget(),
      },
    ],
    judge: subjects => service.judge(subjects),
    registerRoutes: (binder, access) =>
      registerScorecardRoutes(binder, access, answers),
  };
}
