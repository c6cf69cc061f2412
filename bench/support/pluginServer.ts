import aiAssurancePlugin from '@ai-assurance/backstage-plugin-ai-assurance-backend';
import { databaseServiceFactory } from '@backstage/backend-defaults/database';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AddressInfo } from 'node:net';

// The real plugin behind the real HTTP router, with migrations, ledger and outbox, on SQLite files or PostgreSQL. Stand-ins are only
// what Backstage's own test backend stands in for: identities, the permission answer and the catalog's content.

const entity = (name: string, type: string, spec: object): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name, namespace: 'default' },
  relations: [{ type: 'ownedBy', targetRef: 'group:default/vision-team' }],
  spec: { type, owner: 'vision-team', ...spec },
});
const cohorts = ['flagship', 'mid-range', 'low-end'];
const entities = [
  entity('digit-reader-edge', 'edge-model', {
    targetsCohorts: cohorts.map(name => `${name}-phones`),
  }),
  ...cohorts.map(name =>
    entity(`${name}-phones`, 'device-cohort', {
      selector: { 'ai_assurance.device.class': [name] },
    }),
  ),
];

/** SQLite files in the folder of the run, or databases of their own beside the one that the run names. */
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

async function main() {
  const directory = process.env.BENCH_DIRECTORY!;
  const { server } = await startTestBackend({
    features: [
      aiAssurancePlugin,
      databaseServiceFactory,
      catalogServiceMock.factory({ entities }),
      mockServices.rootConfig.factory({
        data: {
          backend: {
            database: databaseConfig(directory),
          },
          aiAssurance: {
            ledger: { signingKeyFile: `${directory}/key.pem` },
            audit: { directory: `${directory}/packs` },
            machines: [
              {
                subject: 'external:test-service',
                contributor: { subjects: ['*'] },
              },
            ],
          },
        },
      }),
    ],
  });
  const { port } = server.address() as AddressInfo;
  process.send!({ url: `http://127.0.0.1:${port}/api/ai-assurance` });
}

process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
