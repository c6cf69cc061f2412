import { evidenceRedactPermission } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { Access, Binder, Clock, Db, Outbox, Task } from '../../platform';
import { ItemRecord } from '../rows';
import { Ledger } from '../types';
import { Words } from '../words';
import { readRetention } from './readRetention';
import { RedactionService, RedactionServiceDeps } from './RedactionService';
import { Trimmer } from './Trimmer';

const retentionEverySeconds = 3600;
const defaultItemsPerRun = 5000;

/** Erasing payloads: on request, and at the end of their retention. */
export interface RedactionRoom {
  service: RedactionService;
  trimmer: Trimmer;
  tasks: Task[];
  registerRoutes(binder: Binder, access: Access): void;
}

/** Throws `BAD_FILE` when the retention file is wrong, or keeps for a shorter time than the law demands. */
export function createRedaction(deps: {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  logger: LoggerService;
  config: Config;
  words: Words;
  ledger: Ledger;
  record(position: number): Promise<ItemRecord | undefined>;
  forget: RedactionServiceDeps['forget'];
  riskTierOf(entityRef: string): Promise<string | undefined>;
  positionBefore(recordedAtMs: number): Promise<number>;
}): RedactionRoom {
  const { config, ...rest } = deps;
  const service = new RedactionService(rest);
  const trimmer = new Trimmer({
    ...rest,
    retention: readRetention(config),
    redactions: service,
    itemsPerRun:
      config.getOptionalNumber('aiAssurance.retention.itemsPerRun') ??
      defaultItemsPerRun,
  });
  return {
    service,
    trimmer,
    tasks: [
      {
        id: 'ledger-retention',
        everySeconds: retentionEverySeconds,
        run: async () => {
          await trimmer.run();
        },
      },
    ],
    registerRoutes(binder, access) {
      binder.json('redactEvidence', async ({ params, body, caller }) => {
        await access.require(caller, evidenceRedactPermission);
        return service.request(params.evidenceId, body, caller);
      });
    },
  };
}
