/**
 * A Backstage of its own process with the real Kubernetes plugin in front of the API server at `argv[2]`: the plugin loads
 * its Kubernetes client in a way that Jest cannot. Prints its address as one line of JSON and ends when its input does.
 */
const {
  startTestBackend,
  mockServices,
} = require('@backstage/backend-test-utils');
const {
  default: kubernetesPlugin,
} = require('@backstage/plugin-kubernetes-backend');
const {
  createServiceFactory,
  createServiceRef,
} = require('@backstage/backend-plugin-api');

async function main() {
  const backend = await startTestBackend({
    features: [
      kubernetesPlugin,
      // The plugin wants a catalog, which the collector never makes it ask.
      createServiceFactory({
        service: createServiceRef({ id: 'catalog-client' }),
        deps: {},
        factory: () => ({}),
      }),
      mockServices.rootConfig.factory({
        data: {
          kubernetes: {
            serviceLocatorMethod: { type: 'multiTenant' },
            clusterLocatorMethods: [
              {
                type: 'config',
                clusters: [
                  {
                    name: 'main',
                    url: process.argv[2],
                    authProvider: 'serviceAccount',
                    serviceAccountToken: 'token-of-the-cluster',
                  },
                ],
              },
            ],
          },
        },
      }),
    ],
  });
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
  process.stdout.write(
    `${JSON.stringify({
      baseUrl: `http://127.0.0.1:${backend.server.port()}/api/kubernetes`,
    })}\n`,
  );
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
