import aiAssurancePlugin from '@ai-assurance/backstage-plugin-ai-assurance-backend';
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { AddressInfo, createServer } from 'node:net';

// The real plugin beside the real catalog in one real backend, on SQLite files or PostgreSQL. Callers hold a static token;
// permissions are off, as in a backend without a policy.

const entityCount = Number(process.env.BENCH_ENTITIES);
const pad = (number: number) => String(number).padStart(5, '0');

function entityOf(number: number): Entity {
  const location = 'url:https://bench.example.com/entities';
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: `model-${pad(number)}`,
      namespace: 'default',
      title: `Model ${number}`,
      description: `Component number ${number} of the catalog of the benchmark.`,
      tags: ['ai', `tier-${number % 4}`],
      labels: { cohort: `c${number % 64}` },
      annotations: {
        'backstage.io/managed-by-location': location,
        'backstage.io/managed-by-origin-location': location,
      },
    },
    spec: {
      type: 'model-server',
      lifecycle: 'production',
      owner: `team-${pad(number % 50)}`,
    },
  };
}

const entities = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'bench-entities',
  register(env) {
    env.registerInit({
      deps: {
        processing: catalogProcessingExtensionPoint,
        logger: coreServices.logger,
      },
      async init({ processing }) {
        processing.addEntityProvider({
          getProviderName: () => 'bench',
          async connect(connection) {
            await connection.applyMutation({
              type: 'full',
              entities: Array.from({ length: entityCount }, (_, number) => ({
                locationKey: 'bench',
                entity: entityOf(number),
              })),
            });
          },
        });
      },
    });
  },
});

function databaseConfig(directory: string): object {
  const url = process.env.BENCH_PG;
  if (!url) return { client: 'better-sqlite3', connection: { directory } };
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    client: 'pg',
    connection: {
      host: hostname,
      port: Number(port),
      user: username,
      password,
      database: pathname.slice(1),
    },
    pluginDivisionMode: 'schema',
  };
}

/** A port that was free a moment ago: the backend does not say which one it took. */
function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function main() {
  const directory = process.env.BENCH_DIRECTORY!;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const backend = createBackend();
  backend.add(aiAssurancePlugin);
  backend.add(catalogPlugin);
  backend.add(entities);
  backend.add(
    mockServices.rootConfig.factory({
      data: {
        app: { baseUrl: url },
        backend: {
          baseUrl: url,
          listen: { host: '127.0.0.1', port },
          database: databaseConfig(directory),
          auth: {
            externalAccess: [
              {
                type: 'static',
                options: { token: process.env.BENCH_TOKEN, subject: 'bench' },
              },
            ],
          },
        },
        // Processing again and again would only add to what is measured.
        catalog: { processingInterval: { hours: 12 } },
        aiAssurance: {
          ledger: { signingKeyFile: `${directory}/key.pem` },
          audit: { directory: `${directory}/packs` },
        },
      },
    }),
  );
  await backend.start();
  process.send!({ url: `${url}/api` });
}

process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
