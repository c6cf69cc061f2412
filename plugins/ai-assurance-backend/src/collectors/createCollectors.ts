import { EvidenceCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerLookup } from '../ledger';
import { Access, Binder, Clock, Db, Ids, Outbox, Task } from '../platform';
import { CollectorsAnswers } from './CollectorsAnswers';
import { CollectorsService } from './CollectorsService';
import { CollectorsStore } from './CollectorsStore';
import { registerCollectorsRoutes } from './routes';
import { readCollectorSettings, unknownCollectorIds } from './settings';

export interface CollectorsDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerLookup;
  subjects: SubjectAnswers;
  logger: LoggerService;
  config: Config;
  collectors: EvidenceCollector[];
}

/** How long a new subject waits at most for its first run, whatever the pace of a collector. */
const maxRoundSeconds = 60;
const maxClockAheadMs = 5 * 60_000;

/** Asks other systems on a clock. Throws InputError for config that cannot be meant. */
export function createCollectors(deps: CollectorsDeps): {
  tasks: Task[];
  /** Aborts what is under way; for the shutdown of the portal. */
  stop(): void;
  registerRoutes(binder: Binder, access: Access): void;
} {
  const { config, logger } = deps;
  const store = new CollectorsStore(deps.db);
  const service = new CollectorsService({ ...deps, store, maxClockAheadMs });
  const collectors = deps.collectors.map(collector => ({
    collector,
    settings: readCollectorSettings(config, collector),
  }));
  for (const id of unknownCollectorIds(config, deps.collectors))
    logger.warn(
      `aiAssurance.collectors.${id}: no module brings a collector of this id`,
    );
  const answers = new CollectorsAnswers({
    collectors,
    store,
    subjects: deps.subjects,
  });
  return {
    tasks: collectors
      .filter(({ settings }) => settings.isEnabled)
      .map(({ collector, settings }) => {
        const roundSeconds = Math.min(settings.everySeconds, maxRoundSeconds);
        return {
          id: `collect-${collector.id}`,
          everySeconds: roundSeconds,
          run: () => service.round(collector, { ...settings, roundSeconds }),
        };
      }),
    stop: () => service.stop(),
    registerRoutes: (binder, access) => {
      registerCollectorsRoutes(binder, access, answers);
    },
  };
}
