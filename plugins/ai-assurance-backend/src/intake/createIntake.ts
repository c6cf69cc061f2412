import { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { EventsService } from '@backstage/plugin-events-node';
import { Router } from 'express';
import { SubjectAnswers } from '../cohorts';
import { EvidenceIntake, Ledger } from '../ledger';
import {
  Access,
  Binder,
  Caller,
  Clock,
  Db,
  Ids,
  Outbox,
  Task,
} from '../platform';
import { EventsIntake } from './EventsIntake';
import { IntakeService } from './IntakeService';
import { QuarantineAnswers } from './QuarantineAnswers';
import { QuarantineService } from './QuarantineService';
import { QuarantineStore } from './QuarantineStore';
import { callerSender, registerIntakeRoutes } from './routes';
import { readIntakeSettings } from './settings';
import { Arrival, ItemResult, Sender } from './types';
import { registerWebhooks, WEBHOOKS_PATH } from './webhooks/routes';
import { WebhookService } from './webhooks/WebhookService';

export interface IntakeDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  /** The root config; `aiAssurance.intake` is read from it. */
  config: Config;
  logger: LoggerService;
  auditor: AuditorService;
  ledger: Ledger;
  intake: EvidenceIntake;
  subjects: Pick<SubjectAnswers, 'get' | 'list'>;
}

export interface Intake {
  /** Takes items from another way in: judges each, records what is good, quarantines what is not. */
  receive(arrivals: Arrival[], sender: Sender): Promise<ItemResult[]>;
  /** The same for somebody who called the API with something that evidence was made of. */
  receiveFrom(
    values: unknown[],
    caller: Caller,
    access: Access,
  ): Promise<ItemResult[]>;
  tasks: Task[];
  /** Takes evidence from Backstage's events service, where the configuration names subjects. */
  subscribe(events: EventsService): Promise<void>;
  /** Binds the configured webhooks and answers the path on which nobody signs in; `undefined` when there are none. */
  registerWebhooks(router: Router): string | undefined;
  registerRoutes(binder: Binder, access: Access): void;
}

/** Every way by which evidence comes from outside. Throws when the configuration cannot be used. */
export function createIntake(deps: IntakeDeps): Intake {
  const { config } = deps;
  const settings = readIntakeSettings(config);
  const store = new QuarantineStore({
    ids: deps.ids,
    bounds: settings.bounds,
  });
  const answers = new QuarantineAnswers(deps);
  const service = new IntakeService({
    ...deps,
    ledger: deps.intake,
    store,
    settings,
  });
  const webhooks = new WebhookService({
    ...deps,
    webhooks: settings.webhooks,
    receive: (arrivals, sender) => service.receive(arrivals, sender),
  });
  const events = new EventsIntake({
    logger: deps.logger,
    subjects: settings.eventSubjects,
    receive: (arrivals, sender) => service.receive(arrivals, sender),
  });
  const quarantine = new QuarantineService({
    ...deps,
    ledger: {
      append: (tx, drafts) => deps.ledger.append(tx, drafts),
      appendReadings: (tx, readings) =>
        deps.intake.appendReadings(tx, readings),
    },
    intake: service,
    remap: (origin, body) => webhooks.remap(origin, body),
    store,
    answers,
    settings,
    ownEntityRef:
      config.getOptionalString('aiAssurance.ledger.entityRef') ??
      'system:default/ai-assurance',
  });
  return {
    receive: (arrivals, sender) => service.receive(arrivals, sender),
    receiveFrom: (values, caller, access) =>
      service.receive(
        values.map(value => ({ value })),
        callerSender(caller, access),
      ),
    tasks: quarantine.tasks(),
    subscribe: eventsService => events.subscribe(eventsService),
    registerWebhooks(router) {
      if (settings.webhooks.length === 0) return undefined;
      registerWebhooks(router, webhooks);
      return WEBHOOKS_PATH;
    },
    registerRoutes: (binder, access) =>
      registerIntakeRoutes(binder, access, {
        ...deps,
        service,
        quarantine,
        answers,
        settings,
      }),
  };
}
