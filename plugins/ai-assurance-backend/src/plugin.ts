import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  aiAssurancePermissions,
  openApiDocument,
  SIGNAL_CHANNEL,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  evidenceCollectorsExtensionPoint,
  reportImportersExtensionPoint,
  rollbackManagersExtensionPoint,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import Router from 'express-promise-router';
import { createActions, createManagerRegistry } from './actions';
import { createApprovals } from './approvals';
import { createAudit } from './audit';
import { createCohorts } from './cohorts';
import { createCollectorRegistry, createCollectors } from './collectors';
import { createCosts } from './costs';
import { createDrift } from './drift';
import { createEvaluations } from './evaluations';
import { createImporterRegistry, createImports } from './imports';
import { createIncidents } from './incidents';
import { createIntake } from './intake';
import { createLedger } from './ledger';
import { createOverview } from './overview';
import {
  closeRoutes,
  createAccess,
  createBinder,
  createOutbox,
  createTaskRunner,
  openDatabase,
  readMachines,
  systemChance,
  systemClock,
  Task,
  ulidIds,
} from './platform';
import { createRollouts } from './rollouts';
import { createScorecards } from './scorecards';
import { createSlo } from './slo';
import { createTelemetry } from './telemetry';

const relayEverySeconds = 5;

/**
 * The AI Assurance backend plugin.
 *
 * @public
 */
export const aiAssurancePlugin = createBackendPlugin({
  pluginId: 'ai-assurance',
  register(env) {
    const registry = createCollectorRegistry();
    env.registerExtensionPoint(evidenceCollectorsExtensionPoint, {
      addCollector: collector => registry.addCollector(collector),
    });
    const importers = createImporterRegistry();
    env.registerExtensionPoint(reportImportersExtensionPoint, {
      addImporter: importer => importers.addImporter(importer),
    });
    const managers = createManagerRegistry();
    env.registerExtensionPoint(rollbackManagersExtensionPoint, {
      addManager: manager => managers.addManager(manager),
    });
    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        urlReader: coreServices.urlReader,
        userInfo: coreServices.userInfo,
      },
      async init(services) {
        const { config, httpAuth, httpRouter, logger, scheduler, signals } =
          services;
        const clock = systemClock;
        const chance = systemChance;
        const ids = ulidIds(clock, chance);
        const db = await openDatabase(services.database);
        const outbox = createOutbox(db, clock);
        const base = { db, clock, chance, ids, outbox, config, logger };

        const cohorts = createCohorts({
          ...base,
          catalog: services.catalog,
          auth: services.auth,
        });
        const subjects = cohorts.answers;
        const access = createAccess(
          services.permissions,
          readMachines(config, subjects),
        );
        const ledgerRoom = await createLedger({
          ...base,
          notifications: services.notifications,
          riskTierOf: async ref => (await subjects.get(ref))?.riskTier,
        });
        const recorded = {
          ...base,
          subjects,
          ledger: ledgerRoom.ledger,
          ledgerAnswers: ledgerRoom.answers,
        };
        const intake = createIntake({
          ...recorded,
          auditor: services.auditor,
          intake: ledgerRoom.intake,
        });
        const imports = createImports({
          ...recorded,
          importers: importers.list(),
        });
        services.lifecycle.addShutdownHook(() => imports.stop());
        const telemetry = createTelemetry({
          ...recorded,
          evidence: intake.receiveFrom,
        });
        const collectors = createCollectors({
          ...recorded,
          collectors: registry.list(),
        });
        services.lifecycle.addShutdownHook(() => collectors.stop());
        const measured = { ...recorded, telemetry: telemetry.answers };
        const slo = await createSlo({
          ...measured,
          notifications: services.notifications,
          urlReader: services.urlReader,
        });
        const drift = createDrift({
          ...measured,
          signals: telemetry.signals,
          urlReader: services.urlReader,
        });
        const evaluations = createEvaluations({
          ...recorded,
          urlReader: services.urlReader,
        });
        const scorecards = await createScorecards(recorded);
        const approvals = await createApprovals({
          ...recorded,
          scorecards: scorecards.answers,
          slo: slo.answers,
          userInfo: services.userInfo,
        });
        const incidents = createIncidents(recorded);
        const rollouts = createRollouts({ ...measured, slo: slo.answers });
        const actions = createActions({
          ...measured,
          slo: slo.answers,
          managers: managers.list(),
        });
        const audit = createAudit({
          ...recorded,
          verifierKey: ledgerRoom.verifierKey,
          keys: ledgerRoom.keys,
        });
        const costs = createCosts({
          ...recorded,
          notifications: services.notifications,
        });
        const overview = createOverview({
          clock,
          access,
          subjects,
          telemetry: telemetry.answers,
          telemetryRetentionMs: telemetry.retentionMs,
          ledger: ledgerRoom.answers,
          ledgerStatus: ledgerRoom.status,
          slo: slo.answers,
          drift: drift.answers,
          scorecards: scorecards.answers,
          approvals: approvals.answers,
          rollouts: rollouts.answers,
          incidents: incidents.answers,
          actions: actions.answers,
          costs: costs.answers,
        });

        services.permissionsRegistry.addPermissions([
          ...aiAssurancePermissions,
        ]);

        const router = Router();
        const binder = createBinder(router, httpAuth, clock);
        // The busiest first: express asks one route after the other.
        for (const room of [
          intake,
          telemetry,
          overview,
          ledgerRoom,
          imports,
          collectors,
          slo,
          drift,
          evaluations,
          scorecards,
          incidents,
          approvals,
          actions,
          audit,
        ]) {
          room.registerRoutes(binder, access);
        }
        const webhooksPath = intake.registerWebhooks(router);
        if (webhooksPath) {
          // Their senders cannot sign in; they sign what they send.
          httpRouter.addAuthPolicy({
            path: webhooksPath,
            allow: 'unauthenticated',
          });
        }
        await intake.subscribe(services.events);
        const document = openApiDocument();
        router.get('/openapi.json', (_request, response) => {
          response.json(document);
        });
        closeRoutes(router, logger);
        httpRouter.use(router);

        const relay: Task = {
          id: 'outbox-relay',
          everySeconds: relayEverySeconds,
          async run() {
            await outbox.relay(async messages => {
              const changed = [
                ...new Set(messages.flatMap(message => message.subjects)),
              ];
              // New evidence may change a score. A changed score says so itself and needs no second look.
              const evidenced = messages
                .filter(message => message.topic !== 'scorecard.verdict')
                .flatMap(message => message.subjects);
              if (evidenced.length > 0) {
                await evaluations.judge([...new Set(evidenced)]);
                await scorecards.judge([...new Set(evidenced)]);
              }
              await signals.publish({
                recipients: { type: 'broadcast' },
                channel: SIGNAL_CHANNEL,
                message: {
                  subjects: changed,
                  topics: [...new Set(messages.map(message => message.topic))],
                },
              });
            });
          },
        };
        const tasks = [
          ledgerRoom,
          intake,
          telemetry,
          collectors,
          slo,
          drift,
          evaluations,
          scorecards,
          approvals,
          rollouts,
          actions,
          costs,
        ]
          .flatMap(room => room.tasks)
          .concat(relay);
        const runner = await createTaskRunner(base);
        services.lifecycle.addShutdownHook(() => runner.close());
        for (const task of tasks) {
          await scheduler.scheduleTask({
            id: `ai-assurance-${task.id}`,
            frequency: { seconds: runner.tickSeconds(task) },
            timeout: { minutes: 60 },
            initialDelay: { seconds: 3 },
            // On each replica, where a lease of ours decides: the scheduler's own would wait for its timeout after a crash.
            scope: 'local',
            fn: () => runner.tick(task),
          });
        }
        for (const task of overview.ownTasks) {
          await scheduler.scheduleTask({
            id: `ai-assurance-${task.id}`,
            frequency: { seconds: task.everySeconds },
            timeout: { minutes: 5 },
            initialDelay: { seconds: 5 },
            scope: 'local',
            fn: () => task.run(),
          });
        }
      },
    });
  },
});
