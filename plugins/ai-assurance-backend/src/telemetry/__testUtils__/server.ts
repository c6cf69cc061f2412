import { fixedClock } from '@ai-assurance/test-kit';
import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import Router from 'express-promise-router';
import { execFile } from 'node:child_process';
import { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { createCohorts } from '../../cohorts';
import {
  Db,
  createAccess,
  createBinder,
  openDatabase,
  readMachines,
  systemChance,
  systemClock,
} from '../../platform';
import { createTelemetry, Telemetry } from '../createTelemetry';
import { METRICS } from '../types';

export const path = '/api/ai-assurance/otlp/v1/metrics';
export const digest = `sha256:${'b'.repeat(64)}`;

const entity = (name: string, type: string, spec: object): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name, namespace: 'default' },
  spec: { type, ...spec },
});
const entities = [
  entity('reader', 'edge-model', { targetsCohorts: ['phones'] }),
  entity('phones', 'device-cohort', {
    selector: { 'ai_assurance.device.class': ['mid'] },
  }),
];

/** The telemetry room behind the real HTTP server, as the plugin wires it. */
export async function startServer(
  options: {
    nowMs?: number;
    allow?: boolean;
    catalogFails?: boolean;
    config?: object;
    machines?: object[];
    /** Stands between the room and its transactions. */
    around?(work: () => Promise<unknown>): Promise<unknown>;
  } = {},
) {
  let telemetry!: Telemetry;
  let db!: Db;
  const clock =
    options.nowMs === undefined ? systemClock : fixedClock(options.nowMs);
  const plugin = createBackendPlugin({
    pluginId: 'ai-assurance',
    register(env) {
      env.registerInit({
        deps: {
          database: coreServices.database,
          config: coreServices.rootConfig,
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          permissions: coreServices.permissions,
          auth: coreServices.auth,
          logger: coreServices.logger,
          catalog: catalogServiceRef,
        },
        async init({
          database,
          config,
          httpAuth,
          httpRouter,
          permissions,
          auth,
          logger,
          catalog,
        }) {
          const subjects = createCohorts({
            catalog,
            auth,
            clock,
            logger,
          }).answers;
          const opened = await openDatabase(database);
          db = {
            ...opened,
            transaction: work =>
              (options.around
                ? options.around(() => opened.transaction(work))
                : opened.transaction(work)) as ReturnType<typeof work>,
          };
          telemetry = createTelemetry({
            db,
            clock,
            chance: systemChance,
            logger,
            config,
            subjects,
          });
          const router = Router();
          telemetry.registerRoutes(
            createBinder(router, httpAuth),
            createAccess(
              permissions,
              options.machines && readMachines(config, subjects),
            ),
          );
          httpRouter.use(router);
        },
      });
    },
  });
  const catalog = catalogServiceMock.mock({
    getEntities: async () => {
      if (options.catalogFails) throw new Error('down');
      return { items: entities };
    },
  });
  const { server } = await startTestBackend({
    features: [
      plugin,
      catalog.factory,
      mockServices.rootConfig.factory({
        data: {
          aiAssurance: {
            telemetry: options.config ?? {},
            ...(options.machines ? { machines: options.machines } : {}),
          },
        },
      }),
      mockServices.permissions.mock({
        authorize: async asked =>
          asked.map(() => ({
            result:
              options.allow === false
                ? AuthorizeResult.DENY
                : AuthorizeResult.ALLOW,
          })),
      }).factory,
    ],
  });
  return {
    server,
    telemetry,
    db,
    url: `http://localhost:${(server.address() as AddressInfo).port}${path}`,
  };
}

/** Sends one batch with the official SDK from a process of its own; answers what the SDK complained about. */
export async function sendWithSdk(
  url: string,
  format: string,
  temporality: 'delta' | 'cumulative' = 'delta',
): Promise<string> {
  const client = resolve(__dirname, 'sdkClient.cjs');
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [client, url, format, mockCredentials.service.header(), temporality],
    { env: { PATH: process.env.PATH } },
  );
  return stdout + stderr;
}

export const point = (over: object = {}) => ({
  asInt: '1',
  timeUnixNano: '1700000000000000000',
  ...over,
});
export const jsonBody = (
  points: object[],
  subject = 'resource:default/reader',
) => ({
  resourceMetrics: [
    {
      resource: {
        attributes: [
          { key: 'ai_assurance.subject', value: { stringValue: subject } },
        ],
      },
      scopeMetrics: [
        {
          metrics: [
            {
              name: METRICS.sessions,
              sum: {
                aggregationTemporality: 1,
                isMonotonic: true,
                dataPoints: points,
              },
            },
          ],
        },
      ],
    },
  ],
});
export const nowMs = 1_700_000_000_000;
