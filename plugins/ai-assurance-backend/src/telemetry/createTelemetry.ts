import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Access, Binder, Clock, Db, Task } from '../platform';
import { createBatchWriter } from './batchWriter';
import { retentionTask } from './retention';
import { registerTelemetryRoutes } from './routes';
import { readSettings } from './settings';
import { TelemetryReads } from './TelemetryReads';
import { TelemetryService } from './TelemetryService';
import { TelemetryStore } from './TelemetryStore';
import { TelemetryAnswers } from './types';

export interface TelemetryDeps {
  db: Db;
  clock: Clock;
  /** The root config; `aiAssurance.telemetry` is read from it. */
  config: Config;
  subjects: SubjectAnswers;
}

export interface Telemetry {
  answers: TelemetryAnswers;
  /** How long windows are kept. */
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
    writer: createBatchWriter({
      db: deps.db,
      store: new TelemetryStore(settings),
    }),
  });
  return {
    answers: new TelemetryReads({ db: deps.db }),
    retentionMs: settings.retentionMs,
    tasks: [retentionTask({ ...deps, retentionMs: settings.retentionMs })],
    registerRoutes: (binder, access) =>
      registerTelemetryRoutes(binder, access, { service, settings }),
  };
}
