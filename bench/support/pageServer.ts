import aiAssurancePlugin from '@ai-assurance/backstage-plugin-ai-assurance-backend';
import { createBackend } from '@backstage/backend-defaults';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { AddressInfo, createServer } from 'node:net';
import { serviceRef } from './pageServices';

// The real plugin beside the real catalog in one real backend: AI services with objectives among many other entities. Callers
// hold a static token; permissions are off, as in a backend without a policy.

const entityCount = Number(process.env.BENCH_ENTITIES);
const serviceCount = Number(process.env.BENCH_SERVICES);
const objectivesUrl = process.env.BENCH_OBJECTIVES_URL!;
const location = 'url:https://bench.example.com/entities';
const pad = (number: number) => String(number).padStart(5, '0');

const managed = {
  'backstage.io/managed-by-location': location,
  'backstage.io/managed-by-origin-location': location,
};

function otherOf(number: number): Entity {
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
      annotations: managed,
    },
    spec: {
      type: 'model-server',
      lifecycle: 'production',
      owner: `team-${pad(number % 50)}`,
    },
  };
}

function serviceOf(number: number): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: serviceRef(number).replace(/^.*\//, ''),
      namespace: 'default',
      title: `Service ${number}`,
      annotations: {
        ...managed,
        'ai-assurance.io/slo': `${objectivesUrl}/${number}.yaml`,
        'ai-assurance.io/runbook': 'https://runbooks.example.com/service.md',
      },
    },
    spec: {
      type: 'ai-service',
      lifecycle: 'production',
      owner: `team-${pad(number % 50)}`,
      tier: 1,
    },
  };
}

const entities = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'bench-entities',
  register(env) {
    env.registerInit({
      deps: { processing: catalogProcessingExtensionPoint },
      async init({ processing }) {
        processing.addEntityProvider({
          getProviderName: () => 'bench',
          async connect(connection) {
            await connection.applyMutation({
              type: 'full',
              entities: [
                ...Array.from({ length: serviceCount }, (_, i) => serviceOf(i)),
                ...Array.from({ length: entityCount }, (_, i) => otherOf(i)),
              ].map(entity => ({ locationKey: 'bench', entity })),
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
          reading: { allow: [{ host: new URL(objectivesUrl).host }] },
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
