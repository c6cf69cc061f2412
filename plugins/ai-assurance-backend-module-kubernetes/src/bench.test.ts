import { benchCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { mockServices } from '@backstage/backend-test-utils';
import type { StandInSystem } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import {
  ClusterStore,
  exampleStore,
  pluginSystem,
} from './__testUtils__/cluster';
import { createKubernetesClient } from './client';
import { createKubernetesCollector } from './collector';

/** Everything is written out that Kubernetes may leave out because it is 0 or false, so that the bench can change it. */
function explicitStore(): ClusterStore {
  const store = exampleStore();
  const { steps } = store.rollouts![0].spec.strategy.canary;
  steps.push({ setWeight: 100 }, { pause: { duration: 60 } });
  const [run] = store.analysisruns!;
  run.spec.terminate = false;
  run.status.metricResults = run.status.metricResults.map((metric: object) => ({
    dryRun: false,
    successful: 0,
    failed: 0,
    inconclusive: 0,
    error: 0,
    ...metric,
  }));
  return store;
}

/** An inference service whose newest revision has all the traffic, and nothing else. */
function deployedStore(): ClusterStore {
  const store = exampleStore();
  const [service] = store.inferenceservices!;
  Object.assign(service.status.components.predictor, {
    latestRolledoutRevision: 'digits-predictor-00004',
    previousRolledoutRevision: 'digits-predictor-00003',
    traffic: [{ percent: 100, revisionName: 'digits-predictor-00004' }],
  });
  return { ...store, rollouts: [], analysisruns: [] };
}

/** The bench changes the cluster's name too, and a cluster of another name holds the same. */
function systemWithSpareName(store: () => ClusterStore): StandInSystem {
  const known = pluginSystem({ main: store() });
  const spare = pluginSystem({ mainx: store() });
  return request =>
    request.headers['backstage-kubernetes-cluster'] === 'mainx'
      ? spare(request)
      : known(request);
}

const options: Parameters<typeof benchCollector>[1] = {
  create: ({ baseUrl, credential }) =>
    createKubernetesCollector(
      createKubernetesClient({
        auth: mockServices.auth.mock({
          getPluginRequestToken: async () => ({ token: credential }),
        }),
        discovery: mockServices.discovery.mock({
          getBaseUrl: async () => baseUrl,
        }),
        timeoutMs: 20_000,
        maxBytes: 1024 * 1024,
      }),
      {
        resources: ['inference-services', 'rollouts'],
        maxObjects: 100,
        environments: {},
      },
    ),
  system: systemWithSpareName(explicitStore),
  subject: {
    entityRef: 'component:default/digit-api',
    kind: 'ai-service',
    annotations: { 'backstage.io/kubernetes-id': 'digit-api' },
    spec: { type: 'ai-service' },
  },
  otherSubject: {
    entityRef: 'component:default/other',
    kind: 'ai-service',
    annotations: {},
    spec: { type: 'ai-service' },
  },
  nowMs: Date.parse('2026-11-22T13:00:30Z'),
  otherValues: {
    UpToDate: 'BlockedByFailedLoad',
    Paused: 'Degraded',
    Successful: 'Failed',
    Failed: 'Successful',
    // A weight, which cannot be more.
    '100': 99,
  },
  constants: [
    '/unit',
    '/isSuppressed',
    '/counts/*/means',
    '/counts/*/sourceState',
    // Which role a revision has follows from which names are the same, and how many stages from how many there are.
    '/versions/*/role',
    '/strategy',
    '/stageCount',
    '/stages/*/stageId',
  ],
  derived: [
    // Without the team's label a version is called as Kubernetes calls it.
    '/version',
    '/versions/*/version',
    // Argo goes to all traffic by itself after the last step.
    '/stages/*/stageId',
    '/stages/*/soakMs',
    // Kubernetes leaves out what is 0 or false.
    '/replicas/totalCount',
    '/replicas/updatedCount',
    '/replicas/readyCount',
    '/replicas/availableCount',
    '/metrics/*/isDryRun',
    '/measuredCount',
    '/successfulCount',
    '/failedCount',
    '/inconclusiveCount',
    '/errorCount',
  ],
  endless: request => {
    if (request.path === '/clusters')
      return { json: { items: [{ name: 'main' }] } };
    const limit = Number(request.query.get('limit'));
    const from = Number(request.query.get('continue') ?? 0);
    const [service] = exampleStore().inferenceservices!;
    return {
      json: {
        metadata: { continue: String(from + limit) },
        items: [...Array(limit).keys()].map(n => ({
          ...service,
          metadata: { ...service.metadata, uid: `uid-${from + n}` },
        })),
      },
    };
  },
};

benchCollector('the Kubernetes collector', options);

benchCollector('the Kubernetes collector, of what was deployed', {
  ...options,
  system: systemWithSpareName(deployedStore),
  constants: [
    ...options.constants!,
    // Only that all the traffic came to a revision is told, and never why.
    '/cause',
    '/outcome',
    '/trafficRatio',
  ],
  derived: [
    ...options.derived!,
    // Without the names of its revisions a service counts as on its way.
    '/state',
    '/status',
    '/reason',
    '/versions/*/role',
  ],
});
