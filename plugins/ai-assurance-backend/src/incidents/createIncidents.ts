import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerAnswers, LedgerHistory, LedgerLookup } from '../ledger';
import { Access, Binder, Clock, Db, Ids, Outbox } from '../platform';
import { StoredIncidentAnswers } from './IncidentAnswers';
import { IncidentService } from './IncidentService';
import { IncidentStore } from './IncidentStore';
import { registerIncidentRoutes } from './routes';
import { IncidentAnswers } from './types';

export interface IncidentDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerAnswers & LedgerHistory & LedgerLookup;
  subjects: SubjectAnswers;
}

export interface Incidents {
  answers: IncidentAnswers;
  registerRoutes(binder: Binder, access: Access): void;
}

/** Incidents of subjects, opened here or told by other systems, and the runbooks for them. */
export function createIncidents(deps: IncidentDeps): Incidents {
  const answers = new StoredIncidentAnswers(deps);
  const service = new IncidentService({
    ...deps,
    answers,
    store: new IncidentStore(),
  });
  return {
    answers,
    registerRoutes: (binder, access) =>
      registerIncidentRoutes(binder, access, service, answers),
  };
}
