import { LoggerService, UrlReaderService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerHistory } from '../ledger';
import {
  Access,
  Binder,
  Clock,
  createUrlFiles,
  Db,
  Ids,
  Outbox,
  Task,
} from '../platform';
import { SignalReader, TelemetryAnswers } from '../telemetry';
import { CohortHistory } from './CohortHistory';
import { createDriftAnswers } from './DriftAnswers';
import { DriftPages } from './DriftPages';
import { DriftService } from './DriftService';
import { DriftStore } from './DriftStore';
import { KnownReferences } from './KnownReferences';
import { MonitorDeclarations } from './MonitorDeclarations';
import { PastDrift } from './PastDrift';
import { ProfileService } from './ProfileService';
import { ReferenceService } from './ReferenceService';
import { readFileLimits } from './files/limits';
import { SampleReader } from './files/SampleReader';
import { registerDriftRoutes } from './routes';
import { SampleFiles } from './SampleFiles';
import { SampleStore } from './SampleStore';
import { readDriftSettings } from './settings';
import { SignalJudge } from './SignalJudge';
import { SignalSources } from './SignalSources';
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
  signals: SignalReader;
  urlReader: UrlReaderService;
}

/** Drift of outputs against approved references. Throws `InputError` when `aiAssurance.drift` cannot be used. */
export function createDrift(deps: DriftDeps): {
  answers: DriftAnswers;
  tasks: Task[];
  registerRoutes(binder: Binder, access: Access): void;
} {
  const settings = readDriftSettings(deps.config);
  const store = new DriftStore(deps.db);
  const samples = new SampleStore(deps.db);
  const sources = new SignalSources({ ...deps, store, samples });
  const known = new KnownReferences({ db: deps.db, store });
  const judge = new SignalJudge({
    ...deps,
    references: known,
    settings,
    sources,
  });
  const urlFiles = createUrlFiles({ urlReader: deps.urlReader });
  const declarations = new MonitorDeclarations({ db: deps.db, urlFiles });
  const files = new SampleFiles({
    ...deps,
    samples,
    declarations,
    reader: new SampleReader({
      limits: readFileLimits(deps.config),
      logger: deps.logger,
    }),
  });
  const parts = {
    ...deps,
    urlFiles,
    store,
    cohorts: new CohortHistory(deps.db),
    samples,
    files,
    settings,
    sources,
    known,
    judge,
    declarations,
  };
  const service = new DriftService(parts);
  const references = new ReferenceService(parts);
  const profiles = new ProfileService(parts);
  const answers = createDriftAnswers(store, new PastDrift(parts));
  const pages = new DriftPages({ ...parts, answers });
  return {
    answers,
    tasks: [
      {
        id: 'drift-evaluate',
        everySeconds: settings.evaluateEverySeconds,
        run: () => service.evaluate(deps.clock.nowMs()),
      },
      {
        // Beside the evaluation: a large file takes longer to read than a tick may last.
        id: 'drift-read-files',
        everySeconds: settings.evaluateEverySeconds,
        run: () => files.readDue(deps.clock.nowMs()),
      },
    ],
    registerRoutes: (binder, access) =>
      registerDriftRoutes(binder, access, { references, profiles, pages }),
  };
}
