import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
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
  /** The root config; `aiAssurance.incidents` is read from it. */
  config: Config;
}

export interface Incidents {
  answers: IncidentAnswers;
  registerRoutes(binder: Binder, access: Access): void;
}

function readRunbookBaseUrl(config: Config): string | undefined {
  const key = 'aiAssurance.incidents.runbookBaseUrl';
  const url = config.getOptionalString(key);
  if (url !== undefined && !(URL.canParse(url) && /^https?:/.test(url)))
    throw new InputError(`${key}: ${url} is no http(s) URL`);
  return url;
}

/** Incidents of subjects, opened here or told by other systems, and the runbooks for them. Throws InputError for a base of runbooks that is no URL. */
export function createIncidents(deps: IncidentDeps): Incidents {
  const runbookBaseUrl = readRunbookBaseUrl(deps.config);
  const answers = new StoredIncidentAnswers({ ...deps, runbookBaseUrl });
  const service = new IncidentService({
    ...deps,
    answers,
    store: new IncidentStore(),
    runbookBaseUrl,
  });
  return {
    answers,
    registerRoutes: (binder, access) =>
      registerIncidentRoutes(binder, access, service, answers),
  };
}
