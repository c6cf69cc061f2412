import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Access, Binder, Chance, Clock, Db, Task } from '../platform';
import { createBatchWriter } from './batchWriter';
import { EvaluationLogs, EvidenceReceiver } from './EvaluationLogs';
import { groupMinimums } from './groupMinimums';
import { LevelStore } from './LevelStore';
import { levelsTask } from './levels';
import { retentionTask } from './retention';
import { registerTelemetryRoutes } from './routes';
import { Salts } from './Salts';
import { readSettings } from './settings';
import { SignalReads } from './SignalReads';
import { SourcedReads } from './SourcedReads';
import { readSources } from './sources/readSources';
import { TelemetryReads } from './TelemetryReads';
import { TelemetryService } from './TelemetryService';
import { TelemetryStore } from './TelemetryStore';
import { SignalReader, TelemetryAnswers } from './types';
import { upkeepTask } from './upkeep';

export interface TelemetryDeps {
  db: Db;
  clock: Clock;
  chance: Chance;
  logger: LoggerService;
  /** The root config; `aiAssurance.telemetry` is read from it. */
  config: Config;
  subjects: SubjectAnswers;
  /** Takes what evaluation events say as evidence; without it logs are not taken. */
  evidence?: EvidenceReceiver;
}

export interface Telemetry {
  answers: TelemetryAnswers;
  /** Of the suite’s own windows. */
  signals: SignalReader;
  /** How long anything is kept: days, which are kept longest. */
  retentionMs: number;
  tasks: Task[];
  registerRoutes(binder: Binder, access: Access): void;
}

/** OTLP in, windows per segment out. Throws when the configuration cannot be used. */
export function createTelemetry(deps: TelemetryDeps): Telemetry {
  const settings = readSettings(deps.config);
  const service = new TelemetryService({
    ...deps,
    settings,
    salts: new Salts(deps),
    writer: createBatchWriter({
      db: deps.db,
      store: new TelemetryStore(settings),
    }),
  });
  const minimums = groupMinimums(deps.subjects, settings.minimumGroupSize);
  return {
    signals: new SignalReads({ db: deps.db, minimums }),
    answers: new SourcedReads({
      ...deps,
      sources: readSources(deps.config, deps.clock, minimums),
      embedded: new TelemetryReads({
        ...deps,
        retention: settings.retention,
        minimums,
      }),
    }),
    retentionMs: settings.retention.day,
    tasks: [
      levelsTask({ ...deps, store: new LevelStore(settings) }),
      retentionTask({ ...deps, retention: settings.retention }),
      upkeepTask(deps),
    ],
    registerRoutes: (binder, access) =>
      registerTelemetryRoutes(binder, access, {
        service,
        logs:
          deps.evidence &&
          new EvaluationLogs({ ...deps, settings, evidence: deps.evidence }),
        settings,
        logger: deps.logger,
      }),
  };
}
