import { LoggerService, UrlReaderService } from '@backstage/backend-plugin-api';
import { Config, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerHistory } from '../ledger';
import { Clock, Db, Outbox, Task } from '../platform';
import { countBelow, TelemetryAnswers } from '../telemetry';
import { loadBurnWindows } from './loadBurnWindows';
import { PastObjectives } from './PastObjectives';
import { createSloAnswers } from './SloAnswers';
import { SloDocuments } from './SloDocuments';
import { SloService } from './SloService';
import { SloStore } from './SloStore';
import { SloAnswers } from './types';

export interface SloDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerHistory;
  logger: LoggerService;
  config: Config;
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  urlReader: UrlReaderService;
}

const defaultEverySeconds = 60;
// The default of aiAssurance.telemetry.retention.
const defaultRetention = { days: 30 };

/** Objectives from OpenSLO documents. Throws when a burn-rate windows file of the plugin is wrong. */
export async function createSlo(
  deps: SloDeps,
): Promise<{ answers: SloAnswers; tasks: Task[] }> {
  const { db, clock, outbox, ledger, logger, subjects, telemetry } = deps;
  const config = deps.config.getOptionalConfig('aiAssurance');
  const store = new SloStore(db);
  const burnWindows = await loadBurnWindows();
  const service = new SloService({
    db,
    store,
    documents: new SloDocuments({
      store,
      subjects,
      urlReader: deps.urlReader,
      retentionMs: durationToMilliseconds(
        config?.has('telemetry.retention')
          ? readDurationFromConfig(config, { key: 'telemetry.retention' })
          : defaultRetention,
      ),
    }),
    telemetry,
    countBelow,
    burnWindows,
    outbox,
    ledger,
    logger,
  });
  return {
    answers: createSloAnswers(
      db,
      new PastObjectives({
        store,
        ledgerAnswers: deps.ledgerAnswers,
        burnWindows,
      }),
    ),
    tasks: [
      {
        id: 'slo-evaluate',
        everySeconds:
          config?.getOptionalNumber('slo.evaluateEverySeconds') ??
          defaultEverySeconds,
        run: () => service.evaluate(clock.nowMs()),
      },
    ],
  };
}
